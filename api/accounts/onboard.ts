import type Stripe from 'stripe';
import { AppError } from '../../domain/errors.ts';
import type { Account } from '../../store/accounts.ts';
import { contentHash } from '../../store/canonical-json.ts';
import type { ApiPorts } from '../ports.ts';
import type { AccountRequest } from '../schemas/account.ts';
import { askStripe } from '../stripe-answer.ts';
import { standingOf } from './status.ts';

/** An account at Stripe for a payee, made now or there before. */
export interface Onboarding {
  readonly account: Account;
  readonly created: boolean;
  readonly onboardingUrl: string | null;
}

/** Stripe keeps idempotency keys at least 24 hours; an older beginning is looked up before it is begun again. */
const keyTrustMs = 20 * 3_600_000;

/**
 * Makes a payee's account once. The row is written before Stripe is asked, so an account whose answer was lost is
 * found again: by the same key, or beyond the key's life by the id written on it.
 */
export async function onboard(ports: ApiPorts, request: AccountRequest): Promise<Onboarding> {
  const { store, clock, config } = ports;
  if (request.onboarded === true && (!config.demo || ports.onboard === undefined)) {
    throw new AppError('invalid', 'The request is not valid', [
      { pointer: '/onboarded', detail: 'exists in demo mode only' },
    ]);
  }
  const inputHash = contentHash(request);
  const row = await store.claimAccount({ ...blank(request), inputHash, at: clock.now() });
  if (row.inputHash !== inputHash) {
    throw new AppError('id_conflict', `Another account has the id ${request.id}`);
  }
  const created = row.stripeAccountId === null;
  const stripeAccount = await askStripe(() => atStripe(ports, row));
  // At once: Stripe tells its own news about the account in the same second.
  await store.updateAccount(row.id, { stripeAccountId: stripeAccount.id }, clock.now());
  if (request.onboarded === true && !stripeAccount.details_submitted) await ports.onboard?.(stripeAccount.id);
  const fresh =
    request.onboarded === true
      ? await askStripe(() => ports.stripe.accounts.retrieve(stripeAccount.id))
      : stripeAccount;
  const changes = { stripeAccountId: fresh.id, ...standingOf(fresh) };
  const account = (await store.updateAccount(row.id, changes, clock.now())) ?? row;
  return { account, created, onboardingUrl: await onboardingUrl(ports, fresh) };
}

const blank = ({ id, email, country, type }: AccountRequest) => ({
  id,
  email,
  country,
  type,
  stripeAccountId: null,
  status: 'pending' as const,
  transfersEnabled: false,
  payoutsEnabled: false,
  payoutSchedule: 'manual' as const,
  onboarding: null,
});

async function atStripe({ stripe, clock }: ApiPorts, row: Account): Promise<Stripe.Account> {
  if (row.stripeAccountId !== null) return stripe.accounts.retrieve(row.stripeAccountId);
  if (clock.now() - row.createdAt > keyTrustMs) {
    const found = await foundByMetadata(stripe, row);
    if (found !== null) return found;
  }
  return stripe.accounts.create(
    {
      type: 'express',
      country: row.country,
      email: row.email,
      capabilities: { transfers: { requested: true } },
      // Money stays on the account until we pay it out, so that a reversal finds it there.
      settings: { payouts: { schedule: { interval: 'manual' } } },
      metadata: { account_id: row.id },
    },
    { idempotencyKey: `account:${row.id}` },
  );
}

/** Goes through the accounts made since the row was written; lists are immediate where search is not. */
async function foundByMetadata(stripe: Stripe, row: Account): Promise<Stripe.Account | null> {
  const gte = Math.floor(row.createdAt / 1000) - 300;
  for await (const one of stripe.accounts.list({ created: { gte }, limit: 100 })) {
    if (one.metadata?.['account_id'] === row.id) return one;
  }
  return null;
}

/** A fresh way into Stripe's form for an account that is open; a link serves once and not for long (B13). */
export async function freshOnboardingUrl(ports: ApiPorts, stripeAccountId: string): Promise<string | null> {
  const account = await askStripe(() => ports.stripe.accounts.retrieve(stripeAccountId));
  return await onboardingUrl(ports, account);
}

/** Where the payee fills in Stripe's form; null when nothing is left to fill in. */
async function onboardingUrl({ stripe, config }: ApiPorts, account: Stripe.Account): Promise<string | null> {
  if (account.details_submitted) return null;
  const link = await askStripe(() =>
    stripe.accountLinks.create({
      account: account.id,
      type: 'account_onboarding',
      refresh_url: `${config.publicUrl}/onboarding/refresh`,
      return_url: `${config.publicUrl}/onboarding/done`,
    }),
  );
  return link.url;
}
