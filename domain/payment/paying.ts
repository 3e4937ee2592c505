import type { Finished, Perform, Step, Wait } from '../machine.ts';
import { minor, minus } from '../money.ts';
import type { Minor } from '../money.ts';
import type { Instant } from '../time.ts';
import type { Move, MoveFact } from './moves.ts';
import type { Payment } from './payment.ts';
import { attemptOf, keptOf } from './payment.ts';

/** What is to become of a payment: what is charged, how it is divided and who is paid. */
export interface PaymentPlan {
  readonly charge: Minor;
  readonly fee: Minor;
  readonly payee: Minor;
  readonly reason: string;
  readonly stripeAccount: string;
}

type PayingStep = Exclude<Step<MoveFact, Move>, Finished>;

const perform = (effect: Move): Perform<Move> => ({ kind: 'perform', effect });
const wait = (until: Instant, reason: string): Wait => ({ kind: 'wait', until, reason });

/**
 * The next move that brings a payment to its plan, or null when it is there. The order is fixed: take the charge or
 * let the hold go, give back what is too much, pay the payee, pay out. Each move is made only when Stripe's
 * last word says it is still missing, so a plan that changes on the way is followed from wherever the money is.
 */
export function paying(payment: Payment, plan: PaymentPlan, now: Instant): PayingStep | null {
  switch (payment.intent?.status) {
    case undefined:
      return null;
    case 'gone':
      return null;
    case 'captured':
      return dividing(payment, plan, payment.intent.chargeId ?? '', now);
    case 'authorized':
      if (plan.charge > 0) return capture(payment, payment.intent.id, plan.charge);
      return release(payment, payment.intent.id, plan.reason);
    case 'method':
    case 'action':
    case 'processing':
      return release(payment, payment.intent.id, plan.reason);
  }
}

const capture = (payment: Payment, paymentIntentId: string, charge: Minor): PayingStep => {
  const amount = minor(Math.min(charge, payment.money.authorized));
  return perform({ type: 'capture', n: attemptOf(payment, 'capture'), paymentIntentId, amount });
};

const release = (payment: Payment, paymentIntentId: string, reason: string): PayingStep =>
  perform({ type: 'release', n: attemptOf(payment, 'release'), paymentIntentId, reason });

/** Captured money goes back, to the payee and to the bank, in this order. */
function dividing(payment: Payment, plan: PaymentPlan, chargeId: string, now: Instant): PayingStep | null {
  const { money, currency } = payment;
  const n = (type: Move['type']): number => attemptOf(payment, type);
  const excess = keptOf(payment) - plan.charge;
  if (excess > 0) {
    const paymentIntentId = payment.intent?.id ?? '';
    return perform({ type: 'refund', n: n('refund'), paymentIntentId, amount: minor(excess) });
  }
  const { payee, fee, stripeAccount } = plan;
  if (payee > 0 && payment.transferId === null && !payment.transferSkipped) {
    return perform({
      type: 'transfer',
      n: n('transfer'),
      amount: payee,
      fee,
      currency,
      chargeId,
      stripeAccount,
    });
  }
  if (payee === 0 && fee > 0 && money.feeEarned === 0) return perform({ type: 'earnFee', n: 1, amount: fee });
  const unpaid = minus(minus(money.transferred, money.reversed), money.paidOut);
  if (unpaid > 0 && !payment.payoutOver) {
    const availableOn = payment.availableOn ?? now;
    if (now < availableOn) return wait(availableOn, 'the funds to become available');
    return perform({ type: 'payOut', n: n('payOut'), amount: unpaid, currency, stripeAccount });
  }
  return null;
}
