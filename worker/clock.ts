import type { Clock } from '../domain/clock.ts';
import type { Store } from '../store/store.ts';

/** How soon a process hears that another one travelled. */
const hearWithinMs = 200;

/** The clock of one process of demo mode: the wall's, plus what was travelled with this data folder. */
export interface TravelledClock extends Clock {
  offsetMs(): number;
  /** Reads the offset anew and answers it; the process that travels calls it after each step. */
  refresh(): Promise<number>;
  stop(): void;
}

/** Follows the store's travelled time; every process on the folder shows the same within a fraction of a second. */
export async function travelledClock(store: Store): Promise<TravelledClock> {
  let offsetMs = await store.clockOffsetMs();
  const refresh = async (): Promise<number> => {
    // Never back: a read that was overtaken by a newer one must not win.
    offsetMs = Math.max(offsetMs, await store.clockOffsetMs());
    return offsetMs;
  };
  const timer = setInterval(() => {
    // A store that is closing or busy for a moment is asked again at the next tick.
    refresh().catch(() => undefined);
  }, hearWithinMs).unref();
  return {
    now: () => Date.now() + offsetMs,
    offsetMs: () => offsetMs,
    refresh,
    stop: () => clearInterval(timer),
  };
}

/** The wall clock, for everything but demo mode. */
export const wallClock: TravelledClock = {
  now: () => Date.now(),
  offsetMs: () => 0,
  refresh: () => Promise.resolve(0),
  stop: () => undefined,
};
