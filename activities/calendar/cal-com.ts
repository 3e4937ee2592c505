import { iso, parseInstant } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';
import type { Calendar, CalendarBooking, CalendarRequest, CalendarSearch } from './calendar.ts';
import { CalendarRefused, CalendarUnclear } from './calendar.ts';

/** Where a calendar that speaks Cal.com's API v2 is, without the `/v2`, and the key of the account that owns the event types. */
export interface CalComOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly timeoutMs?: number;
}

/** The version whose shapes are read here; a request that names none is answered in the oldest. */
const apiVersion = '2024-08-13';

/** Cal.com writes into the host's own calendar and sends mail before it answers: seconds are usual. */
const usualTimeoutMs = 15_000;

/** Cal.com gives at most 250 at once. */
const pageSize = 100;

/** Ten thousand bookings of one attendee at one event type: whatever needs more is a mistake that must end. */
const mostPages = 100;

/** A booking that was moved more often than this leads in a circle. */
const mostMoves = 50;

/** Client errors that say nothing about the request itself: it came too early, too late or too often. */
const passingStatuses = new Set([408, 425, 429]);

const codes: Readonly<Record<number, string>> = {
  400: 'not_bookable',
  401: 'authentication',
  403: 'permission',
  404: 'not_found',
  409: 'conflict',
};

