import type Stripe from 'stripe';
import type { MoveFact, MoveOf } from '../../domain/payment/moves.ts';
import type { Clock } from '../../domain/clock.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import { stampOf } from '../stamps.ts';

type SaveCard = MoveOf<'saveCard'>;

/** Saves the card for a hold beyond the life of one placed today, while the customer is there to agree (A11). */
export const saveCard: Verb<SaveCard> = {
  async find(attempt) {
    const { ports, move, key } = attempt;
    for await (const found of ports.stripe.setupIntents.list({ customer: move.customerId, limit: 100 })) {
      if (found.metadata?.['operation'] === key) return outcome(attempt, found);
    }
    return null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move } = attempt;
    const params: Stripe.SetupIntentCreateParams = {
      customer: move.customerId,
      usage: 'off_session',
      allowed_payment_method_types: ['card'],
      metadata: stampOf(attempt),
      ...(move.paymentMethod === null ? {} : { payment_method: move.paymentMethod, confirm: true }),
    };
    return outcome(attempt, await ports.stripe.setupIntents.create(params, { idempotencyKey }));
  },

  async refusal(attempt, failure) {
    if (failure.kind !== 'declined' || failure.setupIntent === null) return null;
    const found = outcome(attempt, failure.setupIntent);
    return found.fact.type === 'cardPending' ? { ...found, fact: { ...found.fact, failureCode: failure.code } } : found;
  },
}; // prettier-ignore

const outcome = ({ ports }: Attempt<SaveCard>, made: Stripe.SetupIntent): Outcome => ({
  fact: factOfSetup(made, ports.clock),
  objects: [{ objectId: made.id, kind: 'setup_intent' }],
  requestId: requestIdOf(made),
  effect: true,
});

/** What a SetupIntent says, as a fact. A cancelled one needs a card again, as a new one would. */
export function factOfSetup(setup: Stripe.SetupIntent, clock: Clock): MoveFact {
  const at = clock.now();
  const { payment_method: method, last_setup_error: error } = setup;
  if (setup.status === 'succeeded' && method !== null) {
    const paymentMethod = typeof method === 'string' ? method : method.id;
    return { type: 'cardSaved', at, setupIntentId: setup.id, paymentMethod };
  }
  const needsAction = setup.status === 'requires_action' || setup.status === 'requires_confirmation';
  const awaited = setup.status === 'processing' ? 'processing' : needsAction ? 'action' : 'method';
  const failureCode = error?.decline_code ?? error?.code ?? null;
  return { type: 'cardPending', at, setupIntentId: setup.id, clientSecret: setup.client_secret, awaited, failureCode };
} // prettier-ignore
