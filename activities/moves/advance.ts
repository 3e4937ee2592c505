import type { MoveOf } from '../../domain/payment/moves.ts';
import type { Verb } from '../operation.ts';
import { told } from '../outcome.ts';

/** Books what the platform lays out for the payee as the payee's debt (B15). Nothing moves at Stripe, so there is nothing to find. */
export const advance: Verb<MoveOf<'advance'>> = {
  find: () => Promise.resolve(null),
  make: ({ move, ports }) =>
    Promise.resolve(told({ type: 'advanced', at: ports.clock.now(), amount: move.amount })),
};
