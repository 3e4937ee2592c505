import { Context, asyncLocalStorage } from '@temporalio/activity';
import type { Mortal } from './mortal.ts';

/** On whose behalf something is asked of the world outside: a story or a part of the house, in one of its processes. */
export interface Caller {
  readonly life: string;
  readonly process: Mortal;
}

const callers = new WeakMap<Context, Caller>();
const neverAborted = new AbortController().signal;
const neverCancelled = new Promise<never>(() => undefined);
const nothing = (): void => undefined;

/**
 * Runs work of this caller as the worker runs an activity: code inside finds the attempt it is. The context is the SDK's
 * own, made directly: its mock environment costs more than most activities.
 */
export function within<T>(
  caller: Caller,
  { attempt = 1, heartbeatDetails }: { attempt?: number; heartbeatDetails?: unknown },
  work: () => Promise<T>,
): Promise<T> {
  const info = { attempt, heartbeatDetails, workflowExecution: { workflowId: caller.life, runId: 'run' } };
  const context = new Context(
    info as never,
    neverCancelled,
    neverAborted,
    nothing,
    undefined,
    undefined as never,
    undefined as never,
    {},
  );
  callers.set(context, caller);
  return asyncLocalStorage.run(context, work);
}

/** Who asks at this moment; null for the hands that set a world up. */
export function callerNow(): Caller | null {
  const context = asyncLocalStorage.getStore();
  return context === undefined ? null : (callers.get(context) ?? null);
}
