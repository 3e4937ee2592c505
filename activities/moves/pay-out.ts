import type Stripe from 'stripe';
import { minor } from '../../domain/money.ts';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import { told } from '../outcome.ts';
import { createdFrom, stampOf } from '../stamps.ts';

/**
 * A rail by which a payee's balance reaches a bank. Stripe's is the one here; another one (PayPal) is another verb
 * of this shape, chosen where the activities are put together.
 */
export type PayoutRail = Verb<MoveOf<'payOut'>>;

/** Pays the payee's share out from the connected account's own balance (D7). */
export const stripePayout: PayoutRail = {
  async obstacle({ ports, move }) {
    const account = await ports.store.findAccountByStripeId(move.stripeAccount);
    if (account?.payoutSchedule !== 'automatic') return null;
    return told({ type: 'payoutLeftToStripe', at: ports.clock.now(), detail: 'automatic payout schedule' });
  },

  async find(attempt) {
    const { ports, move, key } = attempt;
    const onAccount = { stripeAccount: move.stripeAccount };
    for await (const found of ports.stripe.payouts.list({ ...createdFrom(attempt), limit: 100 }, onAccount)) {
      if (found.metadata?.['operation'] === key) return outcome(attempt, found);
    }
    return null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move } = attempt;
    const params = { amount: move.amount, currency: move.currency, metadata: stampOf(attempt) };
    const options = { stripeAccount: move.stripeAccount, idempotencyKey };
    return outcome(attempt, await ports.stripe.payouts.create(params, options));
  },
};

const outcome = (_attempt: Attempt<MoveOf<'payOut'>>, made: Stripe.Payout): Outcome => ({
  fact: { type: 'paidOut', at: made.created * 1000, payoutId: made.id, amount: minor(made.amount) },
  objects: [{ objectId: made.id, kind: 'payout' }],
  requestId: requestIdOf(made),
  effect: true,
});
