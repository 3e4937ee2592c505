import { z } from '@hono/zod-openapi';
import { longestSessionMinutes } from '../../domain/booking/commands.ts';
import { complaintBodies, operatorBodies, reason } from './command-request.ts';
import { currency, email, id, instant, metadata, text } from './fields.ts';
import { problem } from './problem.ts';

/** The name a provider is known by in their calendar. */
export const username = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, "_", "." or "-"')
  .openapi({ example: 'anna' });

/** A provider named by the id or by the username. */
const provider = username.openapi({ description: 'The provider’s id or username', example: 'prov_1' });

/** A kind of session that a provider offers. */
export const eventTypeId = z.int().min(1).openapi({ example: 17 });

/** How long a session lasts. */
export const minutes = z
  .int()
  .min(1)
  .max(longestSessionMinutes)
  .openapi({ description: 'Minutes', example: 60 });

/** Whether this machine knows the zone, and by a name: an offset knows no summer time. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be the name of a time zone')
  .openapi({ example: 'Europe/Berlin' });

const returnUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .max(2_000)
  .openapi({ example: 'https://app.example.org/booked' });

/** `POST /api/bookings`. What the provider offers, and what money can be charged, is decided after this. */
export const bookingRequest = z
  .strictObject({
    id: id.optional(),
    provider,
    eventTypeId,
    startTime: instant,
    duration: minutes.optional(),
    attendee: z.strictObject({ name: text(200), email, timeZone }),
    amount: z.int().optional().openapi({ example: 5000 }),
    currency: currency.optional(),
    seat: text(64).optional(),
    uiMode: z.enum(['hosted', 'embedded', 'elements']).default('hosted'),
    returnUrl: returnUrl.optional(),
    policy: id.default('default'),
    metadata,
  })
  .openapi('BookingRequest');

export type BookingRequest = z.output<typeof bookingRequest>;

const party = z.enum(['attendee', 'provider']);
const anyParty = z.enum(['attendee', 'provider', 'admin']);

/** The body of each command of a party. */
export const bookingCommands = {
  cancel: z.strictObject({ by: anyParty, reason }),
  reschedule: z.strictObject({ startTime: instant, duration: minutes.optional() }),
  ...complaintBodies(anyParty),
  'no-show': z.strictObject({ party, statement: text(5_000).optional() }),
};

/** The body of each command of an operator. */
export const bookingOrders = operatorBodies;

/** `POST /api/sessions/cancel`. Attendees cancel their own seats, one by one. */
export const sessionCancellation = z
  .strictObject({
    provider,
    eventTypeId,
    startTime: instant,
    by: z.enum(['provider', 'admin']),
    reason,
  })
  .openapi('SessionCancellation');

export type SessionCancellation = z.output<typeof sessionCancellation>;

/** What came of each seat; `booking` is its id. */
export const cancelledSeats = z
  .object({
    data: z.array(z.object({ booking: z.string(), accepted: z.boolean(), problem: problem.optional() })),
  })
  .openapi('CancelledSeats');

export type CancelledSeats = z.input<typeof cancelledSeats>;
