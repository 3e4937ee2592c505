import type { InboxEvent } from '../../store/inbox.ts';
import { stripeEventSignal } from '../../workflows/contract.ts';
import type { ApiPorts } from '../ports.ts';
import { signal } from '../webhooks/signal.ts';
import { standingNow } from './standing.ts';
import { disconnected } from './status.ts';

/**
 * News about a connected account: reads it again from Stripe, brings the row up to date and tells every open
 * agreement that waits for it. Answers whether the account is one of ours.
 */
export async function followAccount(ports: ApiPorts, event: InboxEvent): Promise<boolean> {
  const { store, clock } = ports;
  const stripeAccountId = event.account ?? event.objectId ?? '';
  const account = await store.findAccountByStripeId(stripeAccountId);
  if (account === null) return false;
  const changes =
    event.type === 'account.application.deauthorized' ? disconnected : await standingNow(ports, account);
  await store.updateAccount(account.id, changes, clock.now());
  const hint = { eventId: event.eventId, type: event.type, objectId: stripeAccountId };
  for (const { workflowId } of await store.listOpenByAccount(account.id, 'account')) {
    await signal(ports, workflowId, stripeEventSignal, hint);
  }
  return true;
}
