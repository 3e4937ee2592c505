import { invariant } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';

interface Seat {
  readonly operation: string;
  uid: string;
  startsAt: Instant;
  isCancelled: boolean;
}

/** The provider's own calendar with true books: it knows no keys, so what was booked before is looked for first. */
export class ProviderCalendar {
  readonly seats: Seat[] = [];
  #moves = 0;

  book(operation: string, startsAt: Instant): Seat {
    const known = this.seats.find((seat) => seat.operation === operation && !seat.isCancelled);
    if (known !== undefined) return known;
    const seat = { operation, uid: `uid_${this.seats.length + 1}`, startsAt, isCancelled: false };
    this.seats.push(seat);
    return seat;
  }

  /** A moved seat has a new name. */
  move(uid: string, startsAt: Instant): Seat {
    const seat = this.seats.find((one) => one.uid === uid);
    invariant(seat !== undefined && !seat.isCancelled, `moves ${uid}, which is not booked`);
    this.#moves += 1;
    return Object.assign(seat, { uid: `${uid}_${this.#moves}`, startsAt });
  }

  /** Gives back the seat of this name, or whatever was booked without our hearing; answers its name. */
  cancel(uid: string | null): string | null {
    const standing = this.standing;
    const seat = uid === null ? standing[0] : this.seats.find((one) => one.uid === uid);
    if (seat !== undefined) seat.isCancelled = true;
    return seat?.uid ?? null;
  }

  /** Seats that stand in the calendar. */
  get standing(): readonly Seat[] {
    return this.seats.filter(({ isCancelled }) => !isCancelled);
  }
}
