import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { msNumberToTs, optionalTsToMs } from '@temporalio/common/lib/time.js';
import type { Instant } from '../../domain/time.ts';

// api/dev/: time travel and the other helpers of demo mode. Mounted by an entrypoint and only in demo mode.
// Each workflow has a virtual clock of its own at the server; nothing here may be needed outside demo mode and tests.

/** Where one running story stands: its own clock and what it is busy with. */
export interface Standing {
  readonly workflowId: string;
  /** The story's clock: the server's virtual time plus what was travelled before the story began. */
  readonly now: Instant;
  /** At most so far is the story ahead of this machine's wall clock. */
  readonly aheadMs: number;
  /** At work: a workflow task, an activity attempt or a fast-forward is under way. */
  readonly busy: boolean;
  /** The next attempt of an activity that waits out its backoff, on the story's clock. */
  readonly retryAt: Instant | null;
  /** Grows with every event of the history, so two equal ones mean that nothing happened in between. */
  readonly events: number;
}

/** A skip for every timer and every retry on the way; the server's own limit of 100 would end a long outage halfway. */
const skipsAtMost = 100_000;

/**
 * A fast-forward that is still open when its end passes during work lets the server leap on to the next timer, days
 * away (read in 1.32.1). One that may skip once is over before the work that it starts.
 */
const oneSkip = 1;

/** gRPC's NOT_FOUND: the workflow never was, is forgotten, or has just ended. */
const notFound = 5;

/** Workflow clocks by Temporal's raw requests: the SDK does not wrap time skipping (temporal-rules 92). */
export class StoryClocks {
  readonly #client: Client;
  /** What was travelled before each run began; it never changes within a run. */
  readonly #beginnings = new Map<string, number>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Where the story stands, or null where no run of it is open. */
  async standing(workflowId: string): Promise<Standing | null> {
    const askedAtMs = Date.now();
    const described = await this.#describe(workflowId);
    const info = described?.workflowExecutionInfo;
    if (!described || info?.status !== runningStatus) return null;
    const skipping = described.workflowExtendedInfo?.timeSkippingInfo;
    const runId = info.execution?.runId ?? '';
    const begunAheadMs = await this.#begunAheadMs(workflowId, runId);
    const attempts = described.pendingActivities ?? [];
    const retries = attempts.map(({ nextAttemptScheduleTime }) => optionalTsToMs(nextAttemptScheduleTime));
    const waiting = retries.filter((at) => at !== undefined);
    // A workflow that never skipped reports no clock: it is the wall's.
    const now = (optionalTsToMs(skipping?.currentTime) ?? Date.now()) + begunAheadMs;
    return {
      workflowId,
      now,
      aheadMs: now - askedAtMs,
      busy:
        Boolean(described.pendingWorkflowTask) ||
        skipping?.effectiveConfig?.enabled === true ||
        waiting.length < retries.length,
      retryAt: waiting.length === 0 ? null : Math.min(...waiting) + begunAheadMs,
      events: Number(info.historyLength ?? 0),
    };
  }

  /**
   * Moves one story's clock forward, to the first timer or retry on the way; with `pastEvents` these fire in order and
   * the story stays `busy` until it arrives. Where nothing is due the clock has moved when this answers. A story that
   * has ended meanwhile is left alone.
   */
  async fastForward(workflowId: string, durationMs: number, pastEvents: boolean): Promise<void> {
    await this.#ifRunning(() =>
      this.#client.workflowService.updateWorkflowExecutionOptions({
        namespace: this.#client.options.namespace,
        workflowExecution: { workflowId },
        workflowExecutionOptions: {
          timeSkippingConfig: {
            enabled: true,
            maxSessionSkipCount: pastEvents ? skipsAtMost : oneSkip,
            fastForwardConfig: { id: randomUUID(), duration: msNumberToTs(Math.ceil(durationMs)) },
          },
        },
        updateMask: { paths: ['time_skipping_config'] },
      }),
    );
  }

  #describe(workflowId: string) {
    const { namespace } = this.#client.options;
    return this.#ifRunning(() =>
      this.#client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
    );
  }

  async #ifRunning<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === notFound) return null;
      throw error;
    }
  }

  /** Read from the run's first event: a run that began after some travelling has only the rest to catch up. */
  async #begunAheadMs(workflowId: string, runId: string): Promise<number> {
    const known = this.#beginnings.get(runId);
    if (known !== undefined) return known;
    const { history } = await this.#client.workflowService.getWorkflowExecutionHistory({
      namespace: this.#client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    const { loadedDataConverter } = this.#client.options;
    const [first]: unknown[] = await decodeArrayFromPayloads(loadedDataConverter, started?.input?.payloads);
    const offset = isStart(first) ? first.clockOffsetMs : 0;
    this.#beginnings.set(runId, offset);
    return offset;
  }
}

/** WORKFLOW_EXECUTION_STATUS_RUNNING; the enum itself would load the whole of the protocol's code. */
const runningStatus = 1;

function isStart(value: unknown): value is { clockOffsetMs: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'clockOffsetMs' in value &&
    typeof value.clockOffsetMs === 'number'
  );
}
