import type { Account, AccountChanges } from '../../store/accounts.ts';
import type { ApiPorts } from '../ports.ts';
import { inOurWords, isLostAccess } from '../stripe-answer.ts';
import { disconnected, standingOf } from './status.ts';

/** How an account stands at Stripe this moment; one that took our access away is disconnected. */
export async function standingNow({ stripe }: ApiPorts, account: Account): Promise<AccountChanges> {
  try {
    return standingOf(await stripe.accounts.retrieve(account.stripeAccountId ?? ''));
  } catch (error) {
    if (isLostAccess(error)) return disconnected;
    throw inOurWords(error);
  }
}

/**
 * Why money cannot be promised to a payee, or null where it can (B2, B13). What our row refuses is asked of Stripe
 * first: its news may still be on their way.
 */
export async function unreadiness(ports: ApiPorts, account: Account): Promise<string | null> {
  if (problemOf(account) === null) return null;
  const { store, clock } = ports;
  const changes = await standingNow(ports, account);
  const fresh = (await store.updateAccount(account.id, changes, clock.now())) ?? account;
  return problemOf(fresh);
}

function problemOf({ status, transfersEnabled, payoutSchedule }: Account): string | null {
  if (status === 'restricted' || status === 'rejected' || status === 'disconnected')
    return `its account is ${status}`;
  if (!transfersEnabled) return 'its account cannot receive transfers yet';
  // A transfer that Stripe pays out by itself is gone before a dispute can reach it.
  return payoutSchedule === 'manual' ? null : 'its account is paid out by Stripe’s own schedule';
}
