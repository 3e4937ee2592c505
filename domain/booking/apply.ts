import { applyComplaint, escalationAlert } from '../complaint/complaint.ts';
import { assertNever } from '../errors.ts';
import { lineOf, opening } from '../machine.ts';
import { minor } from '../money.ts';
import { keptOf } from '../payment/books.ts';
import type { MoveFact } from '../payment/moves.ts';
import { skipStep } from '../payment/outcome.ts';
import { alerted, applyDriverFact, noticed, unlessUnknown } from '../payment/park.ts';
import { nextAttempt, noPayment } from '../payment/payment.ts';
import { nothing } from '../payment/plan.ts';
import { tell } from '../payment/story.ts';
import type { AnyBookingFact, BookingFact, BookingInput, BookingState } from './booking.ts';
import { isConfirmed, isPaid } from './booking.ts';
import { applyOutcome } from './outcome.ts';
import { wordLine } from './story.ts';
import { isDivided, resolution, settle } from './settlement.ts';

/** A booking nobody has paid yet. */
export const openBooking = (input: BookingInput): BookingState => ({
  ...opening(input.rules, lineOf({ at: input.openedAt }, 'Booking made', 'app', null, input.amount)),
  input,
  startsAt: input.startsAt,
  durationMinutes: input.durationMinutes,
  payment: noPayment(input.currency, input.policy.terms.platformFeeBps, true),
  calendar: { uid: null, startsAt: null, isCancelled: false },
  calendarTried: false,
  absent: { attendee: false, provider: false },
  dispute: null,
  plan: null,
  fraudWarnedAt: null,
}); // prettier-ignore

/** The booking after one more fact. Facts only accumulate. */
export function apply(state: BookingState, fact: AnyBookingFact): BookingState {
  switch (fact.type) {
    case 'began': {
      const calendarTried = state.calendarTried || fact.effect.type === 'bookCalendar';
      return { ...applyDriverFact(state, fact), calendarTried };
    }
    case 'stripeEvent':
      return fact.about.startsWith('radar.') ? warned(applyDriverFact(state, fact), fact.at) : applyDriverFact(state, fact);
    case 'rejected':
    case 'stuck':
      return applyDriverFact(state, fact);
    case 'rescheduled':
    case 'absent':
    case 'disputed':
    case 'evidenceGiven':
    case 'escalated':
    case 'resolved':
    case 'decided':
    case 'unparked':
    case 'skipped':
    case 'lookAgain':
    case 'rulesAdopted': {
      const updatedAt = Math.max(state.updatedAt, fact.at);
      return applyWord({ ...state, updatedAt, story: tell(state.story, wordLine(fact)) }, fact);
    }
    default:
      return applyOutcome(state, fact);
  }
} // prettier-ignore

type Word = Exclude<BookingFact, MoveFact>;

/** What people said and what the clock decided. */
function applyWord(state: BookingState, fact: Word): BookingState {
  const { notices, dispute, payment } = state;
  switch (fact.type) {
    case 'rescheduled': {
      const told = noticed(notices, 'booking_rescheduled', fact.at, 'payer', 'payee');
      const { startsAt, durationMinutes } = fact;
      return { ...state, notices: told, startsAt, durationMinutes, absent: { attendee: false, provider: false } };
    }
    case 'absent': {
      const after = { ...state, absent: { ...state.absent, [fact.party]: true } };
      const plan = settle(after);
      // Money that goes back need not wait for the window; the payee's does, since the other side may still object.
      return plan.charge === 0 ? { ...after, plan } : after;
    }
    case 'disputed': {
      const told = noticed(notices, 'dispute_filed', fact.at, 'payer', 'payee');
      // Only a warning of fraud comes to a cancelled booking: it stays cancelled, and what is kept of it waits.
      const plan = state.plan?.fate === 'cancelled' ? state.plan : null;
      return { ...state, notices: told, plan, parked: unlessUnknown(state), dispute: applyComplaint(dispute, fact) };
    }
    case 'evidenceGiven':
      return { ...state, dispute: applyComplaint(dispute, fact) };
    case 'escalated':
      return { ...state, alerts: escalationAlert(state.alerts, fact.at), dispute: applyComplaint(dispute, fact) };
    case 'resolved': {
      if (dispute === null) return state;
      const told = noticed(notices, 'dispute_resolved', fact.at, 'payer', 'payee');
      const plan = resolution(state, fact.resolution);
      return { ...state, notices: told, plan, parked: unlessUnknown(state), dispute: applyComplaint(dispute, fact) };
    }
    case 'decided': {
      const isTold = fact.plan.fate === 'cancelled' && (isConfirmed(state) || isPaid(state));
      const told = isTold ? noticed(notices, 'booking_cancelled', fact.at, 'payer', 'payee') : notices;
      // A new decision may ask more of the payee's balance than the last look at it knew.
      return { ...state, notices: told, plan: fact.plan, parked: null, payment: { ...payment, reversible: null } };
    }
    case 'unparked': {
      const known = state.input.provider;
      const account = fact.account ?? known.account;
      const provider = fact.stripeAccount === null ? known : { ...known, account, stripeAccount: fact.stripeAccount };
      return { ...state, parked: null, input: { ...state.input, provider }, payment: { ...payment, refusals: {}, pause: null, stale: true } };
    }
    case 'skipped': {
      const operation = state.parked?.operation;
      const { plan } = state;
      const kept = operation === 'refund' && plan !== null ? { ...plan, charge: minor(keptOf(payment.money)) } : plan;
      // A payout may be given up while nobody knows whether it was made: a later one is another operation.
      const going = operation === 'payOut' ? nextAttempt(payment, 'payOut') : payment;
      return { ...state, parked: null, payment: skipStep(going, operation), plan: kept, calendar: skipCalendar(state, operation) };
    }
    case 'lookAgain':
      return { ...state, payment: { ...payment, stale: true } };
    case 'rulesAdopted':
      return { ...state, rules: fact.rules };
    default:
      return assertNever(fact);
  }
} // prettier-ignore

/** A calendar that a person looked after by hand counts as followed. */
function skipCalendar({ calendar, startsAt }: BookingState, operation: string | undefined): BookingState['calendar'] {
  if (operation === 'cancelCalendar') return { ...calendar, isCancelled: true };
  return operation === 'moveCalendar' ? { ...calendar, startsAt } : calendar;
} // prettier-ignore

/** A warning of fraud holds the money as a complaint does, or gives it back, as the policy says (F5). */
function warned(state: BookingState, at: number): BookingState {
  if (state.fraudWarnedAt !== null) return state;
  const message = 'The card network warns of fraud';
  const after = {
    ...state,
    fraudWarnedAt: at,
    alerts: alerted(state.alerts, 'FRAUD_WARNING', at, message),
    story: tell(state.story, lineOf({ at }, 'Early fraud warning', 'bank')),
  };
  const { action, refundUpTo } = state.input.policy.terms.fraudWarning;
  if (!isPaid(state) || isDivided(state) || state.plan?.charge === 0 || state.dispute !== null) return after;
  if (action === 'refund' && state.input.amount <= refundUpTo) return { ...after, plan: nothing(message) };
  return applyWord(after, { type: 'disputed', at, by: 'admin', reason: 'early fraud warning', statement: null });
} // prettier-ignore
