import { setTimeout as pause } from 'node:timers/promises';
import { workflowIdOf } from '../domain/kinds.ts';
import { iso } from '../domain/time.ts';
import type { BareMove } from './bare/lives.ts';
import { bareQueue } from './bare/queue.ts';
import { atOnce } from './finding.ts';
import { call } from './measured.ts';
import type { Measurable } from './process.ts';
import type { Town } from './town.ts';

/** Many lives lived together; what happens between the two steps is sleep, and nobody measures it. */
export interface Batch {
  /** Starts them all and brings each to where it waits for its time. */
  begin(count: number, dueAt: number): Promise<void>;
  /** Resolves when all of them have come to their end. */
  end(): Promise<void>;
}

/** Callers at the same time, on either side: more than the server can serve at once. */
const callers = 32;

const newId = (): string => crypto.randomUUID().slice(0, 12);

async function ended({ temporal }: Town, ids: readonly string[]): Promise<void> {
  const outcomes = await Promise.all(ids.map((id) => temporal.workflow.getHandle(id).result()));
  const unhappy = outcomes.filter((outcome) => outcome !== 'completed').length;
  if (unhappy > 0) throw new Error(`${unhappy} lives did not come to a happy end`);
}

/** Every one of them has come to this state, as the lists show it. */
async function shownAs({ store }: Town, ids: readonly string[], status: string): Promise<void> {
  for (const id of ids) await untilEvery(async () => (await store.findAgreement(id))?.status === status);
}

/** Lessons as an app orders them: booked, joined by both over HTTP, settled at their scheduled end, paid out. */
export function lessons(town: Town): Batch & { stirring(): Promise<void> } {
  let ids: string[] = [];
  const post = (path: string, body: object) => call(`${town.apiUrl}/api/lessons${path}`, body, town.token);
  return {
    async begin(count, dueAt) {
      ids = Array.from({ length: count }, newId);
      const times = { startsAt: iso(dueAt - 1_000), endsAt: iso(dueAt) };
      const people = { student: { id: 'stu_1', paymentMethod: 'pm_card_bypassPending' }, tutor: { id: 'tut_1', account: 'tut_1' } };
      await atOnce(callers, ids, (id) => post('', { id, amount: 450, currency: 'usd', ...times, ...people }));
      await shownAs(town, ids.map((id) => workflowIdOf('lesson', id)), 'scheduled');
      for (const party of ['student', 'tutor']) await atOnce(callers, ids, (id) => post(`/${id}/join`, { party }));
    },
    end: () => ended(town, ids.map((id) => workflowIdOf('lesson', id))),
    /** Resolves when one of a few that sleep now has been taken up. */
    async stirring() {
      const watched = ids.slice(0, 20).map((id) => workflowIdOf('lesson', id));
      const revisions = () => Promise.all(watched.map(async (id) => (await town.store.findAgreement(id))?.rev));
      const asleep = await revisions();
      await untilEvery(async () => (await revisions()).some((rev, n) => rev !== asleep[n]));
    },
  };
} // prettier-ignore

/** The same commands asked of Temporal by its own client. */
export function bareLessons(town: Town, worker: Measurable): Batch {
  let ids: string[] = [];
  const { workflow } = town.temporal;
  return {
    async begin(count, dueAt) {
      ids = Array.from({ length: count }, newId);
      const before = await timesDone(worker, 'authorize');
      await atOnce(callers, ids, (workflowId) =>
        workflow.start('bareLesson', { taskQueue: bareQueue, workflowId, args: [dueAt] }),
      );
      await allDone(worker, 'authorize', before + count);
      for (const party of ['student', 'tutor']) {
        await atOnce(callers, ids, (id) => workflow.getHandle(id).executeUpdate('join', { args: [party] }));
      }
    },
    end: () => ended(town, ids),
  };
}

interface Opened {
  readonly booking: { readonly payment: { readonly sessionId: string } };
}

/** A session lasts a minute at least, and the window begins with its end. */
export const sessionMs = 60_000;

/** Bookings as an app orders them: a checkout each, paid on Stripe's page, in the calendar, transferred, paid out. */
export function bookings(town: Town): Batch {
  let ids: string[] = [];
  const open = async (id: string, dueAt: number): Promise<void> => {
    const startTime = iso(dueAt - sessionMs - 1_000);
    const attendee = { name: 'A', email: `${id}@example.org`, timeZone: 'Europe/Berlin' };
    const body = { id, provider: 'pro_1', eventTypeId: 1, startTime, attendee, policy: 'short' };
    const { booking } = await call<Opened>(`${town.apiUrl}/api/bookings`, body, town.token);
    const page = `${town.stripeUrl}/_sim/checkout/sessions/${booking.payment.sessionId}/complete`;
    await call(page, { paymentMethod: 'pm_card_bypassPending' });
  };
  return {
    async begin(count, dueAt) {
      ids = Array.from({ length: count }, newId);
      await atOnce(callers, ids, (id) => open(id, dueAt));
      await shownAs(town, ids.map((id) => workflowIdOf('booking', id)), 'confirmed');
    },
    end: () => ended(town, ids.map((id) => workflowIdOf('booking', id))),
  };
} // prettier-ignore

/** The same commands asked of Temporal by its own client. */
export function bareBookings(town: Town, worker: Measurable): Batch {
  let ids: string[] = [];
  const { workflow } = town.temporal;
  return {
    async begin(count, dueAt) {
      ids = Array.from({ length: count }, newId);
      const [opened, booked] = [
        await timesDone(worker, 'openCheckout'),
        await timesDone(worker, 'bookCalendar'),
      ];
      await atOnce(callers, ids, (workflowId) =>
        workflow.start('bareBooking', { taskQueue: bareQueue, workflowId, args: [dueAt] }),
      );
      await allDone(worker, 'openCheckout', opened + count);
      // A payment is told in two events.
      await atOnce(callers, [...ids, ...ids], (id) => workflow.getHandle(id).signal('stripeEvent'));
      await allDone(worker, 'bookCalendar', booked + count);
    },
    end: () => ended(town, ids),
  };
}

const timesDone = async (worker: Measurable, move: BareMove): Promise<number> =>
  (await worker.ask<Record<BareMove, number>>('done'))[move];

const allDone = (worker: Measurable, move: BareMove, count: number): Promise<void> =>
  untilEvery(async () => (await timesDone(worker, move)) >= count);

/** As often as the house's API looks at its own rows for an answer. */
const lookAgainMs = 25;
const patienceMs = 600_000;

/** Waits until it is so, looking as often as the house's API looks for an answer. */
export async function untilEvery(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await isSo());) {
    if (Date.now() > deadline) throw new Error('The lives do not come to where they wait');
    await pause(lookAgainMs);
  }
}
