import type Stripe from 'stripe';
import type { Instant } from '../../domain/time.ts';
import type { AccountPayout, StripeBooks, TransferWithReversals } from './run.ts';

/** What to read of an account: nothing older than `since`, and the payouts of these connected accounts. */
export interface Reading {
  readonly since: Instant;
  readonly accounts: readonly string[];
  readonly exclusive: boolean;
  /** Read every movement since the account was opened, so that they add up to what lies there. */
  readonly wholeBalance: boolean;
}

const page = { limit: 100 };

async function all<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const one of list) found.push(one);
  return found;
}

/** Everything Stripe has since then, by lists alone: they are read-after-write, a search is not (stripe-rules B6). */
export async function readStripe(stripe: Stripe, reading: Reading): Promise<StripeBooks> {
  const { since, accounts, exclusive, wholeBalance } = reading;
  const created = { gte: Math.floor(since / 1_000) };
  const transfers = await all(stripe.transfers.list({ ...page, created }));
  const withReversals: TransferWithReversals[] = [];
  for (const transfer of transfers) withReversals.push({ transfer, reversals: await reversalsOf(stripe, transfer) });
  const payouts: AccountPayout[] = [];
  const unreadAccounts: string[] = [];
  for (const account of accounts) {
    const found = await payoutsOf(stripe, account, created);
    if (found === null) unreadAccounts.push(account);
    else payouts.push(...found.map((payout) => ({ account, payout })));
  }
  return {
    paymentIntents: await all(stripe.paymentIntents.list({ ...page, created })),
    charges: await all(stripe.charges.list({ ...page, created })),
    refunds: await all(stripe.refunds.list({ ...page, created })),
    transfers: withReversals,
    payouts,
    disputes: await all(stripe.disputes.list({ ...page, created })),
    checkoutSessions: await all(stripe.checkout.sessions.list({ ...page, created })),
    balanceTransactions: await all(stripe.balanceTransactions.list(wholeBalance ? page : { ...page, created })),
    platformBalance: wholeBalance ? sumsOf(await stripe.balance.retrieve()) : null,
    unreadAccounts,
    exclusive,
  };
} // prettier-ignore

/** A transfer carries its ten newest reversals; only a busier one is asked for the rest. */
async function reversalsOf(stripe: Stripe, { id, reversals }: Stripe.Transfer): Promise<readonly Stripe.TransferReversal[]> {
  return reversals.has_more ? await all(stripe.transfers.listReversals(id, page)) : reversals.data;
} // prettier-ignore

/** Null where the account took our access away: what left it is not ours to see any more. */
async function payoutsOf(
  stripe: Stripe,
  stripeAccount: string,
  created: Stripe.RangeQueryParam,
): Promise<Stripe.Payout[] | null> {
  try {
    return await all(stripe.payouts.list({ ...page, created }, { stripeAccount }));
  } catch (error) {
    const { type, code } = error as { type?: string; code?: string };
    if (type === 'StripePermissionError' || code === 'account_invalid') return null;
    throw error;
  }
}

function sumsOf({ available, pending }: Stripe.Balance): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { currency, amount } of [...available, ...pending]) sums[currency] = (sums[currency] ?? 0) + amount;
  return sums;
} // prettier-ignore
