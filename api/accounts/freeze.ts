import type { Account } from '../../store/accounts.ts';
import { stripeEventSignal } from '../../workflows/contract.ts';
import type { ApiPorts } from '../ports.ts';
import { signal } from '../webhooks/signal.ts';

/** Who stops money or lets it go again, and why. */
interface Freezing {
  readonly by: string;
  readonly reason: string;
}

/** Stops or lets go the money of one payee; null for one nobody knows. What waited for it is told at once. */
export async function freezeAccount(
  ports: ApiPorts,
  id: string,
  frozen: boolean,
  { by, reason }: Freezing,
): Promise<Account | null> {
  const { store, clock } = ports;
  const account = await store.setFrozen({ id, frozen, by, reason, at: clock.now() });
  if (account !== null && !frozen && !(await store.isFrozenAll())) await wake(ports, account);
  return account;
}

/** Stops or lets go everybody's money; a payee who is frozen by themselves stays so. */
export async function freezeEverybody(
  ports: ApiPorts,
  frozen: boolean,
  { by, reason }: Freezing,
): Promise<void> {
  const { store, clock } = ports;
  const freezing = { by, reason, at: clock.now() };
  await (frozen ? store.freezeAll(freezing) : store.unfreezeAll(freezing));
  if (frozen) return;
  for await (const account of everyAccount(ports)) if (!account.frozen) await wake(ports, account);
}

/** Agreements that waited for the account look again, those first that became due first. */
async function wake(ports: ApiPorts, { id, stripeAccountId }: Account): Promise<void> {
  const eventId = `unfreeze:${id}:${ports.clock.now()}`;
  const hint = { eventId, type: 'account.updated', objectId: stripeAccountId ?? '' };
  for (const { workflowId } of await ports.store.listOpenByAccount(id, 'account')) {
    await signal(ports, workflowId, stripeEventSignal, hint);
  }
}

async function* everyAccount({ store }: ApiPorts): AsyncGenerator<Account> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.listAccounts>> = await store.listAccounts({ limit: 100, cursor });
    yield* page.rows;
    cursor = page.nextCursor;
  } while (cursor !== null);
} // prettier-ignore
