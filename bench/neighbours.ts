import { setTimeout as pause } from 'node:timers/promises';
import { iso } from '../domain/time.ts';
import type { BookingPolicy } from '../domain/policy.ts';
import { call } from './measured.ts';
import type { Measurable } from './process.ts';
import type { Town } from './town.ts';
import { openTown } from './town.ts';

/** A town in which the house and the bare workflows' worker live side by side. */
export type Neighbours = Town & {
  readonly bareWorker: Measurable;
  /** The processes that may be at work on either side, by what they are. */
  readonly pids: Readonly<Record<string, number>>;
};

/** One session takes so many bookings (seats), so that a whole batch ends at once. */
const seatsPerSession = 1_000;

/** The terms of bookings that are measured: their window is over a second after the session. */
const shortWindow: Pick<BookingPolicy, 'kind' | 'hold'> = {
  kind: 'booking',
  hold: { anchor: 'session_end', for: 'PT1S' },
};

/** Opens a town with everything in it that lives need: API, worker, an account that can be paid, a provider, terms. */
export async function openNeighbours(): Promise<Neighbours> {
  const town = await openTown();
  try {
    const api = await town.startApi();
    const worker = town.start('worker/main.ts');
    const bareWorker = town.start('bench/bare/worker.ts');
    await furnish(town);
    await Promise.all([untilWorkerAnswers(town), bareWorker.ask('ready')]);
    const pids = {
      API: api.pid,
      worker: worker.pid,
      'simulated Stripe': town.stripe.pid,
      Temporal: town.temporalPid,
      'bare worker': bareWorker.pid,
    };
    return { ...town, bareWorker, pids };
  } catch (error) {
    await town.close();
    throw error;
  }
}

/** What every life here refers to: account `tut_1`, provider `pro_1`, the booking policy `short`. */
export async function furnish({ apiUrl, token }: Town): Promise<void> {
  const account = { id: 'tut_1', email: 't@example.org', country: 'US', type: 'express', onboarded: true };
  await call(`${apiUrl}/api/accounts`, account, token);
  const eventTypes = [{ id: 1, title: 'Mentoring', duration: 1, seats: seatsPerSession }];
  const provider = { id: 'pro_1', username: 'pro-1', account: 'tut_1', defaultPrice: 5_000, currency: 'usd', eventTypes };
  await call(`${apiUrl}/api/providers`, provider, token);
  await call(`${apiUrl}/api/admin/policies/short`, shortWindow, token, 'PUT');
} // prettier-ignore

interface Booked {
  readonly state: string;
}

/** A worker's process needs some seconds to start; until then a booking is answered without a decision. */
export async function untilWorkerAnswers({ apiUrl, token }: Town): Promise<void> {
  const startsAt = Date.now() + 3_600_000;
  const body = {
    id: 'les_first',
    amount: 450,
    currency: 'usd',
    startsAt: iso(startsAt),
    endsAt: iso(startsAt + 60_000),
    student: { id: 'stu_1', paymentMethod: 'pm_card_visa' },
    tutor: { id: 'tut_1', account: 'tut_1' },
  };
  await call(`${apiUrl}/api/lessons`, body, token);
  for (let tries = 0; tries < 600; tries += 1) {
    const { state } = await call<Booked>(`${apiUrl}/api/lessons/les_first`, undefined, token);
    if (state === 'scheduled') return;
    await pause(100);
  }
  throw new Error('The worker never took up its work');
}
