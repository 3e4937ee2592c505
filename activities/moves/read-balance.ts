import type Stripe from 'stripe';
import { minor } from '../../domain/money.ts';
import { sumOf } from '../../domain/payment/books.ts';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Outcome } from '../operation.ts';
import { classify } from '../stripe-errors.ts';
import type { Ports } from '../tasks.ts';

/** What lies available in the payee's balance, and what later transfers have given of this debt already. */
export async function readBalance(
  { stripeAccount, currency }: MoveOf<'readBalance'>,
  workflowId: string,
  { stripe, store, clock }: Ports,
): Promise<Outcome> {
  const balance = await balanceOf(stripe, stripeAccount);
  const available = sumOf((balance?.available ?? []).filter((one) => one.currency === currency));
  const recovered = minor(await store.recoveredOf(workflowId));
  return {
    fact: { type: 'balanceRead', at: clock.now(), available: minor(Math.max(0, available)), recovered },
    objects: [],
    requestId: balance && requestIdOf(balance),
    effect: false,
  };
}

/** Null for an account that took our access away: nothing of it can be taken back. */
async function balanceOf(stripe: Stripe, stripeAccount: string): Promise<Stripe.Balance | null> {
  try {
    return await stripe.balance.retrieve({}, { stripeAccount });
  } catch (error) {
    if (classify(error).kind === 'refused') return null;
    throw error;
  }
}
