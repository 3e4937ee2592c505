import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/activities.ts';
import { createSweep } from '../activities/gap-sweep.ts';
import type { SweepActivities } from '../activities/gap-sweep.ts';
import type { Activities, Ports } from '../activities/tasks.ts';
import { taskQueue } from '../workflows/contract.ts';

/** Everything a worker of the house can do: the stories' effects and the gap sweep. */
export const activitiesOf = (ports: Ports): Activities & SweepActivities => ({
  ...createActivities(ports),
  ...createSweep(ports),
});

/** What a worker is made of. */
export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Activities & Partial<SweepActivities>;
  readonly bundle: WorkflowBundleOption;
  /** How many workflows stay in memory between tasks; the others are replayed, a short history each. */
  readonly workflowCache: number;
  /** Another queue than the house's, for tests side by side. */
  readonly queue?: string;
}

/** A process must be gone 15 s after Ctrl-C: the attempts under way get eight, and Temporal repeats what was cut off. */
const shutdownGraceTime = '8 s';
const shutdownForceTime = '10 s';

/** Builds a worker with every slot stated: predictable on a small machine, and below Stripe's 25 writes a second. */
function createWorker(parts: WorkerParts): Promise<Worker> {
  return Worker.create({
    connection: parts.connection,
    namespace: parts.namespace,
    taskQueue: parts.queue ?? taskQueue,
    activities: { ...parts.activities },
    workflowBundle: parts.bundle,
    maxCachedWorkflows: parts.workflowCache,
    maxConcurrentWorkflowTaskExecutions: 40,
    maxConcurrentActivityTaskExecutions: 50,
    maxConcurrentLocalActivityExecutions: 100,
    workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 5 },
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 5 },
    shutdownGraceTime,
    shutdownForceTime,
  });
}

/** A worker that is kept running. */
export interface RunningWorker {
  /** Lets the attempts under way finish, then ends. */
  stop(): Promise<void>;
}

/** The pause before a worker that failed is built anew; it fails only when the server refuses it outright. */
const restartAfterMs = 1_000;

/**
 * Starts a worker and answers once it polls. A Temporal that is gone for a while is waited for by the SDK itself; a
 * worker that fails nevertheless is replaced.
 */
export async function runWorker(parts: WorkerParts, log: Logger): Promise<RunningWorker> {
  let isStopping = false;
  let worker = await createWorker(parts);
  const ended = (async () => {
    for (;;) {
      try {
        await worker.run();
        return;
      } catch (error) {
        if (isStopping) return;
        log.error({ err: error }, 'the worker failed and is started again');
      }
      for (let isBuilt = false; !isBuilt && !isStopping;) {
        await pause(restartAfterMs);
        isBuilt = await createWorker(parts).then(
          (built) => {
            worker = built;
            return true;
          },
          () => false,
        );
      }
      if (isStopping) return;
    }
  })();
  return {
    async stop() {
      isStopping = true;
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
