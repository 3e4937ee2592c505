import type { Instant } from '../../domain/time.ts';
import type { ApiPorts } from '../ports.ts';
import { alertAgedDebts } from '../aged-debts.ts';
import { sweepOverdue } from '../overdue.ts';
import { shownError } from '../shown-error.ts';
import { dispatch } from './dispatch.ts';

/** A batch is one commit; larger ones would keep the lock from others for longer. */
const batch = 100;
/** Signals under way at once: enough to keep Temporal busy, few enough to leave room for people's commands. */
const atOnce = 10;
/** Should this process die with events in hand, others take them after this time. A story hears an event once only, so one told twice costs a signal. */
const leaseMs = 20_000;

const drainEveryMs = 1_000;
const sweepEveryMs = 60_000;

/** Dispatches every event that is due and answers how many; several processes may do so at once. */
export async function drainInbox(ports: ApiPorts): Promise<number> {
  const { store, clock } = ports;
  let count = 0;
  for (;;) {
    const now = clock.now();
    const [due] = await store.dueEvents({ now, limit: 1 });
    if (due === undefined) return count;
    const events = await store.claimDue({ now, until: now + leaseMs, limit: batch });
    const left = events.values();
    const worker = async (): Promise<void> => {
      for (const event of left) await dispatch(ports, event);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    count += events.length;
    if (events.length === 0) return count;
  }
}

/** Makes calls that come while one is running into a single further run: a storm of events is drained, not piled up. */
export function coalesced(work: () => Promise<unknown>, onError: (error: unknown) => void): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    do {
      again = false;
      try {
        await work();
      } catch (error) {
        onError(error);
      }
    } while (again);
    running = false;
  };
  return () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    void run();
  };
}

/** Leftovers that keep being looked after. */
export interface Upkeep {
  /** Resolves when what is under way has ended; nothing runs after it. */
  stop(): Promise<void>;
}

/** Drains leftovers at once and every second, and looks for overdue agreements every minute, until stopped. */
export function startUpkeep(ports: ApiPorts): Upkeep {
  const drain = repeated(() => drainInbox(ports), drainEveryMs, ports);
  const toldAt = new Map<string, Instant>();
  const look = async (): Promise<void> => {
    await sweepOverdue(ports, {}, toldAt);
    await alertAgedDebts(ports);
  };
  const sweep = repeated(look, sweepEveryMs, ports);
  return {
    async stop() {
      await Promise.all([drain(), sweep()]);
    },
  };
}

/** Runs the work now and again after each pause, never twice at a time; answers how to stop it. */
function repeated(work: () => Promise<unknown>, everyMs: number, { log }: ApiPorts): () => Promise<void> {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error({ error: shownError(error) }, 'upkeep failed; it is tried again');
    }
    if (!isStopped) timer = setTimeout(begin, everyMs);
  };
  const begin = (): void => {
    turn = run();
  };
  begin();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await turn;
  };
}
