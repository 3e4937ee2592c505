import { setTimeout as pause } from 'node:timers/promises';
import { durationMs, iso } from '../../domain/time.ts';
import type { Ground } from './ground.ts';
import { travelTo } from './journey.ts';

/** All deadlines of a lesson, of a booking and of a bank are over by then. */
const longest = durationMs('P120D');
const step = durationMs('P2D');

/** Tries of a person before the move is given up. */
const retries = 2;

/** Nothing dies and nothing fails any more: everything comes to its end, or what is left of it is answered. */
export async function quietPhase(ground: Ground): Promise<string[]> {
  await ground.sim('DELETE', '/faults');
  await ground.sim('POST', '/webhooks', {});
  await ground.sim('POST', '/webhooks/flush', {});
  const begun = ground.clock.now();
  const tried = new Map<string, number>();
  for (;;) {
    await decide(ground, tried);
    const left = await pending(ground);
    if (left.length === 0) return [];
    if (ground.clock.now() > begun + longest) return left;
    await travelTo(ground, ground.clock.now() + step);
  }
}

/** Bank, admins and support do what only people can do: rule, resolve, try again, give up. */
async function decide(ground: Ground, tried: Map<string, number>): Promise<void> {
  for (const row of await ground.store.listOpen()) {
    const { workflowId } = row;
    const found = await ground.store.findAgreement(workflowId);
    if (found === null) continue;
    const { kind, id } = found;
    const { body: shown } = await ground.request('GET', `/api/${kind}s/${encodeURIComponent(id)}`);
    const { state, needsAttention } = shown as unknown as { state: string; needsAttention: { commands: string[] } | null };
    const tries = tried.get(workflowId) ?? 0;
    const tell = async (name: string, body: object): Promise<void> => {
      tried.set(workflowId, tries + 1);
      const key = `quiet/${workflowId}/${tries}`;
      await ground.request('POST', `/api/admin/${kind}s/${id}/${name}`, { body: { reason: 'quiet', ...body }, key });
    };
    if (needsAttention !== null) {
      const { commands } = needsAttention;
      const last = commands.includes('skip') ? 'skip' : (commands[0] ?? 'retry');
      await tell(tries < retries && commands.includes('retry') ? 'retry' : last, {});
    } else if (state === 'disputed') await tell('resolve', { outcome: 'release' });
    else if (kind === 'dispute') await ground.sim('POST', `/disputes/${id}/win`, {}).catch(() => undefined);
  }
} // prettier-ignore

/** How long what is on its way may take to arrive, in real time. */
const arrivesWithinMs = 20_000;

/** Everything that waits for somebody, one line each; asked again until the house has come to rest. */
async function pending(ground: Ground): Promise<string[]> {
  for (const deadline = Date.now() + arrivesWithinMs; ; await pause(250)) {
    const left = await leftOver(ground);
    if (left.length === 0 || left.some((line) => line.startsWith('open')) || Date.now() > deadline)
      return left;
  }
}

async function leftOver({ store, temporal }: Ground): Promise<string[]> {
  const { agreements, operations, inbox, messages } = await store.readFacts();
  const running: string[] = [];
  for await (const one of temporal.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    if (agreements.some(({ workflowId }) => workflowId === one.workflowId)) running.push(one.workflowId);
  }
  return [
    ...agreements.filter(({ open }) => open).map((row) => `open ${row.workflowId}: ${row.status}, ${row.paymentState}`),
    ...operations.filter(({ status }) => status === 'intended').map(({ key }) => `operation ${key} has no outcome`),
    ...inbox.filter(({ status }) => status === 'received').map((event) => `event ${event.eventId} (${event.type}) was told to nobody`),
    ...messages.filter(({ sentAt, nextAttemptAt }) => sentAt === null && nextAttemptAt !== null)
      .map(({ id, kind, nextAttemptAt }) => `message ${id} (${kind}) waits until ${iso(nextAttemptAt ?? 0)}`),
    ...running.map((workflowId) => `workflow ${workflowId} is still running`),
  ];
} // prettier-ignore
