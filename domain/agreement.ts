import { complaintDeadline, isOpen } from './complaint/complaint.ts';
import type { Complaint } from './complaint/complaint.ts';
import type { Columns, Step } from './machine.ts';
import type { Minor } from './money.ts';
import { split } from './money.ts';
import { debtOf, heldOf } from './payment/books.ts';
import type { PaymentState } from './payment/payment.ts';
import type { Plan } from './payment/plan.ts';
import type { DisputePolicy } from './policy.ts';
import { isoOrNull } from './time.ts';

// What lessons and bookings show alike: both are a payment that somebody may complain about.

interface AgreementState extends PaymentState {
  readonly plan: Plan | null;
  readonly dispute: Complaint | null;
  readonly input: {
    readonly amount: Minor;
    readonly currency: string;
    readonly policy: { readonly terms: { readonly platformFeeBps: number; readonly dispute: DisputePolicy } };
  };
}

/** The plan of the price and, figure by figure, what happened to the money (http.md 3). */
export function paymentFigures({ input, payment, plan }: AgreementState) {
  const { platformFeeBps } = input.policy.terms;
  const planned =
    plan !== null && plan.charge > 0 ? plan : split(input.amount, platformFeeBps, input.currency);
  return {
    currency: input.currency,
    amount: input.amount,
    platformFee: planned.fee,
    payeeAmount: planned.payee,
    ...payment.money,
    held: heldOf(payment.money),
    chargedAt: isoOrNull(payment.chargedAt),
    paymentIntentId: payment.intent?.id ?? null,
    chargeId: payment.intent?.chargeId ?? null,
    transferId: payment.transferId,
    payoutId: payment.payoutId,
    refundIds: [...payment.refundIds],
  };
}

/** The columns that follow from the payment, the complaint and what the story does next (null: an effect is under way). */
export const agreementColumns = (
  { input, parked, payment, dispute }: AgreementState,
  step: Step<unknown, unknown> | null,
) =>
  ({
    needsAttention: parked?.reason ?? null,
    open: step?.kind !== 'finished',
    waitsFor: payment.pause?.account === true ? 'account' : null,
    disputeDeadline:
      dispute !== null && isOpen(dispute) ? complaintDeadline(dispute, input.policy.terms.dispute) : null,
    nextWakeAt: step?.kind === 'wait' ? step.until : null,
    amount: input.amount,
    currency: input.currency,
    advanced: debtOf(payment.money),
  }) satisfies Partial<Columns>;
