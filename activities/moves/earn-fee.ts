import type { MoveOf } from '../../domain/payment/moves.ts';
import type { Verb } from '../operation.ts';

/** Books a fee that no transfer carries: the payee's share of this charge is nothing. Stripe has no part in it. */
export const earnFee: Verb<MoveOf<'earnFee'>> = {
  find: async () => null,
  make: async ({ ports, move }) => ({
    fact: { type: 'feeEarned', at: ports.clock.now(), amount: move.amount },
    objects: [],
    requestId: null,
    effect: true,
  }),
};
