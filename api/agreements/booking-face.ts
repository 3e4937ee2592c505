import type { BookingState } from '../../domain/booking/booking.ts';
import { bookingMachine } from '../../domain/booking/machine.ts';
import type { BookingView } from '../../domain/booking/view.ts';
import { isoOrNull } from '../../domain/time.ts';
import type { Agreement } from '../../store/agreements.ts';
import type { BookedNow, ShownBooking, transferStatuses } from '../schemas/booking.ts';
import type { Face } from './face.ts';

/** The state a row was projected from; rows of this kind are written by the booking's machine alone. */
export const bookingStateOf = (row: Agreement): BookingState => row.state as BookingState;

/** A booking as everyone sees it: the machine's view, and from the row what only the row knows. */
function show(row: Agreement): ShownBooking {
  const state = bookingStateOf(row);
  const view = bookingMachine.view(state);
  const { name = null, email = null, timeZone = null } = row.contacts['attendee'] ?? {};
  const { needsAttention, rejected, createdAt, updatedAt, ...rest } = view;
  return {
    ...rest,
    provider: { ...rest.provider, username: state.input.provider.username },
    attendee: { name, email, timeZone },
    payment: {
      ...rest.payment,
      bookingId: row.id,
      customerEmail: email,
      customerName: name,
      transferStatus: transferStatusOf(view, state.payment.transferSkipped),
      transferAttempts: rest.transferAttempts,
      disputeRequested: rest.dispute !== null,
      disputePeriodEnds: rest.hold.endsAt,
    },
    nextWakeAt: isoOrNull(row.nextWakeAt),
    needsAttention,
    rejected,
    metadata: { ...row.metadata },
    createdAt,
    updatedAt,
  };
}

/** What became of the payee's share (B6). */
function transferStatusOf(
  { payment, needsAttention, state }: BookingView,
  isSkipped: boolean,
): (typeof transferStatuses)[number] {
  if (needsAttention?.operation === 'transfer') return 'failed';
  if (payment.transferred > 0) {
    if (payment.reversed === 0) return 'transferred';
    return payment.reversed === payment.transferred ? 'reversed' : 'partially_reversed';
  }
  if (payment.netted > 0) return 'netted';
  if (isSkipped) return 'skipped';
  return payment.held > 0 && state !== 'cancelled' ? 'waiting' : 'none';
}

/** Bookings from outside. */
export const bookingFace: Face<ShownBooking> = {
  kind: 'booking',
  show,
  forget: (booking) => ({
    ...booking,
    attendee: { name: null, email: null, timeZone: null },
    payment: { ...booking.payment, customerEmail: null, customerName: null, clientSecret: null },
  }),
  recall: (kept, now) => {
    const { customerEmail, customerName, clientSecret } = now.payment;
    const payment = { ...kept.payment, customerEmail, customerName, clientSecret };
    return { ...kept, attendee: now.attendee, payment };
  },
};

/** Where a booking is paid: on Stripe's page, or on ours where the form is part of one. */
export function shownCheckout(row: Agreement, publicUrl: string): BookedNow['checkout'] {
  const { input, payment } = bookingStateOf(row);
  if (payment.checkout === null) return null;
  const { sessionId, clientSecret, url } = payment.checkout;
  return {
    sessionId,
    clientSecret,
    url: input.uiMode === 'hosted' ? url : `${publicUrl}/checkout/${sessionId}`,
  };
}
