import type Stripe from 'stripe';
import { iso } from '../../domain/time.ts';
import { accuse, fund } from '../house/booking-money.ts';
import {
  bookPaid, openCheckout, openProvider, ordered, pay, payLate, setTerms, showBooking, untilBooking,
} from '../house/bookings.ts'; // prettier-ignore
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { eventually } from '../house/eventually.ts';
import type { House } from '../house/house.ts';
import { hourMs, minuteMs, travel } from '../house/lessons.ts';
import type { Path } from './path.ts';
import { attendee, refuseTransfers } from './path.ts';

const dayMs = 24 * hourMs;

/** 50.00 in the calendar, of which 45.00 are the provider's; nothing leaves before its window is over. */
async function booked(house: House, provider?: Provider, changes: object = {}): Promise<ShownBooking> {
  return await bookPaid(house, provider ?? (await openProvider(house)), { attendee, ...changes });
}

const checkout = async (house: House): Promise<ShownBooking> =>
  await openCheckout(house, await openProvider(house), { attendee });

/** Terms by which the provider is paid the moment the customer has paid. */
async function transferred(house: House): Promise<ShownBooking> {
  await setTerms(house, 'at-once', { hold: { anchor: 'payment', for: 'PT0S' } });
  const { id } = await booked(house, undefined, { policy: 'at-once' });
  return await untilBooking(house, id, ({ payment }) => payment['transferred'] === 4500);
}

async function windowOver(house: House, { id }: ShownBooking): Promise<void> {
  const { hold } = await showBooking(house, id);
  await travel(house, Date.parse(hold.endsAt ?? '') + minuteMs);
}

const begins = (house: House, { startsAt }: ShownBooking): Promise<void> =>
  travel(house, Date.parse(startsAt) + minuteMs);

async function ends(house: House, { id }: ShownBooking, expected: Record<string, unknown>): Promise<string> {
  const isSo = (booking: ShownBooking): boolean =>
    Object.entries(expected).every(([name, value]) => (booking as never)[name] === value || booking.payment[name] === value);
  return (await untilBooking(house, id, isSo)).id;
} // prettier-ignore

/** Through the window and to the provider's bank: to the very end of the workflow. */
async function paidOut(
  house: House,
  booking: ShownBooking,
  amount: number,
  state = 'completed',
): Promise<string> {
  await windowOver(house, booking);
  await travel(house, 'P3D');
  await ends(house, booking, { state, paidOut: amount, held: 0 });
  return await over(house, booking);
}

/** Nothing is left to do, so that what comes afterwards takes the story up again. */
async function over(house: House, { id }: ShownBooking): Promise<string> {
  const row = () => house.store.findAgreement(`booking:${id}`);
  await eventually(row, (found) => found?.open === false);
  await house.temporal.workflow.getHandle(`booking:${id}`).result();
  return id;
}

/** Paid out, and then the bank takes all of it: the provider owes their 45.00. */
async function chargedBack(house: House, provider?: Provider): Promise<{ booking: ShownBooking; dispute: Stripe.Dispute }> {
  await fund(house, 20_000);
  const booking = await booked(house, provider);
  await paidOut(house, booking, 4500);
  const dispute = await accuse(house, booking);
  await ends(house, booking, { state: 'disputed', disputed: 5000, advanced: 4500, feeEarned: 0 });
  return { booking, dispute };
} // prettier-ignore

const judge = async (house: House, { id }: Stripe.Dispute, verdict: 'win' | 'lose'): Promise<void> =>
  void (await house.sim('POST', `/disputes/${id}/${verdict}`, {}));

/** A provider in debt books again: half of their share is kept against it. */
async function netted(house: House, provider: Provider): Promise<string> {
  const next = await booked(house, provider);
  await paidOut(house, next, 2250);
  return await ends(house, next, { transferred: 2250, netted: 2250 });
}

