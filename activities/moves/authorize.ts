import type Stripe from 'stripe';
import { invariant } from '../../domain/errors.ts';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { factOfIntent, intentExpansion, outcomeOfIntent } from '../intent-facts.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import { createdFrom, stampOf } from '../stamps.ts';

type Authorize = MoveOf<'authorize'>;

/** Places the hold: a PaymentIntent with manual capture, confirmed at once where the card is known. */
export const authorize: Verb<Authorize> = {
  async find(attempt) {
    const { ports, key, move } = attempt;
    const customer = move.customerId === null ? {} : { customer: move.customerId };
    const listed = ports.stripe.paymentIntents.list({ ...customer, ...createdFrom(attempt), limit: 100 });
    for await (const intent of listed) {
      if (intent.metadata['operation'] !== key) continue;
      return outcome(
        attempt,
        await ports.stripe.paymentIntents.retrieve(intent.id, { expand: intentExpansion }),
      );
    }
    return null;
  },

  async make(attempt, idempotencyKey) {
    const { move, ports, workflowId } = attempt;
    const params: Stripe.PaymentIntentCreateParams = {
      amount: move.amount,
      currency: move.currency,
      capture_method: 'manual',
      allowed_payment_method_types: ['card'],
      transfer_group: workflowId,
      metadata: stampOf(attempt),
      expand: intentExpansion,
      ...(move.customerId === null ? {} : { customer: move.customerId }),
      ...(move.paymentMethod === null ? {} : { payment_method: move.paymentMethod, confirm: true }),
      ...(move.customerId !== null && move.paymentMethod !== null ? { off_session: true } : {}),
    };
    return outcome(attempt, await ports.stripe.paymentIntents.create(params, { idempotencyKey }));
  },

  /** A declined card is an answer, not a failure: the intent lives on and the customer may try another (A1, A10). */
  async refusal(attempt, failure) {
    if (failure.kind !== 'declined' || failure.paymentIntent === null) return null;
    const found = outcome(attempt, failure.paymentIntent);
    return found.fact.type === 'paymentPending'
      ? { ...found, fact: { ...found.fact, failureCode: failure.code } }
      : found;
  },
};

/** Omitting manual capture would charge at once, silently (A9): the answer must say what was asked. */
function outcome({ ports }: Attempt<Authorize>, intent: Stripe.PaymentIntent): Outcome {
  invariant(intent.capture_method === 'manual', `${intent.id} is to be captured by hand`);
  return outcomeOfIntent(intent, factOfIntent(intent, ports.clock, null));
}
