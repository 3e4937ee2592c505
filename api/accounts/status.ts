import type Stripe from 'stripe';
import type { Account, AccountChanges } from '../../store/accounts.ts';

// api/accounts/: payees and their connected accounts at Stripe. No money moves here.

type Standing = Required<
  Pick<AccountChanges, 'status' | 'transfersEnabled' | 'payoutsEnabled' | 'payoutSchedule'>
>;

/**
 * What Stripe says about an account, in our words. Money can be sent where the transfers capability is active;
 * `charges_enabled` speaks of something else and is never asked.
 */
export const standingOf = (account: Stripe.Account): Standing => ({
  status: statusOf(account),
  transfersEnabled: canReceive(account),
  payoutsEnabled: account.payouts_enabled,
  payoutSchedule: account.settings?.payouts?.schedule.interval === 'manual' ? 'manual' : 'automatic',
});

/** An account that took our access away: nothing can be sent there any more. */
export const disconnected = {
  status: 'disconnected',
  transfersEnabled: false,
  payoutsEnabled: false,
} as const satisfies AccountChanges;

const canReceive = ({ capabilities }: Stripe.Account): boolean => capabilities?.transfers === 'active';

function statusOf(account: Stripe.Account): Account['status'] {
  const reason = account.requirements?.disabled_reason ?? null;
  if (reason?.startsWith('rejected') === true) return 'rejected';
  if (!account.details_submitted) return 'pending';
  return canReceive(account) ? 'configured' : 'restricted';
}
