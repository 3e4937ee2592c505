import type Stripe from 'stripe';
import { minor } from '../../domain/money.ts';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import { stampOf } from '../stamps.ts';

type Refund = MoveOf<'refund'>;

/** Gives captured money back. Every refund is its own operation: an unkeyed retry would be a second one (E4). */
export const refund: Verb<Refund> = {
  async find(attempt) {
    const { ports, move, key } = attempt;
    const listed = ports.stripe.refunds.list({ payment_intent: move.paymentIntentId, limit: 100 });
    for await (const found of listed) if (found.metadata?.['operation'] === key) return outcome(attempt, found);
    return null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move } = attempt;
    const made = await ports.stripe.refunds.create(
      {
        payment_intent: move.paymentIntentId,
        amount: move.amount,
        reason: 'requested_by_customer',
        metadata: stampOf(attempt),
      },
      { idempotencyKey },
    );
    return outcome(attempt, made);
  },
}; // prettier-ignore

/** A refund is not done when it is created (E2): failed at once is a refusal, pending is under way. */
function outcome({ ports }: Attempt<Refund>, made: Stripe.Refund): Outcome {
  const at = ports.clock.now();
  const objects = [{ objectId: made.id, kind: 'refund' }];
  const requestId = requestIdOf(made);
  if (made.status === 'failed' || made.status === 'canceled') {
    const code = made.failure_reason ?? made.status;
    const fact = { type: 'refused', at, move: 'refund', code, detail: `refund ${made.status}`, final: true } as const;
    return { fact, objects, requestId, effect: false };
  }
  const status = made.status === 'succeeded' ? 'succeeded' : 'pending';
  const fact = { type: 'refunded', at: made.created * 1000, refundId: made.id, amount: minor(made.amount), status } as const;
  return { fact, objects, requestId, effect: true };
} // prettier-ignore
