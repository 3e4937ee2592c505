import type { Calendar, CalendarBooking } from '../../activities/calendar/calendar.ts';
import { CalendarRefused, CalendarUnclear } from '../../activities/calendar/calendar.ts';
import type { Ground } from './ground.ts';
import type { Mortal } from './mortal.ts';

/** How often the calendar has no room, and how often its answer stays away before and after it did what it was asked. */
const refusedRate = 0.03;
const unclearRate = 0.1;
const slowestMs = 700;

interface Kept extends CalendarBooking {
  readonly operation: string;
  readonly movedTo: string | null;
}

/** The calendars of all providers: it forgets nothing and books whatever it is asked, twice if it is asked twice. */
export class Calendars {
  readonly #ground: Ground;
  readonly #bookings: Kept[] = [];

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Every booking that stands, with the operation that made it. */
  standing(): readonly { readonly uid: string; readonly operation: string }[] {
    return this.#bookings.filter(({ status }) => status === 'accepted');
  }

  /** The calendar as this process reaches it. */
  of(process: Mortal): Calendar {
    return {
      find: ({ operation }) =>
        this.#asked(process, 'find', () => this.#bookings.findLast((one) => one.operation === operation) ?? null),
      book: ({ operation, startsAt }) => this.#asked(process, 'book', () => this.#add(operation, startsAt), true),
      move: (uid, startsAt) => this.#asked(process, 'move', () => this.#move(uid, startsAt)),
      cancel: (uid) => this.#asked(process, 'cancel', () => this.#cancel(uid)),
    };
  } // prettier-ignore

  #add(operation: string, startsAt: number): CalendarBooking {
    const uid = `seat${this.#bookings.length + 1}`;
    const booking = { uid, operation, startsAt, status: 'accepted' as const, movedTo: null };
    this.#bookings.push(booking);
    return booking;
  }

  #replace(uid: string, changes: { status: 'cancelled'; movedTo?: string }): void {
    const at = this.#bookings.findIndex((one) => one.uid === uid);
    const known = this.#bookings[at];
    if (known !== undefined) this.#bookings[at] = { ...known, ...changes };
  }

  /** The booking and whatever it was moved to, oldest first. */
  #trail(uid: string): Kept[] {
    const trail: Kept[] = [];
    for (let next: string | null = uid; next !== null;) {
      const one = this.#bookings.find((each) => each.uid === next);
      if (one === undefined) throw new CalendarRefused('not_found', `no booking ${next}`);
      trail.push(one);
      next = one.movedTo;
    }
    return trail;
  }

  #move(uid: string, startsAt: number): CalendarBooking {
    const trail = this.#trail(uid);
    const last = trail.at(-1);
    if (last === undefined || last.status === 'cancelled')
      throw new CalendarRefused('cancelled', `${uid} is cancelled`);
    if (last.startsAt === startsAt) return last;
    const moved = this.#add(last.operation, startsAt);
    this.#replace(last.uid, { status: 'cancelled', movedTo: moved.uid });
    return moved;
  }

  #cancel(uid: string): void {
    for (const { uid: each, status } of this.#trail(uid))
      if (status === 'accepted') this.#replace(each, { status: 'cancelled' });
  }

  async #asked<T>(process: Mortal, what: string, work: () => T, canRefuse = false): Promise<T> {
    const { timetable, trouble, trace, coverage } = this.#ground;
    const call = `calendar ${what}`;
    process.step(`before ${call}`);
    await timetable.sleep(slowestMs * trouble.share(`${process.name}/calendar`));
    const isRefused = canRefuse && trouble.strikes(`${process.name}/${call} refused`, refusedRate);
    const isUnclear = trouble.strikes(`${process.name}/${call} unclear`, unclearRate);
    const isDone = !isRefused && (!isUnclear || trouble.share(`${process.name}/calendar did it`) < 0.5);
    const mishap = isRefused ? 'refused' : isUnclear ? (isDone ? 'lost_answer' : 'lost_request') : 'fine';
    coverage.count('call', call, mishap);
    trace.tell(process.name, `${call}: ${mishap}`);
    const answer = isDone ? work() : null;
    process.step(`after ${call}`);
    if (isRefused) throw new CalendarRefused('no_room', 'the slot is taken');
    if (isUnclear) throw new CalendarUnclear('no answer');
    return answer as T;
  }
}
