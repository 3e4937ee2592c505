import type { Kind } from '../../domain/kinds.ts';
import { workflowIdOf } from '../../domain/kinds.ts';
import type { Doors } from './doors.ts';
import { doorsOf, still, until } from './doors.ts';
import type { Hour } from './ground.ts';
import { accuse, bookLesson, bookPaid, settle, tomorrow, travel } from './ground.ts';
import type { Listener } from './signals.ts';
import type { Target } from './target.ts';
import { credentialsOf } from './target.ts';

/** Stories in the middle of their lives, and what they have to come to whatever they are told. */
export interface Lives {
  /** A lesson that is held, a booking that is paid, or a dispute at the bank that waits for evidence. */
  readonly begin: (kind: Kind) => Promise<Listener>;
  /** Lives the last story of each kind to its end and answers, one sentence each, what is not as it has to be. */
  readonly end: () => Promise<string[]>;
}

/** Lays the ground for stories; the same names in every house, in the order in which they are begun. */
export async function openLives(target: Target, series: string): Promise<Lives> {
  const doors = doorsOf(target, await credentialsOf(target));
  const hour = tomorrow(target);
  await settle(doors);
  const last = new Map<Kind, Listener>();
  let count = 0;
  return {
    async begin(kind) {
      count += 1;
      const name = `${kind}_${series}_${count}`;
      const id = await begun(doors, kind, name, hour);
      await still(() => doors.order('GET', `/api/${kind}s/${id}`));
      const listener = { kind, id, workflowId: workflowIdOf(kind, id) };
      last.set(kind, listener);
      return listener;
    },
    end: () => endOf(target, doors, hour, [...last.values()]),
  };
}

/** The id of a new story: the name it was given, or the one that Stripe gave it. */
async function begun(doors: Doors, kind: Kind, name: string, hour: Hour): Promise<string> {
  if (kind === 'lesson') await bookLesson(doors, name, hour);
  if (kind === 'booking') await bookPaid(doors, name, hour);
  return kind === 'dispute' ? await accuse(doors, await bookPaid(doors, name, hour)) : name;
}

/** What stories of 4.50 and 50.00 come to when nobody did anything but what makes sense. */
const ends: Readonly<Record<Kind, Readonly<Record<string, unknown>>>> = {
  lesson: { state: 'completed', captured: 450, feeEarned: 90, transferred: 360, refunded: 0, held: 0 },
  booking: { state: 'completed', captured: 5_000, feeEarned: 500, transferred: 4_500, refunded: 0, held: 0 },
  dispute: { state: 'won' },
};

async function endOf(
  target: Target,
  doors: Doors,
  { startsAt }: Hour,
  listeners: readonly Listener[],
): Promise<string[]> {
  const wrong: string[] = [];
  for (const { kind, id } of listeners) {
    if (kind === 'dispute') await doors.sim('POST', `/disputes/${id}/win`, {});
    if (kind !== 'lesson') continue;
    for (const party of ['student', 'tutor'])
      await doors.order('POST', `/api/lessons/${id}/join`, { party, at: startsAt });
  }
  await travel(doors, 'P6D');
  for (const { kind, id, workflowId } of listeners) {
    const look = () => doors.order('GET', `/api/${kind}s/${id}`);
    const shown = await until(look, ({ state }) => state === ends[kind]['state']).catch(look);
    const figures = { ...(shown['payment'] as object | undefined), state: shown['state'] };
    for (const [name, value] of Object.entries(ends[kind])) {
      const is: unknown = figures[name as keyof typeof figures];
      if (is !== value) wrong.push(`${workflowId}: ${name} is ${String(is)}, not ${String(value)}`);
    }
    wrong.push(...(await failedTasks(target, workflowId)));
  }
  return wrong;
}

/**
 * WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND and ..._FORCE_CLOSE_COMMAND: what the server breaks off by itself and
 * begins again. Every other cause is a fault of the workflow's code. The enum itself would load the whole protocol.
 */
const serversOwn = [1, 17];

async function failedTasks({ temporal: client }: Target, workflowId: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed && !serversOwn.includes(Number(failed.cause))
      ? [`${workflowId}: a workflow task failed: ${failed.failure?.message ?? 'without a word'}`]
      : [],
  );
}