/** Every recorded way of a booking, by the name of its file. */
export const bookingPaths: Readonly<Record<string, Path>> = {
  async happy(house) {
    return await paidOut(house, await booked(house), 4500);
  },
  async 'expired-unpaid'(house) {
    const opened = await checkout(house);
    await travel(house, 'PT31M');
    await ends(house, opened, { state: 'cancelled', status: 'FAILED', captured: 0 });
    return await over(house, opened);
  },
  async 'late-payment'(house) {
    const opened = await checkout(house);
    await travel(house, 'PT31M');
    await over(house, opened);
    await payLate(house, opened);
    await ends(house, opened, { state: 'cancelled', status: 'REFUNDED', refunded: 5000, held: 0 });
    return await over(house, opened);
  },
  async 'calendar-refused'(house) {
    const opened = await checkout(house);
    await house.request('POST', '/_dev/calendar/faults', { body: { kind: 'refuse', times: 1 } });
    await pay(house, opened);
    const cancelReason = 'booking_creation_failed';
    await ends(house, opened, { state: 'cancelled', cancelReason, refunded: 5000, held: 0 });
    return await over(house, opened);
  },
  async 'bank-debit'(house) {
    const opened = await checkout(house);
    await pay(house, opened, 'pm_usBankAccount_processing');
    const { payment } = await untilBooking(house, opened.id, ({ status }) => status === 'PROCESSING');
    await travel(house, 'PT7H');
    await house.sim('POST', `/payment_intents/${payment.paymentIntentId}/succeed`, {});
    await ends(house, opened, { state: 'confirmed', captured: 5000 });
    return await paidOut(house, opened, 4500);
  },
  async 'bank-debit-refused'(house) {
    const opened = await checkout(house);
    await pay(house, opened, 'pm_usBankAccount_processing');
    const { payment } = await untilBooking(house, opened.id, ({ status }) => status === 'PROCESSING');
    await house.sim('POST', `/payment_intents/${payment.paymentIntentId}/fail`, {});
    await ends(house, opened, { state: 'cancelled', status: 'FAILED', captured: 0 });
    return await over(house, opened);
  },
  async 'cancelled-free'(house) {
    const booking = await booked(house);
    await ordered(house, booking.id, 'cancel', { by: 'attendee', reason: 'Ill' });
    await ends(house, booking, { state: 'cancelled', refunded: 5000, held: 0 });
    return await over(house, booking);
  },
  async 'cancelled-late'(house) {
    const booking = await booked(house);
    await travel(house, Date.parse(booking.startsAt) - 2 * hourMs);
    await ordered(house, booking.id, 'cancel', { by: 'attendee', reason: 'Ill' });
    await ends(house, booking, { state: 'cancelled', refunded: 2500, held: 2500, transferred: 0 });
    return await paidOut(house, booking, 2250, 'cancelled');
  },
  async 'cancelled-in-the-ui'(house) {
    const booking = await booked(house);
    await house.temporal.workflow.getHandle(`booking:${booking.id}`).cancel();
    await ends(house, booking, { state: 'cancelled', cancelledBy: 'admin', refunded: 5000, held: 0 });
    return await over(house, booking);
  },
  async rescheduled(house) {
    const booking = await booked(house);
    const startTime = iso(Date.parse(booking.startsAt) + dayMs);
    await ordered(house, booking.id, 'reschedule', { startTime, duration: 90 });
    await ends(house, booking, { state: 'confirmed', startsAt: startTime });
    return await paidOut(house, booking, 4500);
  },
  async 'no-show-provider'(house) {
    const booking = await booked(house);
    await begins(house, booking);
    await ordered(house, booking.id, 'no-show', { party: 'provider', statement: 'Waited for half an hour' });
    await ends(house, booking, { state: 'cancelled', refunded: 5000, held: 0 });
    return await over(house, booking);
  },
  async 'no-show-attendee'(house) {
    const booking = await booked(house);
    await begins(house, booking);
    await ordered(house, booking.id, 'no-show', { party: 'attendee' });
    return await paidOut(house, booking, 4500);
  },
  async 'complaint-split'(house) {
    const booking = await booked(house);
    await travel(house, Date.parse(booking.endsAt) + hourMs);
    await ordered(house, booking.id, 'dispute', { by: 'attendee', reason: 'The call broke off' });
    await ordered(house, booking.id, 'evidence', { by: 'provider', statement: 'The log of the call' });
    await ordered(house, booking.id, 'resolve', { outcome: 'split', payeeBps: 5000, reason: 'Heard both' });
    await ends(house, booking, { state: 'settling', refunded: 2500, held: 2500 });
    return await paidOut(house, booking, 2250);
  },
  async 'refund-before'(house) {
    const booking = await booked(house);
    await ordered(house, booking.id, 'refund', { amount: 2000, reason: 'Agreed with both' });
    await ends(house, booking, { state: 'settling', refunded: 2000, held: 3000 });
    return await paidOut(house, booking, 2700);
  },
  async 'refund-after-transfer'(house) {
    const booking = await transferred(house);
    await ordered(house, booking.id, 'refund', { amount: 2000, reason: 'Agreed with both' });
    await ends(house, booking, { refunded: 2000, reversed: 1800, feeEarned: 300, advanced: 0 });
    return await paidOut(house, booking, 2700);
  },
  async 'refunded-after-payout'(house) {
    await fund(house, 20_000);
    const booking = await booked(house);
    await paidOut(house, booking, 4500);
    await ordered(house, booking.id, 'refund', { reason: 'Nobody remembers it' });
    await ends(house, booking, { refunded: 5000, reversed: 0, advanced: 4500, feeEarned: 0 });
    return await over(house, booking);
  },
  async 'charged-back-lost'(house) {
    const { booking, dispute } = await chargedBack(house);
    await judge(house, dispute, 'lose');
    await ends(house, booking, { state: 'completed', disputed: 5000, advanced: 4500, held: 0 });
    return await over(house, booking);
  },
  async 'charged-back-won'(house) {
    const provider = await openProvider(house);
    const { booking, dispute } = await chargedBack(house, provider);
    await netted(house, provider);
    await judge(house, dispute, 'win');
    const whole = { disputed: 0, advanced: 2250, transferred: 6750, feeEarned: 500, held: 0 };
    await ends(house, booking, whole);
    await travel(house, 'P3D');
    await ends(house, booking, { ...whole, paidOut: 6750 });
    return await over(house, booking);
  },
  async 'charged-back-won-at-once'(house) {
    const { booking, dispute } = await chargedBack(house);
    await judge(house, dispute, 'win');
    await ends(house, booking, { disputed: 0, advanced: 0, transferred: 4500, feeEarned: 500, held: 0 });
    return await over(house, booking);
  },
  async netted(house) {
    const provider = await openProvider(house);
    await chargedBack(house, provider);
    return await netted(house, provider);
  },
  async 'parked-then-retried'(house) {
    const booking = await booked(house);
    await refuseTransfers(house);
    await windowOver(house, booking);
    await untilBooking(house, booking.id, ({ needsAttention }) => needsAttention?.operation === 'transfer');
    await house.sim('DELETE', '/faults');
    await ordered(house, booking.id, 'retry', { reason: 'The account is right again' });
    await travel(house, 'P3D');
    await ends(house, booking, { state: 'completed', paidOut: 4500, held: 0 });
    return await over(house, booking);
  },
}; // prettier-ignore
