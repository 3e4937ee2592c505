import { expect } from 'vitest';
import { coherent } from '../../proof/coherent/coherent.ts';
import { gather } from '../../proof/coherent/gather.ts';
import type { SimulatorRequest } from '../../proof/coherent/requests.ts';
import { requestsOf } from '../../proof/coherent/requests.ts';
import type { Run } from '../../proof/coherent/run.ts';
import type { Place } from './callers.ts';
import { eventually } from './eventually.ts';

/** The clocks of a house and of its simulator are both this machine's, read one after the other. */
const clockSkewMs = 2_000;
/** A journey leaps from one wake-up to the next; no test waits longer between two. */
const leapMs = 31 * 86_400_000;

/** The facts of a house that has come to rest: our rows, Stripe's objects and the log of what was asked. */
export const factsOf = (house: Place): Promise<Run> =>
  gather({
    store: house.store,
    stripe: house.stripe,
    now: house.clock.now(),
    quiescent: true,
    clockSkewMs,
    leapMs,
    wholeBalance: true,
    requests: async () => {
      const { data } = (await house.sim('GET', '/requests')) as { data: SimulatorRequest[] };
      return requestsOf(data);
    },
  });

/** A move under way is over by then. */
const restsWithinMs = 30_000;

/**
 * The books of a house, checked from every side: Stripe's double entry, and every invariant of money over our rows
 * and Stripe's objects. Every money test ends here. What a test saw may be a moment ahead of the move that follows it,
 * and these are claims about a house at rest: what does not hold must go on not holding.
 */
export async function checkBooks(house: Place): Promise<void> {
  const books = (await house.sim('GET', '/books')) as { balanced: boolean; violations: unknown[] };
  expect(books).toMatchObject({ balanced: true, violations: [] });
  const broken = async () => coherent(await factsOf(house)).map(({ message }) => message);
  await eventually(broken, (found) => found.length === 0, restsWithinMs, 'The books are not true');
}
