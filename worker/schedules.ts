import { setTimeout as pause } from 'node:timers/promises';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  WorkflowFailedError,
} from '@temporalio/client';
import type { Client, ScheduleOptions } from '@temporalio/client';
import type { StoryClocks } from '../api/dev/story-clock.ts';
import { gapSweepWorkflow, taskQueue } from '../workflows/contract.ts';

const minuteMs = 60_000;

/** How often the gap sweep runs: late enough that Stripe's first repetitions come by themselves, soon enough that no lesson waits long for news. */
export const gapSweepEveryMs = 15 * minuteMs;

/** The id of the schedule that starts the gap sweep on this queue. */
export const gapSweepId = (queue: string): string => `${queue}-gap-sweep`;

/**
 * Makes the schedules of the house, or brings those that are there up to this code: any number of workers may do so at
 * once, and a schedule that a person has paused stays paused.
 */
export async function ensureSchedules(client: Client, queue: string = taskQueue): Promise<void> {
  const wanted = gapSweep(queue);
  try {
    await client.schedule.create(wanted);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(wanted.scheduleId).update(({ state }) => ({ ...wanted, state }));
  }
}

function gapSweep(queue: string) {
  const scheduleId = gapSweepId(queue);
  return {
    scheduleId,
    // Houses that share a Stripe or a Temporal do not begin in the same second.
    spec: { intervals: [{ every: gapSweepEveryMs }], jitter: minuteMs, timezone: 'UTC' },
    action: { type: 'startWorkflow', workflowType: gapSweepWorkflow, workflowId: scheduleId, taskQueue: queue, args: [] },
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      // One sweep reads all that is missing: of those that came due while Temporal was away, only the last is made up for.
      catchupWindow: gapSweepEveryMs,
      pauseOnFailure: false,
    },
  } satisfies ScheduleOptions; // prettier-ignore
}

const lookAgainMs = 20;

/** A sweep takes a fifth of a second; one that Stripe or an absent worker keeps goes on by itself, and the traveller goes on too. */
const travellerWaitsMs = 2_500;

/**
 * Begins the gap sweep at once, for a traveller who passes its time, and waits until it is over or waits itself for
 * Stripe to answer again. Answers how many events it found; 0 where no worker has made the schedule yet.
 */
export async function sweepNow(
  client: Client,
  stories: StoryClocks,
  queue: string = taskQueue,
): Promise<number> {
  const handle = client.schedule.getHandle(gapSweepId(queue));
  const begun = async () => {
    const { info } = await handle.describe();
    return {
      count: info.numActionsTaken + info.numActionsSkippedOverlap,
      last: info.recentActions.at(-1)?.action,
    };
  };
  const deadline = Date.now() + travellerWaitsMs;
  try {
    const { count } = await begun();
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    let now = await begun();
    for (; now.count === count && Date.now() < deadline; now = await begun()) await pause(lookAgainMs);
    const workflowId = now.last?.workflow.workflowId;
    if (workflowId === undefined) return 0;
    for (; Date.now() < deadline; await pause(lookAgainMs)) {
      const standing = await stories.standing(workflowId);
      if (standing === null) return await found(client, workflowId);
      if (standing.retryAt !== null) return 0;
    }
    return 0;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return 0;
    throw error;
  }
}

/** How many events a sweep found that is over; one that gave up leaves them to the next. */
async function found(client: Client, workflowId: string): Promise<number> {
  try {
    return (await client.workflow.getHandle(workflowId).result()) as number;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return 0;
    throw error;
  }
}
