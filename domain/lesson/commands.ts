import { readComplaintCommand } from '../complaint/commands.ts';
import { largestAmount } from '../money.ts';
import type { Refusal } from '../machine.ts';
import { heardAt, orderedBy, readOperatorCommand } from '../orders.ts';
import { Fields, readMessage } from '../parse.ts';
import { readAdoptRules } from '../rules.ts';
import type { Instant } from '../time.ts';
import type { LessonCommand } from './lesson.ts';

/** Every command of a lesson: each is an Update and a Signal of this name. */
export const lessonCommands = [
  'join', 'callEnd', 'end', 'cancel', 'reschedule', 'dispute', 'evidence',
  'resolve', 'retry', 'skip', 'capture', 'release', 'refund', 'sync', 'adoptRules',
] as const satisfies readonly LessonCommand['name'][]; // prettier-ignore

const parties = ['student', 'tutor'] as const;

/** Reads a message that may be anything; never throws. Times it lacks are the moment it was heard. */
export const parseLessonCommand = (name: string, raw: unknown, now: Instant): LessonCommand | Refusal =>
  readMessage('A lesson', lessonCommands, name, (known) => read(known, raw, now));

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
    case 'dispute':
    case 'evidence':
    case 'resolve':
      return readComplaintCommand(name, raw, parties, now);
    case 'retry':
    case 'skip':
    case 'sync':
    case 'refund':
      return readOperatorCommand(name, raw);
    case 'release':
      return { name, ...orderedBy(new Fields(raw, ['by', 'reason'])) };
    case 'capture': {
      const fields = new Fields(raw, ['by', 'reason', 'amount']);
      return { name, ...orderedBy(fields), amount: fields.optionalInteger('amount', 1, largestAmount) };
    }
    case 'adoptRules':
      return readAdoptRules(raw);
  }
}
