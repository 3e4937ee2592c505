import { AppError } from './errors.ts';

/** A point in time: UTC milliseconds since the epoch. Zones are display, never arithmetic. */
export type Instant = number;

/** Enough for what one story shows and waits for; a process that tells of thousands keeps no more than this. */
const mostRemembered = 128;

/** The same function, which does not work out again what it was asked a moment ago: views ask for few values, often. */
function remembering<Asked, Answer>(work: (asked: Asked) => Answer): (asked: Asked) => Answer {
  const known = new Map<Asked, Answer>();
  return (asked) => {
    const before = known.get(asked);
    if (before !== undefined) return before;
    if (known.size >= mostRemembered) known.clear();
    const answer = work(asked);
    known.set(asked, answer);
    return answer;
  };
}

const unitsMs = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1_000 } as const;
const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/;

/** Milliseconds of an ISO-8601 duration of days, hours, minutes and seconds; throws `invalid` for anything else. */
export const durationMs: (iso: string) => number = remembering((iso) => {
  const match = pattern.exec(iso);
  if (match === null || iso === 'P' || iso.endsWith('T')) {
    throw new AppError('invalid', `"${iso}" is not an ISO-8601 duration of days, hours, minutes and seconds`);
  }
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  const total =
    Number(days) * unitsMs.D +
    Number(hours) * unitsMs.H +
    Number(minutes) * unitsMs.M +
    Math.round(Number(seconds) * unitsMs.S);
  if (!Number.isSafeInteger(total)) throw new AppError('invalid', `"${iso}" is too long`);
  return total;
});

/** Two years: Stripe keeps no card longer without questions, and a typo in a year must not sleep for ever. */
export const farthestAheadMs = 2 * 365 * 86_400_000 + 86_400_000;

/** The instant as ISO-8601 in UTC, as every view shows it. */
export const iso: (at: Instant) => string = remembering((at) => new Date(at).toISOString());

/** The same for an instant that may be missing. */
export const isoOrNull = (at: Instant | null): string | null => (at === null ? null : iso(at));

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The instant an ISO-8601 date-time with a zone names, or null where the text is none. */
export function parseInstant(text: unknown): Instant | null {
  if (typeof text !== 'string' || !isoInstant.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
