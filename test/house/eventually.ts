import { setTimeout as pause } from 'node:timers/promises';

/** Short beside everything that is waited for, long enough to leave the machine to those who are to bring it about. */
const betweenLooksMs = 20;

/** Enough to tell what came instead, also where a whole list was looked at. */
const mostSaid = 5_000;

/** Looks until it is so; fails after a minute and a half of real time, or the time given, with what it last saw. */
export async function eventually<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  withinMs = 90_000,
  complaint = 'It never came to that',
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > deadline) {
      throw new Error(`${complaint}: ${JSON.stringify(seen, null, 1)?.slice(0, mostSaid)}`);
    }
    await pause(betweenLooksMs);
  }
}
