import { complaintDeadline, complaintDue, isOpen } from '../complaint/complaint.ts';
import type { Step, Wait } from '../machine.ts';
import type { Move } from '../payment/moves.ts';
import { paying } from '../payment/paying.ts';
import { attemptOf } from '../payment/payment.ts';
import type { Plan } from '../payment/plan.ts';
import { nothing } from '../payment/plan.ts';
import { firstOfAll, unlessPaused } from '../payment/waiting.ts';
import { durationMs } from '../time.ts';
import type { Instant } from '../time.ts';
import type { BookingFact, BookingState } from './booking.ts';
import { isPaid } from './booking.ts';
import { payable, settle, settlesAt } from './settlement.ts';

type BookingStep = Step<BookingFact, Move>;

const wait = (until: Instant | null, reason: string): Wait => ({ kind: 'wait', until, reason });
const perform = (effect: Move): BookingStep => ({ kind: 'perform', effect });
const decided = (at: Instant, plan: Plan): BookingStep => ({
  kind: 'learn',
  fact: { type: 'decided', at, plan, by: 'system' },
});

/** The only place that decides what a booking does next. Same state and time, same answer. */
export function next(state: BookingState, now: Instant): BookingStep {
  return unlessPaused(wish(state, now), state.payment, now);
}

function wish(state: BookingState, now: Instant): BookingStep {
  const { payment, plan, dispute } = state;
  if (payment.stale && payment.checkout !== null) return read(state);
  const first = firstOfAll(state, now);
  if (first !== null) return first;
  const isHeld = dispute !== null && isOpen(dispute) && (plan === null || plan.charge > 0);
  if (plan !== null && !isHeld) return settling(state, plan, now) ?? { kind: 'finished', outcome: plan.fate };
  if (!isPaid(state)) return collecting(state, now);
  const booked = plan === null ? calendar(state) : leavingCalendar(state, plan);
  if (booked !== null) return booked;
  if (isHeld) {
    const terms = state.input.policy.terms.dispute;
    const due = complaintDue(dispute, terms, state.input.amount, now);
    return due === null ? wait(complaintDeadline(dispute, terms), 'the dispute') : { kind: 'learn', fact: due };
  }
  const endsAt = settlesAt(state);
  return now < endsAt ? wait(endsAt, 'the end of the window') : decided(endsAt, settle(state));
} // prettier-ignore

/** What Stripe has now: the payment once there is one, else the checkout. */
const read = ({ payment }: BookingState): BookingStep =>
  payment.intent?.status === 'captured'
    ? perform({ type: 'readPayment', paymentIntentId: payment.intent.id })
    : perform({ type: 'readCheckout', sessionId: payment.checkout?.sessionId ?? '' });

/** A bank debit takes days; it is looked at this often should its news be lost. */
const processingPollMs = 6 * 3_600_000;
/** Stripe wants a session to live half an hour at least; ours ends by our own clock, and Stripe's end is the safety net. */
const sessionMarginMs = 45 * 60_000;
/** And a day at most; some minutes are left for the call. */
const longestSessionMs = 86_400_000 - 300_000;

/** Reckoned from the booking alone, so that the same session is asked for however often. In whole seconds, as Stripe counts. */
function sessionEndsAt({ input: { openedAt, policy } }: BookingState): Instant {
  const lastsMs = Math.min(durationMs(policy.terms.checkoutExpires) + sessionMarginMs, longestSessionMs);
  return Math.ceil((openedAt + lastsMs) / 1_000) * 1_000;
}

/** Getting paid in a checkout that does not stay open for ever (B1, B3, B18). */
function collecting(state: BookingState, now: Instant): BookingStep {
  const { payment, input } = state;
  const { checkout, intent } = payment;
  const deadline = input.openedAt + durationMs(input.policy.terms.checkoutExpires);
  if (checkout === null) {
    return perform({
      type: 'openCheckout',
      n: attemptOf(payment, 'openCheckout'),
      amount: input.amount,
      currency: input.currency,
      uiMode: input.uiMode,
      returnUrl: input.returnUrl,
      expiresAt: sessionEndsAt(state),
    });
  }
  if (intent?.status === 'processing') return processing(state, now);
  if (checkout.status === 'complete')
    return decided(now, nothing(`The payment failed: ${intent?.failureCode ?? 'not completed'}`));
  if (checkout.status === 'expired') return decided(now, nothing('The checkout expired unpaid'));
  return now < deadline ? wait(deadline, 'payment') : expire(state);
}

const expire = ({ payment }: BookingState): BookingStep =>
  perform({
    type: 'expireCheckout',
    n: attemptOf(payment, 'expireCheckout'),
    sessionId: payment.checkout?.sessionId ?? '',
  });

/** The bank has it; nothing can be taken back meanwhile. */
function processing(state: BookingState, now: Instant): BookingStep {
  const pollAt = (state.payment.readAt ?? state.updatedAt) + processingPollMs;
  return now < pollAt ? wait(pollAt, 'the bank') : read(state);
}

/** The provider's own calendar follows the booking: booked once paid, moved with it (B4). */
function calendar({ payment, input, calendar: seat, startsAt, durationMinutes }: BookingState): BookingStep | null {
  const { eventTypeId, provider } = input;
  if (seat.uid === null) {
    const n = attemptOf(payment, 'bookCalendar');
    return perform({ type: 'bookCalendar', n, eventTypeId, username: provider.username, startsAt, durationMinutes });
  }
  if (seat.startsAt === startsAt) return null;
  return perform({ type: 'moveCalendar', n: attemptOf(payment, 'moveCalendar'), uid: seat.uid, startsAt });
} // prettier-ignore

/** Brings money and calendar to the plan; null when both are there. */
function settling(state: BookingState, plan: Plan, now: Instant): BookingStep | null {
  const { payment } = state;
  if (!isPaid(state)) {
    if (payment.checkout?.status === 'open') return expire(state);
    return payment.intent?.status === 'processing' ? processing(state, now) : null;
  }
  const money = paying(payment, payable(state, plan), now);
  if (money !== null && money.kind === 'perform') return money;
  return leavingCalendar(state, plan) ?? money;
}

/** A cancelled booking leaves the provider's calendar. */
function leavingCalendar(state: BookingState, { fate, reason }: Plan): BookingStep | null {
  if (fate !== 'cancelled' || !mayBeInCalendar(state)) return null;
  const n = attemptOf(state.payment, 'cancelCalendar');
  return perform({ type: 'cancelCalendar', n, uid: state.calendar.uid, reason });
}

/** It was booked, or nobody knows: the answer to an attempt never came. */
const mayBeInCalendar = ({ calendar: seat, calendarTried }: BookingState): boolean =>
  !seat.isCancelled && (seat.uid !== null || calendarTried);
