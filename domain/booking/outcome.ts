import { lineOf } from '../machine.ts';
import type { MoveFact } from '../payment/moves.ts';
import { moved, refundNews } from '../payment/outcome.ts';
import { alerted, longWait, noticed, refused } from '../payment/park.ts';
import { nothing } from '../payment/plan.ts';
import { tell } from '../payment/story.ts';
import { durationMs } from '../time.ts';
import type { BookingState } from './booking.ts';
import { isPaid } from './booking.ts';
import { holdOf } from './settlement.ts';

type Refused = Extract<MoveFact, { type: 'refused' }>;

/** Cal.com has no room at that time, or the provider is gone: the payer gets everything back at once (B5). */
const calendarFailed = 'booking_creation_failed';

/** How a move came out; Stripe's truth may change the plan. */
export function applyOutcome(state: BookingState, fact: MoveFact): BookingState {
  const { after, hasMoved, isOld } = moved(state, fact);
  if (isOld) return after;
  switch (fact.type) {
    case 'captured':
      return disputeNews(state, refundNews(state, hasMoved ? paidNow(after) : after));
    case 'paymentPending':
      return failedLater(state, after, fact.failureCode);
    case 'checkoutSeen':
      return failedLater(state, after, fact.tried?.failureCode ?? null);
    case 'calendarBooked':
      return confirmed(state, after, fact);
    case 'calendarCancelled':
      return { ...after, calendar: { ...state.calendar, uid: fact.uid ?? state.calendar.uid, isCancelled: true } };
    case 'refunded': {
      const kind = state.plan?.reason === calendarFailed ? 'booking_failed_refunded' : 'refund_processed';
      return { ...after, notices: noticed(after.notices, kind, fact.at, 'payer') };
    }
    case 'paidOut':
      return { ...after, notices: noticed(after.notices, 'payout_processed', fact.at, 'payee') };
    case 'accountNotReady': {
      const isFirst = after.payment.waits === 1;
      const notices = isFirst ? noticed(after.notices, 'transfer_waits', fact.at, 'payee') : after.notices;
      return longWait({ ...after, notices }, 'transfer', fact.at);
    }
    case 'fundsNotAvailable':
      return longWait(after, fact.move, fact.at);
    case 'refused':
      return refusedMove(after, fact);
    default:
      return after;
  }
} // prettier-ignore

/** Money for a booking that was given up while it was on its way goes back; people are told why it came at all. */
function paidNow(state: BookingState): BookingState {
  if (state.plan === null || state.plan.charge > 0) return state;
  const message = 'A payment landed after the booking was given up; it is refunded';
  return {
    ...state,
    alerts: alerted(state.alerts, 'CHARGE_REFUNDED', state.updatedAt, message),
    story: tell(state.story, lineOf({ at: state.updatedAt }, message, 'system')),
  };
} // prettier-ignore

/** A declined card is between the customer and the checkout; what fails afterwards has nobody there to see it (B3). */
function failedLater(before: BookingState, after: BookingState, failureCode: string | null): BookingState {
  if (failureCode === null || before.payment.intent?.status !== 'processing') return after;
  const at = after.updatedAt;
  return {
    ...after,
    alerts: alerted(after.alerts, 'PAYMENT_FAILED', at, `Payment failed: ${failureCode}`),
    notices: noticed(after.notices, 'payment_failed', at, 'payer'),
  };
}

/** In the provider's calendar: the first time this is the confirmation, later it followed a new time. */
function confirmed(before: BookingState, after: BookingState, { uid, startsAt, at }: Extract<MoveFact, { type: 'calendarBooked' }>): BookingState {
  const calendar = { uid, startsAt, isCancelled: false };
  if (before.calendar.uid !== null || before.plan !== null) return { ...after, calendar };
  const booked = { ...after, calendar, notices: noticed(after.notices, 'booking_confirmed', at, 'payer', 'payee') };
  const hold = holdOf(booked);
  const { maxHold } = booked.input.policy.terms;
  const paidAt = booked.payment.chargedAt ?? at;
  if (hold === null || hold.endsAt - paidAt <= durationMs(maxHold)) return booked;
  const message = `The money would stay with the platform longer than ${maxHold}`;
  return { ...booked, alerts: alerted(booked.alerts, 'HOLD_EXPIRING', at, message) };
} // prettier-ignore

