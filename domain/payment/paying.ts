import type { Finished, Perform, Step, Wait } from '../machine.ts';
import { minor } from '../money.ts';
import type { Minor } from '../money.ts';
import type { Instant } from '../time.ts';
import { debtOf, keptOf, payeeHas } from './books.ts';
import type { Move, MoveFact } from './moves.ts';
import type { Payment } from './payment.ts';
import { attemptOf, isContested } from './payment.ts';

/** What is to become of a payment: what is charged, how it is divided and who is paid. */
export interface PaymentPlan {
  readonly charge: Minor;
  readonly fee: Minor;
  readonly payee: Minor;
  readonly reason: string;
  readonly stripeAccount: string;
  /** The payee's share is not sent before this. */
  readonly payFrom?: Instant;
  /** How much of a payment to the payee may be kept against their older debts; absent: nothing. */
  readonly nettable?: (amount: Minor) => Minor;
}

type PayingStep = Exclude<Step<MoveFact, Move>, Finished>;

const perform = (effect: Move): Perform<Move> => ({ kind: 'perform', effect });
const wait = (until: Instant | null, reason: string): Wait => ({ kind: 'wait', until, reason });

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
  const { money } = payment;
  if (payment.recovers) {
    const step = recovering(payment, plan) ?? contested(payment, now);
    if (step !== null) return step;
  }
  const excess = keptOf(money) - plan.charge;
  if (excess > 0) {
    const paymentIntentId = payment.intent?.id ?? '';
    return perform({ type: 'refund', n: attemptOf(payment, 'refund'), paymentIntentId, amount: minor(excess) });
  }
  return paid(payment, plan, chargeId, now) ?? earned(payment, plan) ?? paidOut(payment, plan, now);
} // prettier-ignore

/** The bank's word comes by webhook; should it be lost, Stripe is read this often. */
const contestedPollMs = 86_400_000;

/** While the bank decides nothing of the charge moves: not to the payee, and not back to the payer, who would be paid twice. */
function contested(payment: Payment, now: Instant): PayingStep | null {
  if (!isContested(payment)) return null;
  const { readAt, intent } = payment;
  const pollAt = (readAt ?? now) + contestedPollMs;
  if (now < pollAt) return wait(pollAt, 'the bank to decide the dispute');
  return perform({ type: 'readPayment', paymentIntentId: intent?.id ?? '' });
}

/** What the payee has beyond their share is taken back from their balance; what is not there becomes their debt (B15). */
function recovering(payment: Payment, plan: PaymentPlan): PayingStep | null {
  const { money, transfers, reversible, debtClosed, currency } = payment;
  const over = Math.max(0, payeeHas(money) - plan.payee);
  const owed = over + (debtClosed ? 0 : debtOf(money));
  const sent = transfers.findLast(({ amount, reversed }) => amount > reversed);
  if (owed > 0 && sent !== undefined && reversible !== 0) {
    if (reversible === null) return perform({ type: 'readBalance', stripeAccount: plan.stripeAccount, currency });
    const amount = minor(Math.min(owed, sent.amount - sent.reversed, reversible));
    return perform({ type: 'reverse', n: attemptOf(payment, 'reverse'), transferId: sent.id, amount });
  }
  return over > 0 ? perform({ type: 'advance', n: attemptOf(payment, 'advance'), amount: minor(over) }) : null;
} // prettier-ignore

/** The payee's share, or what is still missing of it, once nothing stands in its way. */
function paid(payment: Payment, plan: PaymentPlan, chargeId: string, now: Instant): PayingStep | null {
  const { money, currency, recovers, transferId } = payment;
  const missing = recovers ? plan.payee - payeeHas(money) : transferId === null ? plan.payee : 0;
  if (missing <= 0 || payment.transferSkipped) return null;
  if (plan.payFrom !== undefined && now < plan.payFrom) return wait(plan.payFrom, 'the end of the window');
  if (debtOf(money) > 0 && !payment.debtClosed)
    return perform({ type: 'closeDebt', n: attemptOf(payment, 'closeDebt') });
  return perform({
    type: 'transfer',
    n: attemptOf(payment, 'transfer'),
    amount: minor(missing),
    fee: minor(plan.fee - money.feeEarned),
    currency,
    chargeId: transferId === null ? chargeId : null,
    stripeAccount: plan.stripeAccount,
    ...(plan.nettable === undefined ? {} : { nettable: plan.nettable(minor(missing)) }),
  });
}

/** The platform's own share where no transfer carried it. */
function earned(payment: Payment, plan: PaymentPlan): PayingStep | null {
  const { money, recovers, transferSkipped } = payment;
  const missing = plan.fee - money.feeEarned;
  const isOwn = recovers ? !transferSkipped : plan.payee === 0 && money.feeEarned === 0;
  if (!isOwn || missing <= 0) return null;
  return perform({ type: 'earnFee', n: attemptOf(payment, 'earnFee'), amount: minor(missing) });
}

/** What lies in the payee's balance goes to their bank. */
function paidOut(payment: Payment, plan: PaymentPlan, now: Instant): PayingStep | null {
  const { money, currency } = payment;
  const unpaid = money.transferred - money.reversed - money.paidOut;
  if (unpaid <= 0 || payment.payoutOver) return null;
  const availableOn = payment.availableOn ?? now;
  if (now < availableOn) return wait(availableOn, 'the funds to become available');
  const { stripeAccount } = plan;
  return perform({ type: 'payOut', n: attemptOf(payment, 'payOut'), amount: minor(unpaid), currency, stripeAccount });
} // prettier-ignore
