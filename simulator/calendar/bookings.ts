import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { notBookable, notFound } from './refusal.ts';

// simulator/calendar/: a stand-in for Cal.com's booking API, for demo mode and tests. It imports nothing of ours: what books here
// talks HTTP and cannot tell.

/** Whoever comes to an appointment. */
export interface Attendee {
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
  readonly language: string;
}

/** What somebody asks to book; times are UTC milliseconds. */
export interface Wanted {
  readonly eventTypeId: number;
  readonly startsAt: number;
  readonly durationMinutes: number;
  readonly attendee: Attendee;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A booking as it is kept. A moved one is cancelled and names the booking that took its place. */
export interface Booking extends Wanted {
  readonly uid: string;
  readonly status: 'accepted' | 'cancelled';
  readonly createdAt: number;
  readonly cancellationReason?: string;
  readonly reschedulingReason?: string;
  readonly rescheduledFromUid?: string;
  readonly rescheduledToUid?: string;
}

/** Which bookings to list, oldest first. */
export interface Filter {
  readonly email: string | null;
  readonly eventTypeId: number | null;
  readonly take: number;
  readonly skip: number;
}

/** Every booking ever made, in the order they were made. A killed process has done a request wholly or not at all. */
export type Bookings = ReturnType<typeof openBookings>;

/** Opens the bookings in a file, which is made where it is missing; without a file they live as long as the process. */
export function openBookings(file: string | undefined, now: () => number) {
  const database = new Database(file ?? ':memory:');
  database.pragma('journal_mode = WAL');
  // What reached the operating system outlives a killed process; only power loss would take it.
  database.pragma('synchronous = NORMAL');
  database.exec(
    `CREATE TABLE IF NOT EXISTS bookings (seq INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, email TEXT NOT NULL,
      event_type_id INTEGER NOT NULL, starts_at INTEGER NOT NULL, body TEXT NOT NULL)`,
  );
  const add = database.prepare(
    'INSERT INTO bookings (uid, email, event_type_id, starts_at, body) VALUES (?, ?, ?, ?, ?)',
  );
  const change = database.prepare('UPDATE bookings SET body = ? WHERE uid = ?');
  const byUid = database.prepare<[string], Row>('SELECT body FROM bookings WHERE uid = ?');
  const inSlot = database.prepare<[number, number, string], Row>(
    'SELECT body FROM bookings WHERE event_type_id = ? AND starts_at = ? AND email = ?',
  );
  const page = database.prepare<[Filter], Row>(
    `SELECT body FROM bookings WHERE (@email IS NULL OR email = @email)
      AND (@eventTypeId IS NULL OR event_type_id = @eventTypeId) ORDER BY seq LIMIT @take OFFSET @skip`,
  );

  const save = (booking: Booking): Booking => {
    const { uid, attendee, eventTypeId, startsAt } = booking;
    add.run(uid, attendee.email, eventTypeId, startsAt, JSON.stringify(booking));
    return booking;
  };

  const replace = (booking: Booking): Booking => {
    change.run(JSON.stringify(booking), booking.uid);
    return booking;
  };

  const find = (uid: string): Booking => {
    const row = byUid.get(uid);
    if (row === undefined) throw notFound(`There is no booking ${uid}.`);
    return bookingOf(row);
  };

  const standing = (uid: string): Booking => {
    const booking = find(uid);
    if (booking.status === 'accepted') return booking;
    const successor = booking.rescheduledToUid;
    throw notBookable(`${uid} is cancelled${successor === undefined ? '' : ` and moved to ${successor}`}.`);
  };

  /** Any number of people fit into a slot, but nobody twice; who asks twice for the same operation is taken at his word. */
  const assertFree = ({ eventTypeId, startsAt, attendee, metadata }: Wanted): void => {
    if (startsAt <= now()) throw notBookable('The time to book is over.');
    const taken = inSlot.all(eventTypeId, startsAt, attendee.email).map(bookingOf);
    if (taken.some((one) => one.status === 'accepted' && one.metadata['operation'] !== metadata['operation']))
      throw notBookable('The attendee already has a booking at this time.');
  };

  return {
    find,

    book(wanted: Wanted): Booking {
      assertFree(wanted);
      return save({ ...wanted, uid: randomUUID(), status: 'accepted', createdAt: now() });
    },

    move: database.transaction((uid: string, startsAt: number, reason: string): Booking => {
      const { eventTypeId, durationMinutes, attendee, metadata } = standing(uid);
      const wanted: Wanted = { eventTypeId, startsAt, durationMinutes, attendee, metadata };
      assertFree(wanted);
      const moved = save({
        ...wanted,
        uid: randomUUID(),
        status: 'accepted',
        createdAt: now(),
        reschedulingReason: reason,
        rescheduledFromUid: uid,
      });
      replace({ ...find(uid), status: 'cancelled', rescheduledToUid: moved.uid });
      return moved;
    }),

    cancel: (uid: string, reason: string): Booking =>
      replace({ ...standing(uid), status: 'cancelled', cancellationReason: reason }),

    list: (filter: Filter): Booking[] => page.all(filter).map(bookingOf),

    close: () => void database.close(),
  };
}

interface Row {
  readonly body: string;
}

const bookingOf = ({ body }: Row): Booking => JSON.parse(body) as Booking;
