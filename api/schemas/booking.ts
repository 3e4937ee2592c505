import { z } from '@hono/zod-openapi';
import { bookingPaymentStatuses, bookingStates } from '../../domain/booking/view.ts';
import { agreementFields, moneyFields, orNull } from './agreement.ts';
import { amount } from './fields.ts';

const status = z.enum(bookingPaymentStatuses);

/** What became of the payee's share. */
export const transferStatuses = [
  'none', 'waiting', 'failed', 'transferred', 'netted', 'partially_reversed', 'reversed', 'skipped',
] as const; // prettier-ignore

const payment = z.object({
  state: status,
  ...moneyFields,
  bookingId: z.string(),
  customerEmail: z.string().nullable(),
  customerName: z.string().nullable(),
  chargedAt: orNull,
  sessionId: z.string().nullable(),
  checkoutStatus: z.enum(['open', 'complete', 'expired']).nullable(),
  paymentIntentId: z.string().nullable(),
  stripeStatus: z.string().nullable(),
  chargeId: z.string().nullable(),
  transferId: z.string().nullable(),
  transferStatus: z.enum(transferStatuses),
  transferAttempts: z.int(),
  disputeRequested: z.boolean(),
  disputePeriodEnds: orNull,
  payoutId: z.string().nullable(),
  refundIds: z.array(z.string()),
  failureCode: z.string().nullable(),
  clientSecret: z.string().nullable(),
});

/** A booking as everyone sees it. */
export const booking = z
  .object({
    ...agreementFields,
    kind: z.literal('booking'),
    state: z.enum(bookingStates),
    status,
    eventTypeId: z.int(),
    seat: z.string().nullable(),
    duration: z.int().openapi({ description: 'Minutes' }),
    provider: z.object({ id: z.string(), username: z.string(), account: z.string() }),
    attendee: z.object({
      name: z.string().nullable(),
      email: z.string().nullable(),
      timeZone: z.string().nullable(),
    }),
    absent: z.object({ attendee: z.boolean(), provider: z.boolean() }),
    calendar: z.object({ uid: z.string().nullable(), cancelled: z.boolean() }),
    hold: z.object({ anchor: z.enum(['session_end', 'payment']), startedAt: orNull, endsAt: orNull }),
    transferAttempts: z.int(),
    payment,
    bankDisputes: z.array(
      z.object({ id: z.string(), status: z.string(), isOpen: z.boolean(), taken: amount }),
    ),
    fraudWarnedAt: orNull,
  })
  .openapi('Booking');

export type ShownBooking = z.input<typeof booking>;

/** A booking and where it is paid; no checkout where none could be opened. */
export const bookedNow = z
  .object({
    booking,
    checkout: z
      .object({
        sessionId: z.string(),
        clientSecret: z.string().nullable(),
        url: z.string().nullable(),
      })
      .nullable(),
  })
  .openapi('BookedNow');

export type BookedNow = z.input<typeof bookedNow>;

/** What an accepted command answers. */
export const bookingAccepted = z
  .object({ accepted: z.literal(true), message: z.string(), booking })
  .openapi('BookingAccepted');

/** A command nobody has answered yet: the same Idempotency-Key picks the answer up. */
export const bookingPending = z
  .object({ pending: z.literal(true), message: z.string(), booking })
  .openapi('BookingPending');
