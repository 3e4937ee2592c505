import type { Complaint } from '../complaint/complaint.ts';
import { complaintDeadline, complaintDue, isOpen } from '../complaint/complaint.ts';
import type { Step, Wait } from '../machine.ts';
import type { Move } from '../payment/moves.ts';
import { paying } from '../payment/paying.ts';
import { attemptOf } from '../payment/payment.ts';
import { nothing } from '../payment/plan.ts';
import { firstOfAll, unlessPaused } from '../payment/waiting.ts';
import { durationMs } from '../time.ts';
import type { Instant } from '../time.ts';
import type { LessonFact, LessonState } from './lesson.ts';
import { isSecured } from './lesson.ts';
import { settle, settlesAt } from './settlement.ts';

type LessonStep = Step<LessonFact, Move>;

const wait = (until: Instant | null, reason: string): Wait => ({ kind: 'wait', until, reason });
const perform = (effect: Move): LessonStep => ({ kind: 'perform', effect });
const learn = (fact: LessonFact): LessonStep => ({ kind: 'learn', fact });

/** The only place that decides what a lesson does next. Same state and time, same answer. */
export function next(state: LessonState, now: Instant): LessonStep {
  return unlessPaused(wish(state, now), state.payment, now);
}

function wish(state: LessonState, now: Instant): LessonStep {
  const { payment } = state;
  if (payment.stale && payment.intent !== null) return read(state);
  const first = firstOfAll(state, now);
  if (first !== null) return first;
  if (state.plan !== null) {
    // A charge where only the card is saved: the hold comes first, then its capture.
    if (payment.intent === null && state.plan.charge > 0 && isSecured(state)) return authorize(state);
    const step = paying(payment, { ...state.plan, stripeAccount: state.input.tutor.stripeAccount }, now);
    return step ?? { kind: 'finished', outcome: state.plan.fate };
  }
  if (!isSecured(state)) return collect(state, now);
  if (payment.stale && payment.intent === null) return read(state);
  const { dispute } = state;
  return dispute !== null && isOpen(dispute) ? disputed(state, dispute, now) : running(state, now);
} // prettier-ignore

const read = ({ payment }: LessonState): LessonStep =>
  payment.intent !== null
    ? perform({ type: 'readPayment', paymentIntentId: payment.intent.id })
    : perform({ type: 'readCard', setupIntentId: payment.card?.setupIntentId ?? '' });

/** Getting paid: the hold now, or the card first where the lesson lies beyond a hold's life (L1, L12). */
function collect(state: LessonState, now: Instant): LessonStep {
  const { payment, input } = state;
  const { card, intent, customerId } = payment;
  const isLater = customerId !== null || card !== null || (intent === null && isBeyondHold(state, now));
  const n = (type: Move['type']): number => attemptOf(payment, type);
  if (!isLater) {
    if (intent === null) return authorize(state);
    return awaited(state, now, payDeadline(state));
  }
  if (customerId === null) return perform({ type: 'createCustomer', n: n('createCustomer'), personId: input.student.id });
  if (card === null) {
    return perform({ type: 'saveCard', n: n('saveCard'), customerId, paymentMethod: input.student.paymentMethod });
  }
  return awaited(state, now, intent === null ? payDeadline(state) : state.startsAt);
} // prettier-ignore

const authorize = ({ payment, input }: LessonState): LessonStep =>
  perform({
    type: 'authorize',
    n: attemptOf(payment, 'authorize'),
    amount: input.amount,
    currency: input.currency,
    paymentMethod: payment.card?.paymentMethod ?? input.student.paymentMethod,
    customerId: payment.customerId,
  });

/** The customer's turn, until the deadline; then Stripe is read once more before the lesson is given up. */
function awaited(state: LessonState, now: Instant, deadline: Instant): LessonStep {
  const { payment } = state;
  if (payment.stale) return read(state);
  if (now < deadline) return wait(deadline, 'payment');
  if ((payment.readAt ?? 0) < deadline) return read(state);
  const plan = nothing('The payment was not completed in time');
  return learn({ type: 'decided', at: now, plan, by: 'system' });
}

const payDeadline = ({ input, endsAt }: LessonState): Instant =>
  Math.min(input.openedAt + durationMs(input.policy.terms.payDeadline), endsAt);

/** How long a hold must live: to the settlement and a margin for what may delay it. */
const holdNeededUntil = (state: LessonState): Instant =>
  settlesAt(state) + durationMs(state.input.policy.terms.holdMargin);

/** Never before the booking: two clocks may differ, and whoever booked has already decided by the later one. */
const isBeyondHold = (state: LessonState, now: Instant): boolean =>
  Math.max(now, state.input.openedAt) + durationMs(state.input.policy.terms.holdLife) <
  holdNeededUntil(state);

/** Paid and waiting for the lesson to take place. */
function running(state: LessonState, now: Instant): LessonStep {
  const { intent } = state.payment;
  const { holdLead } = state.input.policy.terms;
  if (intent === null) {
    const holdAt = state.startsAt - durationMs(holdLead);
    return now < holdAt ? wait(holdAt, 'the hold') : authorize(state);
  }
  const endsAt = settlesAt(state);
  if (now >= endsAt) return learn({ type: 'decided', at: endsAt, plan: settle(state), by: 'system' });
  return secured(state, now) ?? wait(earliest(endsAt, secureAt(state)), 'the scheduled end');
}

/** A complaint is open: the money stays, deadlines pass, and a hold that would die is captured to the platform (L14). */
function disputed(state: LessonState, complaint: Complaint, now: Instant): LessonStep {
  const { amount, policy } = state.input;
  const due = complaintDue(complaint, policy.terms.dispute, amount, now);
  if (due !== null) return learn(due);
  const deadline = complaintDeadline(complaint, policy.terms.dispute);
  return secured(state, now) ?? wait(earliest(deadline, secureAt(state)), 'the dispute');
}

/** When an undecided hold must be turned into money on the platform, or null where there is none to lose. */
function secureAt({ payment, input }: LessonState): Instant | null {
  const { intent } = payment;
  if (intent?.status !== 'authorized' || intent.captureBefore === null) return null;
  return intent.captureBefore - durationMs(input.policy.terms.holdMargin);
}

function secured(state: LessonState, now: Instant): LessonStep | null {
  const at = secureAt(state);
  const { intent, money } = state.payment;
  if (at === null || now < at || intent === null) return null;
  return perform({ type: 'capture', n: attemptOf(state.payment, 'capture'), paymentIntentId: intent.id, amount: money.authorized });
} // prettier-ignore

const earliest = (a: Instant, b: Instant | null): Instant => (b === null ? a : Math.min(a, b));
