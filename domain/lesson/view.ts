import { agreementColumns, paymentFigures } from '../agreement.ts';
import { complaintView, isOpen } from '../complaint/complaint.ts';
import type { Columns } from '../machine.ts';
import { attentionView, rejectedView } from '../payment/shown.ts';
import type { Payment } from '../payment/payment.ts';
import { iso, isoOrNull } from '../time.ts';
import type { Instant } from '../time.ts';
import type { Attendance, LessonState } from './lesson.ts';
import { isSecured } from './lesson.ts';
import { next } from './next.ts';
import { settlesAt } from './settlement.ts';

export const lessonStates = [
  'awaiting_payment', 'scheduled', 'in_progress', 'ended_early', 'settling', 'completed', 'cancelled', 'disputed', 'parked',
] as const; // prettier-ignore
export type LessonStatus = (typeof lessonStates)[number];

export const paymentStates = [
  'pending', 'authorized', 'captured', 'released', 'refunded', 'partially_refunded', 'failed',
] as const; // prettier-ignore
export type PaymentStatus = (typeof paymentStates)[number];

/** Where a lesson stands, derived from its facts alone. */
function statusOf(state: LessonState): LessonStatus {
  if (state.parked !== null) return 'parked';
  if (isOpen(state.dispute)) return 'disputed';
  if (state.plan !== null) {
    if (state.plan.fate === 'cancelled') return 'cancelled';
    return isDivided(state) ? 'completed' : 'settling';
  }
  if (!isSecured(state)) return 'awaiting_payment';
  if (state.callEndedAt !== null) return 'ended_early';
  const { student, tutor } = state.attendance;
  return student.joinedAt !== null || tutor.joinedAt !== null ? 'in_progress' : 'scheduled';
}

/** The charge was taken and divided; only the way to the payee's bank may still be open. */
function isDivided({ payment, plan }: LessonState): boolean {
  if (plan === null) return false;
  if (plan.charge === 0) return payment.intent?.status === 'gone' || isGivenBack(payment);
  if (payment.intent?.status !== 'captured') return false;
  return payment.transferId !== null || payment.transferSkipped || plan.payee === 0;
}

const isGivenBack = ({ intent, money }: Payment): boolean =>
  intent?.status === 'captured' && money.refunded === money.captured;

/** What became of the payment, in the field's words: a released hold was never charged and never refunded (A6). */
function paymentStatusOf({ payment: { intent, money, card }, plan }: LessonState): PaymentStatus {
  switch (intent?.status) {
    case undefined:
      return plan !== null || (card !== null && card.failureCode !== null) ? 'failed' : 'pending';
    case 'authorized':
      return 'authorized';
    case 'gone':
      return money.authorized > 0 ? 'released' : 'failed';
    case 'captured':
      if (money.refunded === 0) return 'captured';
      return money.refunded === money.captured ? 'refunded' : 'partially_refunded';
    case 'method':
    case 'action':
    case 'processing':
      return intent.failureCode === null ? 'pending' : 'failed';
  }
}

const attendanceView = ({ joinedAt, leftAt }: Attendance) => ({
  joinedAt: isoOrNull(joinedAt),
  leftAt: isoOrNull(leftAt),
});

/** The lesson as everyone sees it (http.md 3); JSON-true. Names come from the store. */
export function view(state: LessonState) {
  const { input, plan, dispute, parked, attendance } = state;
  return {
    id: input.id,
    kind: 'lesson' as const,
    workflowId: `lesson:${input.id}`,
    state: statusOf(state),
    cancelledBy: plan?.cancelledBy ?? null,
    cancelReason: plan?.fate === 'cancelled' ? plan.reason : null,
    startsAt: iso(state.startsAt),
    endsAt: iso(state.endsAt),
    policy: { id: input.policy.id, version: input.policy.version },
    student: { id: input.student.id },
    tutor: { id: input.tutor.id, account: input.tutor.account },
    attendance: { student: attendanceView(attendance.student), tutor: attendanceView(attendance.tutor) },
    payment: paymentView(state),
    dispute: complaintView(dispute, input.policy.terms.dispute),
    needsAttention: attentionView(parked),
    rejected: rejectedView(state.rejected),
    createdAt: iso(input.openedAt),
    updatedAt: iso(state.updatedAt),
  };
}

export type LessonView = ReturnType<typeof view>;

/** What happened to the money, and how the student pays. */
function paymentView(state: LessonState) {
  const { intent, card } = state.payment;
  const status = paymentStatusOf(state);
  return {
    state: status,
    legacyStatus: status === 'released' ? 'refunded' : status,
    ...paymentFigures(state),
    captureBefore: isoOrNull(intent?.captureBefore ?? null),
    setupIntentId: card?.setupIntentId ?? null,
    failureCode: intent?.failureCode ?? card?.failureCode ?? null,
    clientSecret: intent?.clientSecret ?? card?.clientSecret ?? null,
  };
}

/** What lists and searches need to know. `now` decides only the next wake. */
export const columns = (state: LessonState, now: Instant): Columns => ({
  ...agreementColumns(state, state.performing === null ? next(state, now) : null),
  state: statusOf(state),
  paymentState: paymentStatusOf(state),
  payeeAccount: state.input.tutor.account,
  settlesAt: settlesAt(state),
  seat: null,
});
