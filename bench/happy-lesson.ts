import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { workflowIdOf } from '../domain/kinds.ts';
import { iso } from '../domain/time.ts';
import { historyCost } from './history-cost.ts';
import type { HistoryCost } from './history-cost.ts';
import type { Measured, StripeRequest } from './measured.ts';
import { call, stripeRequests } from './measured.ts';

/** What one lesson cost. */
export interface LessonCost extends HistoryCost {
  readonly historyBytes: number;
  readonly stripeWrites: readonly StripeRequest[];
  readonly stripeReads: readonly StripeRequest[];
  /** Commits of the store, and how many of them came with the webhooks. */
  readonly transactions: number;
  readonly inboxTransactions: number;
  readonly inboxEvents: number;
  /** Audit rows of each operation that moved money, by its key. */
  readonly auditRows: Readonly<Record<string, number>>;
}

interface Lesson {
  readonly state: string;
  readonly payment: { readonly paidOut: number };
}

/** Time to book and to join in before the start, on a busy machine. */
const aheadMs = 3_000;
const lengthMs = 3_000;
const patienceMs = 60_000;

/**
 * Lives the happy lesson in real time, without travelling: authorized, both joined, settled at its scheduled end, paid
 * out at once (`pm_card_bypassPending`). Webhooks are held back until the story is over, so that their commits are
 * counted apart; `echoes` counts what they do when they come on the way.
 */
export async function countHappyLesson(house: Measured, echoes = false): Promise<LessonCost> {
  const { store, temporal, apiUrl, stripeUrl, token } = house;
  const id = `les_${crypto.randomUUID().slice(0, 12)}`;
  const account = await readyAccount(house, `acct_${id}`);
  const since = (await stripeRequests(house, null)).at(-1)?.id ?? null;
  if (!echoes) await call(`${stripeUrl}/_sim/webhooks`, { hold: true });
  const [before, eventsBefore] = [store.transactions, await events(house)];
  const startsAt = Date.now() + aheadMs;
  await call(`${apiUrl}/api/lessons`, booking(id, account, startsAt), token);
  const handle = temporal.workflow.getHandle(workflowIdOf('lesson', id));
  for (const party of ['student', 'tutor']) {
    await atRest(handle);
    await call(`${apiUrl}/api/lessons/${id}/join`, { party }, token);
  }
  const deadline = Date.now() + patienceMs;
  while ((await handle.describe()).status.name === 'RUNNING') {
    if (Date.now() > deadline) throw new Error('The lesson does not come to its end');
    await pause(100);
  }
  const { state, payment } = await call<Lesson>(`${apiUrl}/api/lessons/${id}`, undefined, token);
  if (state !== 'completed' || payment.paidOut !== 360) {
    throw new Error(`The lesson was not a happy one: ${state}, ${payment.paidOut} paid out`);
  }
  const ours = store.transactions - before;
  await call(`${stripeUrl}/_sim/webhooks`, { hold: false });
  await call(`${stripeUrl}/_sim/webhooks/flush`, {});
  await everythingHeard(house);
  const requests = await stripeRequests(house, since);
  const isRead = ({ method }: StripeRequest): boolean => method === 'GET';
  return {
    ...historyCost(await handle.fetchHistory()),
    historyBytes: (await handle.describe()).historySize ?? 0,
    stripeWrites: requests.filter((one) => !isRead(one)),
    stripeReads: requests.filter(isRead),
    transactions: ours,
    inboxTransactions: store.transactions - before - ours,
    inboxEvents: (await events(house)) - eventsBefore,
    auditRows: await auditRows(house, handle.workflowId),
  };
}

const booking = (id: string, account: string, startsAt: number) => ({
  id,
  amount: 450,
  currency: 'usd',
  startsAt: iso(startsAt),
  endsAt: iso(startsAt + lengthMs),
  student: { id: 'stu_1', paymentMethod: 'pm_card_bypassPending' },
  tutor: { id: 'tut_1', account },
});

/** An account that can be paid, whose webhooks have all been heard: nothing of it is counted. */
async function readyAccount(house: Measured, id: string): Promise<string> {
  const body = { id, email: 'tutor@example.org', country: 'US', type: 'express', onboarded: true };
  await call(`${house.apiUrl}/api/accounts`, body, house.token);
  await everythingHeard(house);
  return id;
}

/** A message that meets the story at work shares its workflow task: fewer events, but not the same ones each time. */
async function atRest(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const { pendingWorkflowTask, pendingActivities } = (await handle.describe()).raw;
    if (!pendingWorkflowTask && !pendingActivities?.length) return;
    await pause(20);
  }
}

async function events({ store }: Measured): Promise<number> {
  return Object.values(await store.countEvents()).reduce((sum, count) => sum + count, 0);
}

/** Answers when every webhook on its way was delivered and done with. */
async function everythingHeard({ store, stripeUrl }: Measured): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    await call(`${stripeUrl}/_sim/clock/advance`, { seconds: 0 });
    const { received, waiting } = await store.countEvents();
    if (received + waiting === 0) return;
    if (Date.now() > deadline) throw new Error(`${received + waiting} webhooks do not come to rest`);
    await pause(50);
  }
}

async function auditRows({ store }: Measured, workflowId: string): Promise<Record<string, number>> {
  const operations = await store.listOperations(workflowId);
  const counted = operations.map(async ({ key }) => {
    const { rows } = await store.listAudit({ limit: 100, operationKey: key });
    return [key.slice(workflowId.length + 1), rows.length] as const;
  });
  return Object.fromEntries(await Promise.all(counted));
}
