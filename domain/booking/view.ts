import { agreementColumns, paymentFigures } from '../agreement.ts';
import { complaintView, isOpen } from '../complaint/complaint.ts';
import type { Columns } from '../machine.ts';
import { isContested } from '../payment/payment.ts';
import { attentionView, rejectedView } from '../payment/shown.ts';
import { iso, isoOrNull } from '../time.ts';
import type { Instant } from '../time.ts';
import type { BookingState } from './booking.ts';
import { endsAt, isConfirmed, isPaid, slotOf } from './booking.ts';
import { next } from './next.ts';
import { holdOf, payable, settlesAt } from './settlement.ts';

export const bookingStates = [
  'awaiting_payment', 'confirming', 'confirmed', 'settling', 'completed', 'cancelled', 'disputed', 'parked',
] as const; // prettier-ignore
export type BookingStatus = (typeof bookingStates)[number];

/** The payment's statuses (B7). */
export const bookingPaymentStatuses = [
  'PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'DISPUTED', 'REFUNDED', 'PARTIALLY_REFUNDED', 'TRANSFERRED', 'REVERSED',
] as const; // prettier-ignore
export type BookingPaymentStatus = (typeof bookingPaymentStatuses)[number];

/** Where a booking stands, derived from its facts alone. */
function statusOf(state: BookingState): BookingStatus {
  const { plan, payment } = state;
  if (state.parked !== null) return 'parked';
  if (isOpen(state.dispute) || isContested(state.payment)) return 'disputed';
  if (plan !== null) {
    if (plan.fate === 'cancelled') return 'cancelled';
    // The bank may have taken what there was to divide.
    const { payee, fee } = payable(state, plan);
    return isSent(state) || (payee === 0 && payment.money.feeEarned >= fee) ? 'completed' : 'settling';
  }
  if (!isPaid(state)) return 'awaiting_payment';
  return isConfirmed(state) ? 'confirmed' : 'confirming';
}

/** The payee was paid, in money or against an older debt, or a person gave that up. */
const isSent = ({ payment: { money, transferSkipped } }: BookingState): boolean =>
  money.transferred > 0 || money.netted > 0 || transferSkipped;

function paymentStatusOf(state: BookingState): BookingPaymentStatus {
  const { intent, money, checkout } = state.payment;
  if (intent?.status === 'processing') return 'PROCESSING';
  if (intent?.status !== 'captured') {
    const isOver = state.plan !== null || (checkout !== null && checkout.status !== 'open');
    return isOver ? 'FAILED' : 'PENDING';
  }
  if (isOpen(state.dispute) || isContested(state.payment) || money.disputed > 0) return 'DISPUTED';
  if (money.refunded > 0 && money.refunded === money.captured) return 'REFUNDED';
  if (money.transferred > 0 && money.reversed === money.transferred) return 'REVERSED';
  if (money.refunded > 0) return 'PARTIALLY_REFUNDED';
  return money.transferred > 0 || money.netted > 0 ? 'TRANSFERRED' : 'SUCCEEDED';
}

/** The booking as everyone sees it (http.md 5); JSON-true. Names come from the store. */
export function view(state: BookingState) {
  const { input, plan, calendar } = state;
  const hold = holdOf(state);
  return {
    id: input.id,
    kind: 'booking' as const,
    workflowId: `booking:${input.id}`,
    state: statusOf(state),
    status: paymentStatusOf(state),
    cancelledBy: plan?.fate === 'cancelled' ? plan.cancelledBy : null,
    cancelReason: plan?.fate === 'cancelled' ? plan.reason : null,
    eventTypeId: input.eventTypeId,
    seat: input.seat,
    startsAt: iso(state.startsAt),
    endsAt: iso(endsAt(state)),
    duration: state.durationMinutes,
    policy: { id: input.policy.id, version: input.policy.version },
    provider: { id: input.provider.id, account: input.provider.account },
    absent: { ...state.absent },
    calendar: { uid: calendar.uid, cancelled: calendar.isCancelled },
    hold: {
      anchor: input.policy.terms.hold.anchor,
      startedAt: isoOrNull(hold?.startedAt ?? null),
      endsAt: isoOrNull(hold?.endsAt ?? null),
    },
    transferAttempts: state.payment.transferTries,
    payment: paymentView(state),
    dispute: complaintView(state.dispute, input.policy.terms.dispute),
    bankDisputes: state.payment.disputes.map((one) => ({ ...one })),
    fraudWarnedAt: isoOrNull(state.fraudWarnedAt),
    needsAttention: attentionView(state.parked),
    rejected: rejectedView(state.rejected),
    createdAt: iso(input.openedAt),
    updatedAt: iso(state.updatedAt),
  };
}

export type BookingView = ReturnType<typeof view>;

/** What happened to the money, and how the customer pays. */
function paymentView(state: BookingState) {
  const { intent, checkout } = state.payment;
  return {
    state: paymentStatusOf(state),
    ...paymentFigures(state),
    sessionId: checkout?.sessionId ?? null,
    checkoutStatus: checkout?.status ?? null,
    stripeStatus: intent?.status ?? null,
    failureCode: intent?.failureCode ?? null,
    clientSecret: checkout?.status === 'open' ? checkout.clientSecret : null,
  };
}

/** What lists and searches need to know. `now` decides only the next wake. */
export function columns(state: BookingState, now: Instant): Columns {
  const { input, plan, startsAt } = state;
  const slot = slotOf(input.provider.id, input.eventTypeId, startsAt);
  return {
    ...agreementColumns(state, state.performing === null ? next(state, now) : null),
    state: statusOf(state),
    paymentState: paymentStatusOf(state),
    payeeAccount: input.provider.account,
    settlesAt: settlesAt(state),
    seat: plan?.fate === 'cancelled' ? null : { slot, label: input.seat },
  };
}
