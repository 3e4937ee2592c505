import type { Booking, Bookings } from './bookings.ts';
import type { Faults } from './faults.ts';
import { notBookable, notFound, Refusal } from './refusal.ts';
import type { Fields } from './requests.ts';
import { filterOf, moveOf, reasonOf, wantedOf } from './requests.ts';

/** A request as it came, without a socket. */
export interface CalendarCall {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string;
  readonly version: string;
  readonly fields: () => Fields;
}

/** An answer; `dropped` has the connection broken instead. */
export interface CalendarAnswer {
  readonly status: number;
  readonly body: object;
  readonly dropped: boolean;
}

/** The one version of Cal.com's API whose shapes are spoken here. */
const apiVersion = '2024-08-13';

/** Answers `/v2/bookings` as Cal.com does, and `/_cal`, which Cal.com does not have: faults and everything there is. */
export const calendarRoutes =
  (bookings: Bookings, faults: Faults) =>
  (call: CalendarCall): CalendarAnswer => {
    const [room = '', ...path] = call.url.pathname.split('/').slice(1);
    if (room === '_cal') return answer(200, control(call, path.join('/'), bookings, faults));
    if (room !== 'v2' || path[0] !== 'bookings' || call.version !== apiVersion) throw nothingThere(call);
    if (!/^Bearer .+$/.test(call.authorization)) throw new Refusal(401, 'UnauthorizedException', 'No key.');
    const [, uid, deed] = path.map(decodeURIComponent);
    if (call.method === 'GET' && deed === undefined) return answer(200, success(read(call, uid, bookings)));
    if (call.method !== 'POST') throw nothingThere(call);
    const act = actOf(call, uid, deed, bookings);
    const fault = faults.strike();
    if (fault === 'refuse') throw notBookable('The host is not available at this time.');
    if (fault === 'drop_before') return { status: 0, body: {}, dropped: true };
    const done = success(viewOf(act()));
    return { ...answer(deed === 'cancel' ? 200 : 201, done), dropped: fault === 'drop_after' };
  };

function control({ method, fields }: CalendarCall, path: string, bookings: Bookings, faults: Faults): object {
  if (method === 'POST' && path === 'faults') return faults.arm(fields());
  if (method === 'DELETE' && path === 'faults') return faults.disarm();
  if (method === 'GET' && path === 'bookings') {
    const everything = { email: null, eventTypeId: null, take: -1, skip: 0 };
    return { data: bookings.list(everything).map(viewOf) };
  }
  throw notFound(`There is no control ${method} ${path}.`);
}

function read({ url }: CalendarCall, uid: string | undefined, bookings: Bookings): object {
  return uid === undefined
    ? bookings.list(filterOf(url.searchParams)).map(viewOf)
    : viewOf(bookings.find(uid));
}

/** The change a request asks for, its body read but nothing done yet. */
function actOf(call: CalendarCall, uid: string | undefined, deed: string | undefined, bookings: Bookings): () => Booking {
  if (uid === undefined) {
    const wanted = wantedOf(call.fields());
    return () => bookings.book(wanted);
  }
  if (deed === 'reschedule') {
    const { startsAt, reason } = moveOf(call.fields());
    return () => bookings.move(uid, startsAt, reason);
  }
  if (deed !== 'cancel') throw nothingThere(call);
  const reason = reasonOf(call.fields());
  return () => bookings.cancel(uid, reason);
} // prettier-ignore

const nothingThere = ({ method, url }: CalendarCall): Refusal => notFound(`Cannot ${method} ${url.pathname}`);

const answer = (status: number, body: object): CalendarAnswer => ({ status, body, dropped: false });

const success = (data: object): object => ({ status: 'success', data });

/** A booking in Cal.com's shape; fields that are not set are left out. */
function viewOf({ startsAt, durationMinutes, eventTypeId, attendee, createdAt, ...booking }: Booking): object {
  return {
    ...booking,
    start: iso(startsAt),
    end: iso(startsAt + durationMinutes * 60_000),
    duration: durationMinutes,
    eventTypeId,
    eventType: { id: eventTypeId, slug: `event-type-${eventTypeId}` },
    attendees: [{ ...attendee, absent: false }],
    createdAt: iso(createdAt),
  };
} // prettier-ignore

const iso = (at: number): string => new Date(at).toISOString();