/** The calendar behind Cal.com's HTTP API. It repeats nothing by itself: a retry is Temporal's. */
export function createCalCom({ baseUrl, apiKey, timeoutMs = usualTimeoutMs }: CalComOptions): Calendar {
  const bookings = `${baseUrl.replace(/\/+$/, '')}/v2/bookings`;
  const headers = {
    authorization: `Bearer ${apiKey}`,
    'cal-api-version': apiVersion,
    'content-type': 'application/json',
  };

  const call = async (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> => {
    const answer = await fetched(`${bookings}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Followed, a redirect would turn a POST into a GET.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return dataOf(answer);
  };

  /** The booking and whatever it was moved to, oldest first. */
  const trailOf = async (uid: string): Promise<[Seen, ...Seen[]]> => {
    let last = seen(await call('GET', `/${encodeURIComponent(uid)}`));
    const trail: [Seen, ...Seen[]] = [last];
    while (last.movedTo !== null) {
      if (trail.length > mostMoves) throw new CalendarUnclear(`booking ${uid} was moved too often to follow`);
      last = seen(await call('GET', `/${encodeURIComponent(last.movedTo)}`));
      trail.push(last);
    }
    return trail;
  };

  const find = async ({ operation, eventTypeId, attendee }: CalendarSearch): Promise<CalendarBooking | null> => {
    let fallen: CalendarBooking | null = null;
    let skip = 0;
    for (let page = 0; page < mostPages; page += 1) {
      const filter = { attendeeEmail: addressOf(attendee), eventTypeId: String(eventTypeId) };
      // Oldest first: what is booked meanwhile moves no page.
      const paging = { sortCreated: 'asc', take: String(pageSize), skip: String(skip) };
      const listed = await call('GET', `?${new URLSearchParams({ ...filter, ...paging }).toString()}`);
      if (!Array.isArray(listed)) throw new CalendarUnclear('a list of bookings without bookings');
      // Only an empty page is the end: a server may give less than it was asked for.
      if (listed.length === 0) return fallen;
      for (const one of listed.map(seen)) {
        if (!one.operations.includes(operation)) continue;
        const booking = bookingOf(one);
        if (booking.status === 'accepted') return booking;
        fallen = booking;
      }
      skip += listed.length;
    }
    throw new CalendarUnclear(`more than ${mostPages} pages of bookings`);
  }; // prettier-ignore

  return {
    find,

    book: (request) =>
      unlessDone(
        async () => bookingOf(seen(await call('POST', '', bodyOf(request)))),
        async () => {
          const found = await find(request);
          return found?.status === 'accepted' ? found : null;
        },
      ),

    async move(uid, startsAt, reason) {
      const trail = await trailOf(uid);
      const found = arrivedAt(startsAt, trail);
      if (found !== null) return found;
      const path = `/${encodeURIComponent(alone(lastOf(trail)).uid)}/reschedule`;
      const body = { start: iso(startsAt), reschedulingReason: reason };
      return await unlessDone(
        async () => bookingOf(seen(await call('POST', path, body))),
        async () => arrivedAt(startsAt, await trailOf(uid)),
      );
    },

    async cancel(uid, reason) {
      const last = lastOf(await trailOf(uid));
      if (hasFallen(last)) return;
      const path = `/${encodeURIComponent(alone(last).uid)}/cancel`;
      await unlessDone(
        async () => seen(await call('POST', path, { cancellationReason: reason })),
        async () => {
          const now = lastOf(await trailOf(uid));
          return hasFallen(now) ? now : null;
        },
      );
    },
  };
}

/** A refusal may be meant for the repetition of what is done already: what is there was not refused. */
async function unlessDone<T>(act: () => Promise<T>, done: () => Promise<T | null>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof CalendarRefused)) throw error;
    const found = await done();
    if (found === null) throw error;
    return found;
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function fetched(url: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, body: parsed(text) };
  } catch (error) {
    throw new CalendarUnclear('the calendar did not answer', { cause: error });
  }
}

/** Null for what is no JSON: pages of proxies, answers cut short. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** What a successful answer holds; anything else is thrown as what it means. */
function dataOf({ status, body }: Answer): unknown {
  const isDone = status >= 200 && status < 300;
  if (isDone && isRecord(body) && body['status'] === 'success') return body['data'];
  if (status < 400 || status >= 500 || passingStatuses.has(status))
    throw new CalendarUnclear(`the calendar answered HTTP ${status}: ${detailOf(body)}`);
  throw new CalendarRefused(codes[status] ?? `http_${status}`, detailOf(body));
}

/** Cal.com's own refusals carry an `error`; those of the booking engine behind it only a `message`. */
function detailOf(body: unknown): string {
  const told = isRecord(body) && isRecord(body['error']) ? body['error'] : body;
  return isRecord(told) && typeof told['message'] === 'string' ? told['message'] : 'no reason given';
}

/** What we read of a booking. */
interface Seen {
  readonly uid: string;
  readonly startsAt: Instant;
  readonly status: string;
  readonly movedTo: string | null;
  /** Ours as it was booked; at an event type with seats every attendee has metadata of his own. */
  readonly operations: readonly unknown[];
  readonly seats: number;
}

function seen(data: unknown): Seen {
  const { uid, start, status, rescheduledToUid: movedTo = null, metadata, attendees } = recordOf(data);
  const startsAt = parseInstant(start);
  const isWhole =
    typeof uid === 'string' &&
    startsAt !== null &&
    typeof status === 'string' &&
    (movedTo === null || typeof movedTo === 'string') &&
    Array.isArray(attendees);
  if (!isWhole) throw new CalendarUnclear('the calendar answered something that is no booking');
  const people = attendees.map(recordOf);
  const stamps = [metadata, ...people.map((person) => person['metadata'])];
  const operations = stamps.filter(isRecord).map((stamp) => stamp['operation']);
  const seats = people.filter((person) => typeof person['seatUid'] === 'string').length;
  return { uid, startsAt, status, movedTo, operations, seats };
}

const hasFallen = ({ status }: Seen): boolean => status === 'cancelled' || status === 'rejected';

/** A booking that waits for its host, or in a state not known here, is no answer yet. */
function bookingOf(one: Seen): CalendarBooking {
  const { uid, startsAt, status } = one;
  if (hasFallen(one)) return { uid, startsAt, status: 'cancelled' };
  if (status !== 'accepted') throw new CalendarUnclear(`booking ${uid} is ${status}`);
  return { uid, startsAt, status };
}

const lastOf = (trail: [Seen, ...Seen[]]): Seen => trail.at(-1) ?? trail[0];

/** Where a booking stands that was once moved to this time; null where it never was. */
const arrivedAt = (startsAt: Instant, trail: [Seen, ...Seen[]]): CalendarBooking | null =>
  trail.slice(1).some((one) => one.startsAt === startsAt) ? bookingOf(lastOf(trail)) : null;

/** Cancelled or moved by its uid, a booking of several seats would go for everybody who has one. */
function alone(one: Seen): Seen {
  if (one.seats < 2) return one;
  throw new CalendarRefused('shared_booking', `booking ${one.uid} has ${one.seats} seats taken`);
}

const bodyOf = ({ operation, workflowId, eventTypeId, startsAt, durationMinutes, attendee }: CalendarRequest) => ({
  start: iso(startsAt),
  eventTypeId,
  lengthInMinutes: durationMinutes,
  attendee: { ...attendee, email: addressOf(attendee), language: 'en' },
  metadata: { operation, workflow_id: workflowId },
}); // prettier-ignore

/** The same spelling when we book and when we look: the filter may tell capitals apart. */
const addressOf = ({ email }: CalendarRequest['attendee']): string => email.toLowerCase();

function recordOf(value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new CalendarUnclear('the calendar answered something that is no booking');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
