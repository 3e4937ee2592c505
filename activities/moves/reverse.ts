import type Stripe from 'stripe';
import { minor } from '../../domain/money.ts';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import { stampOf } from '../stamps.ts';

type Reverse = MoveOf<'reverse'>;

/** Takes money back from the payee's balance, as far as the last look at it said there is some (D5). */
export const reverse: Verb<Reverse> = {
  async find(attempt) {
    const { ports, move, key } = attempt;
    for await (const found of ports.stripe.transfers.listReversals(move.transferId, { limit: 100 })) {
      if (found.metadata?.['operation'] === key) return outcome(attempt, found);
    }
    return null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move } = attempt;
    const params = { amount: move.amount, metadata: stampOf(attempt) };
    const made = await ports.stripe.transfers.createReversal(move.transferId, params, { idempotencyKey });
    return outcome(attempt, made);
  },
};

const outcome = ({ move }: Attempt<Reverse>, made: Stripe.TransferReversal): Outcome => ({
  fact: {
    type: 'reversed',
    at: made.created * 1_000,
    reversalId: made.id,
    transferId: move.transferId,
    amount: minor(made.amount),
  },
  objects: [{ objectId: made.id, kind: 'transfer_reversal' }],
  requestId: requestIdOf(made),
  effect: true,
});
