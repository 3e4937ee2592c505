import type Stripe from 'stripe';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { factOfIntent, intentExpansion, outcomeOfIntent } from '../intent-facts.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';

type Release = MoveOf<'release'>;

/** Lets the hold go, or gives up an unpaid intent. A released hold was never charged: no refund, no money row (A6). */
export const release: Verb<Release> = {
  async find(attempt) {
    const { ports, move } = attempt;
    const intent = await ports.stripe.paymentIntents.retrieve(move.paymentIntentId, {
      expand: intentExpansion,
    });
    return intent.status === 'canceled' || intent.status === 'succeeded' ? outcome(attempt, intent) : null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move } = attempt;
    const intent = await ports.stripe.paymentIntents.cancel(
      move.paymentIntentId,
      { cancellation_reason: 'requested_by_customer', expand: intentExpansion },
      { idempotencyKey },
    );
    return outcome(attempt, intent);
  },
};

/** Gone is what we wanted, whoever did it; captured by somebody else is Stripe's truth and is adopted. */
function outcome({ ports }: Attempt<Release>, intent: Stripe.PaymentIntent): Outcome {
  const fact = factOfIntent(intent, ports.clock, null);
  return outcomeOfIntent(intent, fact.type === 'holdGone' ? { ...fact, cause: 'ours' } : fact);
}
