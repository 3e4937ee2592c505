import { readComplaintCommand } from '../complaint/commands.ts';
import type { Refusal } from '../machine.ts';
import { heardAt, readOperatorCommand } from '../orders.ts';
import { Fields, readMessage } from '../parse.ts';
import { readAdoptRules } from '../rules.ts';
import type { Instant } from '../time.ts';
import type { BookingCommand } from './booking.ts';

/** Every command of a booking: each is an Update and a Signal of this name. */
export const bookingCommands = [
  'cancel', 'reschedule', 'noShow', 'dispute', 'evidence', 'resolve', 'retry', 'skip', 'refund', 'sync', 'adoptRules',
] as const satisfies readonly BookingCommand['name'][]; // prettier-ignore

const parties = ['attendee', 'provider'] as const;

/** A session lasts a day at most. */
export const longestSessionMinutes = 24 * 60;

/** Reads a message that may be anything; never throws. Times it lacks are the moment it was heard. */
export const parseBookingCommand = (name: string, raw: unknown, now: Instant): BookingCommand | Refusal =>
  readMessage('A booking', bookingCommands, name, (known) => read(known, raw, now));

function read(name: BookingCommand['name'], raw: unknown, now: Instant): BookingCommand {
  switch (name) {
    case 'cancel': {
      const fields = new Fields(raw, ['by', 'reason', 'at']);
      const by = fields.oneOf('by', [...parties, 'admin']);
      return { name, by, reason: fields.text('reason'), at: heardAt(fields, now) };
    }
    case 'reschedule': {
      const fields = new Fields(raw, ['startTime', 'duration']);
      const duration = fields.optionalInteger('duration', 1, longestSessionMinutes);
      return { name, startTime: fields.instant('startTime'), duration };
    }
    case 'noShow': {
      const fields = new Fields(raw, ['party', 'statement', 'at']);
      const statement = fields.optionalText('statement');
      return { name, party: fields.oneOf('party', parties), statement, at: heardAt(fields, now) };
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
    case 'adoptRules':
      return readAdoptRules(raw);
  }
}
