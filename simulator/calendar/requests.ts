import type { Filter, Wanted } from './bookings.ts';
import { notBookable } from './refusal.ts';

/** A JSON object as a request carries it. */
export type Fields = Readonly<Record<string, unknown>>;

/** What Cal.com assumes where a request names no length. */
const usualMinutes = 30;

/** Cal.com's limits on metadata. */
const metadataLimits = { keys: 50, keyCharacters: 40, valueCharacters: 500 };

/** Cal.com's page where a request names none, and the longest it gives. */
const pageSizes = { usual: 100, most: 250 };

/** Reads a request to book; an unknown or ill-typed field is refused by name. */
export function wantedOf(body: Fields): Wanted {
  const { start, eventTypeId, lengthInMinutes = usualMinutes, attendee, metadata = {}, ...rest } = body;
  assertNothing(rest);
  const { name, email, timeZone, language = 'en', ...more } = fieldsOf(attendee, 'attendee');
  assertNothing(more);
  return {
    eventTypeId: countOf(eventTypeId, 'eventTypeId'),
    startsAt: instantOf(start),
    durationMinutes: countOf(lengthInMinutes, 'lengthInMinutes'),
    attendee: {
      name: textOf(name, 'attendee.name'),
      email: addressOf(email),
      timeZone: textOf(timeZone, 'attendee.timeZone'),
      language: textOf(language, 'attendee.language'),
    },
    metadata: metadataOf(metadata),
  };
}

/** Reads a request to move a booking. */
export function moveOf(body: Fields): { readonly startsAt: number; readonly reason: string } {
  const { start, reschedulingReason = '', ...rest } = body;
  assertNothing(rest);
  return { startsAt: instantOf(start), reason: plainOf(reschedulingReason, 'reschedulingReason') };
}

/** Reads a request to cancel a booking: the reason. */
export function reasonOf(body: Fields): string {
  const { cancellationReason = '', ...rest } = body;
  assertNothing(rest);
  return plainOf(cancellationReason, 'cancellationReason');
}

/** Reads which bookings to list; they come in the order they were made, the only one offered. */
export function filterOf(query: URLSearchParams): Filter {
  const {
    attendeeEmail = null,
    eventTypeId,
    take = String(pageSizes.usual),
    skip = '0',
    sortCreated = 'asc',
    ...rest
  } = Object.fromEntries(query);
  assertNothing(rest);
  if (sortCreated !== 'asc') throw notBookable('sortCreated must be asc.');
  return {
    email: attendeeEmail,
    eventTypeId: eventTypeId === undefined ? null : countOf(Number(eventTypeId), 'eventTypeId'),
    take: Math.min(countOf(Number(take), 'take'), pageSizes.most),
    skip: skip === '0' ? 0 : countOf(Number(skip), 'skip'),
  };
}

/** A JSON object, or a refusal that names it. */
export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw notBookable(`${name} must be an object.`);
}

function assertNothing(rest: Fields): void {
  const [stranger] = Object.keys(rest);
  if (stranger !== undefined) throw notBookable(`${stranger} is not a field of this request.`);
}

function countOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw notBookable(`${name} must be a positive whole number.`);
}

function plainOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw notBookable(`${name} must be a text.`);
}

function textOf(value: unknown, name: string): string {
  const text = plainOf(value, name);
  if (text !== '') return text;
  throw notBookable(`${name} must not be empty.`);
}

function addressOf(value: unknown): string {
  const email = textOf(value, 'attendee.email');
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return email;
  throw notBookable('attendee.email must be an e-mail address.');
}

function instantOf(value: unknown): number {
  const at = typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw notBookable('start must be an ISO-8601 date-time in UTC.');
} // prettier-ignore

function metadataOf(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(fieldsOf(value, 'metadata'));
  const { keys, keyCharacters, valueCharacters } = metadataLimits;
  if (entries.length > keys) throw notBookable(`metadata must have at most ${keys} keys.`);
  return Object.fromEntries(
    entries.map(([key, told]) => {
      const text = plainOf(told, `metadata.${key}`);
      if (key.length > keyCharacters || text.length > valueCharacters)
        throw notBookable(
          `metadata.${key} is longer than ${keyCharacters} or its value than ${valueCharacters}.`,
        );
      return [key, text];
    }),
  );
}
