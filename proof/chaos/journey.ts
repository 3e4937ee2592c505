import { setTimeout as pause } from 'node:timers/promises';
import { iso } from '../../domain/time.ts';
import type { Ground } from './ground.ts';

/** A journey that dies with its API is begun again; one that gets nowhere in this time never will. */
const arrivesWithinMs = 600_000;

/** Travels to an instant, through as many APIs as it takes. */
export async function travelTo(ground: Ground, instant: number): Promise<void> {
  let last = '';
  for (const deadline = Date.now() + arrivesWithinMs; ground.clock.now() < instant; await pause(200)) {
    if (Date.now() > deadline) throw new Error(`Nobody gets to ${iso(instant)}: ${last}`);
    last = await ground
      .request('POST', '/_dev/travel', { body: { to: iso(instant) } })
      .then(({ status, body }) => `${status} ${JSON.stringify(body)}`, String);
  }
}
