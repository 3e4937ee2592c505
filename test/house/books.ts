import { expect } from 'vitest';
import { coherent } from '../../proof/coherent/coherent.ts';
import { gather } from '../../proof/coherent/gather.ts';
import type { SimulatorRequest } from '../../proof/coherent/requests.ts';
import { requestsOf } from '../../proof/coherent/requests.ts';
import type { Run } from '../../proof/coherent/run.ts';
import type { Place } from './callers.ts';

/** The clocks of a house and of its simulator are both this machine's, read one after the other. */
const clockSkewMs = 2_000;

/** The facts of a house that has come to rest: our rows, Stripe's objects and the log of what was asked. */
export const factsOf = (house: Place): Promise<Run> =>
  gather({
    store: house.store,
    stripe: house.stripe,
    now: house.clock.now(),
    quiescent: true,
    clockSkewMs,
    wholeBalance: true,
    requests: async () => {
      const { data } = (await house.sim('GET', '/requests')) as { data: SimulatorRequest[] };
      return requestsOf(data);
    },
  });

/**
 * The books of a house, checked from every side: Stripe's double entry, and every invariant of money over our rows
 * and Stripe's objects. Every money test ends here.
 */
export async function checkBooks(house: Place): Promise<void> {
  const books = (await house.sim('GET', '/books')) as { balanced: boolean; violations: unknown[] };
  expect(books).toMatchObject({ balanced: true, violations: [] });
  expect(coherent(await factsOf(house)).map(({ message }) => message)).toEqual([]);
}
