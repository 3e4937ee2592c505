import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { House } from './house.ts';

/** The workflow id of a lesson. */
export const workflowOf = (lessonId: string): string => `lesson:${lessonId}`;

/** A lesson's workflow as Temporal's own client has it. */
export const handleOf = (house: House, lessonId: string) =>
  house.temporal.workflow.getHandle(workflowOf(lessonId));

/** One event of a history: its kind, such as `timerFired`, its time, and for a failed task the cause. */
export interface HistoryLine {
  readonly kind: string;
  readonly atMs: number;
  readonly cause: string | null;
}

/** The history of a lesson's latest run, oldest first. */
export async function historyOf(house: House, lessonId: string): Promise<HistoryLine[]> {
  const { events } = await handleOf(house, lessonId).fetchHistory();
  return (events ?? []).map((event) => {
    const attributes = Object.entries(event).find(
      ([name, value]) => name.endsWith('EventAttributes') && value !== null,
    );
    const seconds = Number(event.eventTime?.seconds ?? 0);
    return {
      kind: attributes?.[0].replace('EventAttributes', '') ?? '',
      cause: causeOf(event.workflowTaskFailedEventAttributes?.cause),
      atMs: seconds * 1000 + Math.floor((event.eventTime?.nanos ?? 0) / 1_000_000),
    };
  });
}

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;
const causeOf = (cause: number | null | undefined): string | null =>
  cause === null || cause === undefined ? null : (WorkflowTaskFailedCause[cause] ?? String(cause));

/**
 * What the server breaks off by itself and begins again: it held back too many signals, or something arrived while the
 * last command was on its way. Every other cause is a fault of our workflow code.
 */
const serversOwn = [
  'WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND',
  'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND',
];

/** The tasks that our own workflow code failed. */
export const failuresOfOurs = (history: readonly HistoryLine[]): HistoryLine[] =>
  history.filter(({ kind, cause }) => kind === 'workflowTaskFailed' && !serversOwn.includes(cause ?? ''));

/** How many events of a kind a history has. */
export const countOf = (history: readonly HistoryLine[], kind: string): number =>
  history.filter((line) => line.kind === kind).length;

/** The history of a lesson that has come to rest: no workflow task or activity is under way, and none was a moment ago. */
export async function quietHistory(house: House, lessonId: string): Promise<HistoryLine[]> {
  let seen = -1;
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; await pause(100)) {
    const { raw, historyLength } = await handleOf(house, lessonId).describe();
    const isBusy = Boolean(raw.pendingWorkflowTask) || (raw.pendingActivities ?? []).length > 0;
    if (!isBusy && historyLength === seen) return historyOf(house, lessonId);
    seen = isBusy ? -1 : historyLength;
  }
  throw new Error(`${lessonId} does not come to rest`);
}

/** The server deletes a workflow only once the work that its end left behind is done, which may take a while. */
const forgottenWithinMs = 150_000;

/** Deletes a lesson's workflow from Temporal, as retention does, and answers once nobody remembers it there. */
export async function forget(house: House, lessonId: string): Promise<void> {
  const { namespace } = house.temporal.options;
  const workflowExecution = { workflowId: workflowOf(lessonId) };
  await house.temporal.workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
  const asked = Date.now();
  while (await isRemembered(house, lessonId)) {
    if (Date.now() - asked > forgottenWithinMs) throw new Error(`Temporal still remembers ${lessonId}`);
    await pause(50);
  }
}

/** Whether Temporal knows any run of a lesson, open or closed. */
export async function isRemembered(house: House, lessonId: string): Promise<boolean> {
  try {
    await handleOf(house, lessonId).describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
