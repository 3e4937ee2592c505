import type Stripe from 'stripe';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import { told } from '../outcome.ts';
import { createdFrom, stampOf } from '../stamps.ts';

type CreateCustomer = MoveOf<'createCustomer'>;

/** Gets or creates the person's customer: one for each person, kept in the store, so saved cards stay together. */
export const createCustomer: Verb<CreateCustomer> = {
  async find(attempt) {
    for await (const found of attempt.ports.stripe.customers.list({ ...createdFrom(attempt), limit: 100 })) {
      if (found.metadata['operation'] === attempt.key) return await outcome(attempt, found);
    }
    return null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move } = attempt;
    const known = await ports.store.findCustomer(move.personId);
    if (known !== null) {
      return told({ type: 'customerCreated', at: ports.clock.now(), customerId: known.stripeCustomerId });
    }
    const metadata = { ...stampOf(attempt), person_id: move.personId };
    return await outcome(attempt, await ports.stripe.customers.create({ metadata }, { idempotencyKey }));
  },
};

/** Two agreements of one person may race: the first customer kept is the one both use. */
async function outcome({ ports, move }: Attempt<CreateCustomer>, made: Stripe.Customer): Promise<Outcome> {
  const at = ports.clock.now();
  const kept = await ports.store.putCustomer({
    personId: move.personId,
    stripeCustomerId: made.id,
    createdAt: at,
  });
  return {
    fact: { type: 'customerCreated', at, customerId: kept.stripeCustomerId },
    objects: [{ objectId: made.id, kind: 'customer' }],
    requestId: requestIdOf(made),
    effect: true,
  };
}
