import { setTimeout as pause } from 'node:timers/promises';
import type { LessonState } from '../domain/lesson/lesson.ts';
import { lessonMachine } from '../domain/lesson/machine.ts';
import { workflowIdOf } from '../domain/kinds.ts';
import type { Instant } from '../domain/time.ts';
import { taskQueue } from '../workflows/contract.ts';
import type { Start } from '../workflows/contract.ts';
import { atOnce } from './finding.ts';
import type { Town } from './town.ts';

/** Starts under way at once: enough to keep the server busy. */
const startsAtOnce = 32;

/**
 * Lessons that sleep in a complaint until it is escalated, each at its own instant: the wake-up costs one workflow task
 * and a row of the lists, and no money moves. They are taken up from the state of a real lesson, as after an outage.
 */
export async function sleepers(town: Town, count: number, wakesAt: (n: number) => Instant): Promise<string[]> {
  const first = await town.store.findAgreement(workflowIdOf('lesson', 'les_first'));
  if (first === null) throw new Error('There is no lesson to be like');
  const like = first.state as LessonState;
  const run = crypto.randomUUID().slice(0, 8);
  const ids = Array.from({ length: count }, (_, n) => `les_${run}_${n}`);
  await atOnce(startsAtOnce, ids.entries(), async ([n, id]) => {
    const workflowId = workflowIdOf('lesson', id);
    const state = complaining(like, id, wakesAt(n));
    const { input } = state;
    const columns = lessonMachine.columns(state, Date.now());
    const at = Date.now();
    await town.store.createAgreement({ workflowId, kind: 'lesson', id, inputHash: id, input, contacts: {}, metadata: {}, state, columns, at });
    const start: Start = { input, clockOffsetMs: 0, resume: state };
    await town.temporal.workflow.start('lesson', { workflowId, taskQueue, args: [start] });
  });
  const workflowIds = ids.map((id) => workflowIdOf('lesson', id));
  await allAsleep(town, workflowIds);
  return workflowIds;
} // prettier-ignore

/** Events of a history whose story has started its timer and waits for it. */
const asleepAfterEvents = 5;

/** Waits until they have all had their first task: the last ones were started long before that. */
async function allAsleep({ temporal }: Town, workflowIds: readonly string[]): Promise<void> {
  await atOnce(startsAtOnce, workflowIds, async (workflowId) => {
    const handle = temporal.workflow.getHandle(workflowId);
    while ((await handle.describe()).historyLength < asleepAfterEvents) await pause(1_000);
  });
}

/** The lesson in a complaint of the student's that becomes due at this instant. */
function complaining(like: LessonState, id: string, wakesAt: Instant): LessonState {
  const { policy } = like.input;
  const terms = { ...policy.terms, dispute: { ...policy.terms.dispute, escalateAfter: 'PT0S' } };
  const complaint = { by: 'student', reason: 'Nobody came', statements: [], escalated: false, outcome: null };
  return {
    ...like,
    input: { ...like.input, id, policy: { ...policy, terms } },
    dispute: { ...complaint, openedAt: wakesAt },
  };
}

/** Stories are looked at in the order in which they are due: who reads ten thousand rows a second keeps others from working. */
const lookedAtOnce = 200;

/** Waits until these stories have been woken (their complaint is escalated) or the deadline is over; answers how many sleep on. */
export async function untilWoken(
  { store }: Town,
  ids: readonly string[],
  deadline: Instant,
): Promise<number> {
  let left = [...ids];
  while (left.length > 0 && Date.now() < deadline) {
    const rows = await Promise.all(left.slice(0, lookedAtOnce).map((id) => store.findAgreement(id)));
    const asleep = rows.filter((row) => (row?.state as LessonState | undefined)?.dispute?.escalated !== true);
    left = [...asleep.map((row) => row?.workflowId ?? ''), ...left.slice(lookedAtOnce)];
    if (asleep.length > 0) await pause(1_000);
  }
  return left.length;
}

/** Workflow tasks that a worker took and did not answer in time, over the histories of all these stories. */
export async function taskTimeouts({ temporal }: Town, ids: readonly string[]): Promise<number> {
  let count = 0;
  await atOnce(startsAtOnce, ids, async (id) => {
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    for (const { workflowTaskTimedOutEventAttributes: timedOut } of events ?? []) {
      if (timedOut) count += 1;
    }
  });
  return count;
}
