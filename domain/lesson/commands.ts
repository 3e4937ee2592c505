import { largestAmount } from '../money.ts';
import type { Refusal } from '../machine.ts';
import { refuse } from '../machine.ts';
import { BadMessage, Fields } from '../parse.ts';
import { readAdoptRules } from '../rules.ts';
import type { Instant } from '../time.ts';
import type { EvidenceFile, LessonCommand } from './lesson.ts';

/** Every command of a lesson: each is an Update and a Signal of this name. */
export const lessonCommands = [
  'join', 'callEnd', 'end', 'cancel', 'reschedule', 'dispute', 'evidence',
  'resolve', 'retry', 'skip', 'capture', 'release', 'refund', 'sync', 'adoptRules',
] as const satisfies readonly LessonCommand['name'][]; // prettier-ignore

const parties = ['student', 'tutor'] as const;

/** Reads a message that may be anything; never throws. Times it lacks are the moment it was heard. */
export function parseLessonCommand(name: string, raw: unknown, now: Instant): LessonCommand | Refusal {
  const known = lessonCommands.find((one) => one === name);
  if (known === undefined) return refuse(`A lesson has no command "${name.slice(0, 64)}"`, 'malformed');
  try {
    return read(known, raw, now);
  } catch (error) {
    if (error instanceof BadMessage) return refuse(`${name}: ${error.message}`, 'malformed');
    throw error;
  }
}

function read(name: LessonCommand['name'], raw: unknown, now: Instant): LessonCommand {
  switch (name) {
    case 'join':
    case 'callEnd':
    case 'end': {
      const fields = new Fields(raw, ['party', 'at']);
      return { name, party: fields.oneOf('party', parties), at: fields.instantOr('at', now) };
    }
    case 'cancel': {
      const fields = new Fields(raw, ['by', 'reason', 'at']);
      const by = fields.oneOf('by', [...parties, 'admin']);
      return { name, by, reason: fields.text('reason'), at: heardAt(fields, now) };
    }
    case 'reschedule': {
      const fields = new Fields(raw, ['startsAt', 'endsAt']);
      return { name, startsAt: fields.instant('startsAt'), endsAt: fields.instant('endsAt') };
    }
    case 'dispute': {
      const fields = new Fields(raw, ['by', 'reason', 'statement', 'at']);
      const by = fields.oneOf('by', [...parties, 'admin']);
      const statement = fields.optionalText('statement');
      return { name, by, reason: fields.text('reason'), statement, at: heardAt(fields, now) };
    }
    case 'evidence': {
      const fields = new Fields(raw, ['by', 'statement', 'links', 'files']);
      return {
        name,
        by: fields.oneOf('by', [...parties, 'admin']),
        statement: fields.text('statement', 5_000),
        links: fields.list('links', 20, readLink),
        files: fields.list('files', 20, readFile),
      };
    }
    case 'resolve': {
      const fields = new Fields(raw, ['outcome', 'payeeAmount', 'payeeBps', 'by', 'reason']);
      return {
        name,
        outcome: fields.oneOf('outcome', ['release', 'refund', 'split']),
        payeeAmount: fields.optionalInteger('payeeAmount', 0, largestAmount),
        payeeBps: fields.optionalInteger('payeeBps', 0, 10_000),
        ...by(fields),
      };
    }
    case 'retry': {
      const fields = new Fields(raw, ['by', 'reason', 'account', 'stripeAccount']);
      const account = fields.optionalText('account', 64);
      return { name, ...by(fields), account, stripeAccount: fields.optionalText('stripeAccount', 255) };
    }
    case 'skip':
    case 'release':
    case 'sync':
      return { name, ...by(new Fields(raw, ['by', 'reason'])) };
    case 'capture':
    case 'refund': {
      const fields = new Fields(raw, ['by', 'reason', 'amount']);
      return { name, ...by(fields), amount: fields.optionalInteger('amount', 1, largestAmount) };
    }
    case 'adoptRules':
      return readAdoptRules(raw);
  }
}

/** When the API heard it, never later than now: a worker that comes late must not cost anyone a deadline. */
const heardAt = (fields: Fields, now: Instant): Instant => Math.min(fields.instantOr('at', now), now);

/** Who ordered it (the API fills in the token's subject; the Temporal UI may leave it out) and why. */
const by = (fields: Fields) => ({
  by: fields.optionalText('by', 200) ?? 'operator',
  reason: fields.text('reason'),
});

const readLink = (raw: unknown): string => {
  if (typeof raw !== 'string' || raw.length > 2_000 || !/^https?:\/\//.test(raw)) {
    throw new BadMessage('links must be http(s) addresses of at most 2000 characters');
  }
  return raw;
};

const readFile = (raw: unknown): EvidenceFile => {
  const fields = new Fields(raw, ['name', 'sha256', 'contentType', 'size']);
  const sha256 = fields.text('sha256', 64);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new BadMessage('sha256 must be 64 lower-case hex digits');
  const size = fields.optionalInteger('size', 0, Number.MAX_SAFE_INTEGER);
  if (size === null) throw new BadMessage('size must be given in bytes');
  return { name: fields.text('name', 255), sha256, contentType: fields.text('contentType', 100), size };
};