/** What the bank's disputes and reversals made elsewhere change. */
function disputeNews(before: BookingState, after: BookingState): BookingState {
  const at = after.updatedAt;
  const known = new Set(before.payment.disputes.map(({ id }) => id));
  const fresh = after.payment.disputes.filter(({ id }) => !known.has(id));
  let state = after;
  for (const { id, status } of fresh) {
    state = {
      ...state,
      alerts: alerted(state.alerts, 'CHARGE_DISPUTE', at, `The bank disputes the payment: ${id} (${status})`),
      notices: noticed(state.notices, 'payment_disputed', at, 'payee'),
      story: tell(state.story, { at, what: `Disputed at the bank (${status})`, actor: 'bank', why: null, stripeIds: [id], amount: null }),
    };
  }
  for (const { id, status, isOpen } of after.payment.disputes) {
    const was = before.payment.disputes.find((one) => one.id === id);
    if (was === undefined || was.isOpen === isOpen) continue;
    state = { ...state, story: tell(state.story, { at, what: `The bank's dispute ended: ${status}`, actor: 'bank', why: null, stripeIds: [id], amount: null }) };
  }
  const reversed = after.payment.money.reversed - before.payment.money.reversed;
  if (reversed <= 0) return state;
  const message = `${reversed} of the transfer was reversed in Stripe, not by us`;
  return {
    ...state,
    payment: { ...state.payment, transferSkipped: true },
    alerts: alerted(state.alerts, 'PAYMENT_OUT_OF_SYNC', at, message),
  };
} // prettier-ignore

/** The calendar refuses us, not this booking: money goes back to nobody before a person has looked. */
const ourFault = new Set(['authentication', 'permission', 'not_found', 'shared_booking', 'not_configured']);

/** A definitive no: the payment cannot begin, the calendar has no room, or a person has to help. */
function refusedMove(state: BookingState, fact: Refused): BookingState {
  const { policy } = state.input;
  switch (fact.move) {
    case 'openCheckout': {
      if (fact.code === 'authentication' || fact.code === 'permission') return refused(state, fact, policy.terms.moneyTries);
      const message = `Stripe refused the checkout: ${fact.code}`;
      const alerts = alerted(state.alerts, 'PAYMENT_FAILED', fact.at, message);
      return { ...state, plan: state.plan ?? nothing(message), alerts };
    }
    case 'bookCalendar':
      // Nothing was booked, so there is nothing to cancel.
      if (ourFault.has(fact.code)) return refused(state, { ...fact, final: true }, policy.terms.moneyTries);
      if (!isPaid(state) || state.plan !== null) return { ...state, calendarTried: false };
      return { ...state, calendarTried: false, plan: nothing(calendarFailed) };
    case 'moveCalendar':
      return refused(state, { ...fact, final: true }, policy.terms.moneyTries);
    case 'transfer':
      return refused(state, fact, policy.terms.transferTries);
    case 'reverse':
      return state;
    case 'refund': {
      if (fact.code !== 'charge_disputed') return refused(state, fact, policy.terms.moneyTries);
      // A dispute may have been faster: Stripe is read, and the bank decides first. What it has decided about is refused
      // for good (E5), so a person is told after the usual tries.
      const after = refused(state, { ...fact, final: false }, policy.terms.moneyTries);
      return { ...after, payment: { ...after.payment, stale: true } };
    }
    default:
      return refused(state, fact, policy.terms.moneyTries);
  }
} // prettier-ignore
