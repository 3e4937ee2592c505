import { complaintDeadline, complaintView, isOpen } from '../complaint/complaint.ts';
import type { Columns } from '../machine.ts';
import { split } from '../money.ts';
import { heldOf } from '../payment/books.ts';
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

const isContested = ({ payment }: BookingState): boolean => payment.disputes.some((one) => one.isOpen);

/** Where a booking stands, derived from its facts alone. */
function statusOf(state: BookingState): BookingStatus {
  const { plan, payment } = state;
  if (state.parked !== null) return 'parked';
  if (isOpen(state.dispute) || isContested(state)) return 'disputed';
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
  if (isOpen(state.dispute) || isContested(state) || money.disputed > 0) return 'DISPUTED';
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

/** The plan of the price and, figure by figure, what happened to the money. */
function paymentView(state: BookingState) {
  const { input, payment, plan } = state;
  const { platformFeeBps } = input.policy.terms;
  const planned =
    plan !== null && plan.charge > 0 ? plan : split(input.amount, platformFeeBps, input.currency);
  return {
    state: paymentStatusOf(state),
    currency: input.currency,
    amount: input.amount,
    platformFee: planned.fee,
    payeeAmount: planned.payee,
    ...payment.money,
    held: heldOf(payment.money),
    chargedAt: isoOrNull(payment.chargedAt),
    sessionId: payment.checkout?.sessionId ?? null,
    checkoutStatus: payment.checkout?.status ?? null,
    paymentIntentId: payment.intent?.id ?? null,
    stripeStatus: payment.intent?.status ?? null,
    chargeId: payment.intent?.chargeId ?? null,
    transferId: payment.transferId,
    payoutId: payment.payoutId,
    refundIds: [...payment.refundIds],
    failureCode: payment.intent?.failureCode ?? null,
    clientSecret: payment.checkout?.status === 'open' ? payment.checkout.clientSecret : null,
  };
}

/** What lists and searches need to know. `now` decides only the next wake. */
export function columns(state: BookingState, now: Instant): Columns {
  const { input, payment, dispute, plan, startsAt } = state;
  const step = state.performing === null ? next(state, now) : null;
  const isGivenUp = plan?.fate === 'cancelled';
  return {
    state: statusOf(state),
    paymentState: paymentStatusOf(state),
    payeeAccount: input.provider.account,
    needsAttention: state.parked?.reason ?? null,
    open: step?.kind !== 'finished',
    waitsFor: payment.pause?.account === true ? 'account' : null,
    settlesAt: settlesAt(state),
    disputeDeadline:
      dispute !== null && isOpen(dispute) ? complaintDeadline(dispute, input.policy.terms.dispute) : null,
    nextWakeAt: step?.kind === 'wait' ? step.until : null,
    amount: input.amount,
    currency: input.currency,
    seat: isGivenUp
      ? null
      : { slot: slotOf(input.provider.id, input.eventTypeId, startsAt), label: input.seat },
    advanced: payment.money.advanced,
  };
}
