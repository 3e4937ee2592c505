import type { Minor } from '../money.ts';
import { minor, shareOf } from '../money.ts';
import { assertNever } from '../errors.ts';
import { asRead } from './as-read.ts';
import type { Money } from './books.ts';
import { book, debtOf, heldOf, keptOf } from './books.ts';
import type { Move, MoveFact, PendingPayment } from './moves.ts';
import type { Intent, Payment } from './payment.ts';
import { isRead, longWaitLooks, nextAttempt } from './payment.ts';

/** A slow look at an account that cannot receive money yet; news about it come sooner by webhook. */
const accountPollMs = 6 * 3_600_000;
/** Stripe never retries an unfunded move by itself; a quarter of an hour is soon enough for money that settles daily. */
const fundsPollMs = 15 * 60_000;
/** Backoff after a refusal that may pass: 2^n seconds (B10). */
const backoffMs = (refusals: number): number => 1_000 * 2 ** refusals;

/** The payment after the outcome of the move made. Repeated and late outcomes change nothing twice. */
export function applyMove(payment: Payment, fact: MoveFact, made: Move | null): Payment {
  const { money } = payment;
  const settled = isRead(made) ? payment : { ...payment, pause: null, unresolved: null, waits: 0 };
  const waits = (payment.waits ?? 0) + 1;
  switch (fact.type) {
    case 'customerCreated':
      return { ...settled, customerId: fact.customerId };
    case 'cardSaved':
      return {
        ...settled,
        card: { ...fact, status: 'saved', clientSecret: null, failureCode: null },
      };
    case 'cardPending':
      return { ...settled, card: { ...fact, status: fact.awaited, paymentMethod: null } };
    case 'authorized': {
      const intent: Intent = { ...idle(fact), status: 'authorized', chargeId: fact.chargeId, captureBefore: fact.captureBefore };
      return { ...settled, intent, money: book(money, { authorized: fact.amount }) };
    } // prettier-ignore
    case 'paymentPending':
      return { ...settled, intent: pending(fact) };
    case 'captured':
      return {
        ...settled,
        intent: { ...idle(fact), status: 'captured', chargeId: fact.chargeId },
        checkout: payment.checkout && { ...payment.checkout, status: 'complete' },
        chargedAt: payment.chargedAt ?? fact.at,
        availableOn: fact.availableOn,
        settlementCurrency: fact.settlementCurrency,
        capturedElsewhere: payment.capturedElsewhere || fact.elsewhere,
        ...(fact.adopted === undefined ? {} : { adopted: fact.adopted }),
        refundIds: fact.refunds?.map(({ id }) => id) ?? payment.refundIds,
        ...asRead(payment, fact),
      };
    case 'holdGone':
      return {
        ...settled,
        intent: { ...idle(fact), status: 'gone', chargeId: payment.intent?.chargeId ?? null },
        money: book(money, { authorized: fact.authorized, released: fact.authorized }),
      };
    case 'refunded': {
      if (payment.refundIds.includes(fact.refundId)) return nextAttempt(settled, 'refund');
      const refundIds = [...payment.refundIds, fact.refundId];
      return nextAttempt({ ...settled, refundIds, money: withRefund(payment, fact.amount) }, 'refund');
    }
    case 'checkoutOpened':
      return { ...settled, checkout: { ...fact, status: 'open' } };
    case 'checkoutSeen':
      return {
        ...settled,
        intent: fact.tried === null ? untried(payment.intent, fact.status) : pending(fact.tried),
        checkout: payment.checkout && { ...payment.checkout, status: fact.status },
      };
    case 'transferred': {
      const { transferId, amount, fee, netted = minor(0) } = fact;
      if (transferId !== null && payment.transfers.some(({ id }) => id === transferId)) return settled;
      const sent = transferId === null ? [] : [{ id: transferId, amount, reversed: minor(0) }];
      return {
        ...nextAttempt(settled, 'transfer'),
        transferId: transferId ?? payment.transferId,
        transfers: [...payment.transfers, ...sent],
        transferTries: payment.transferTries + 1,
        payoutOver: false,
        ...withTransfer(payment, amount, fee, netted),
      };
    }
    case 'balanceRead':
      return { ...settled, reversible: reversibleOf(money, fact) };
    case 'reversed': {
      if (made?.type !== 'reverse') return settled;
      const transfers = payment.transfers.map((one) =>
        one.id === fact.transferId ? { ...one, reversed: minor(one.reversed + fact.amount) } : one,
      );
      return {
        ...nextAttempt(settled, 'reverse'),
        transfers,
        reversible: minor(Math.max(0, (payment.reversible ?? 0) - fact.amount)),
        money: book(money, {
          reversed: money.reversed + fact.amount,
          advanced: Math.max(0, money.advanced - fact.amount),
        }),
      };
    }
    case 'advanced':
      if (made?.type !== 'advance') return settled;
      return {
        ...nextAttempt(settled, 'advance'),
        debtClosed: false,
        money: book(money, { advanced: money.advanced + fact.amount }),
      };
    case 'debtClosed':
      if (made?.type !== 'closeDebt') return settled;
      return debtEnded(nextAttempt(settled, 'closeDebt'), fact.recovered);
    case 'disputeSeen':
    case 'calendarBooked':
      return nextAttempt(settled, made?.type === 'moveCalendar' ? 'moveCalendar' : 'bookCalendar');
    case 'calendarCancelled':
      return nextAttempt(settled, 'cancelCalendar');
    case 'accountNotReady': {
      const pause = { move: 'transfer' as const, until: fact.at + accountPollMs, account: true };
      return { ...(fact.spent ? nextAttempt(settled, 'transfer') : settled), pause, waits };
    }
    case 'paidOut':
      if (payment.payoutId === fact.payoutId) return settled;
      return {
        ...nextAttempt(settled, 'payOut'),
        payoutId: fact.payoutId,
        payoutOver: true,
        money: book(money, { paidOut: money.paidOut + fact.amount }),
      };
    case 'payoutLeftToStripe':
      return { ...settled, payoutOver: true };
    case 'fundsNotAvailable': {
      const until = fact.at + (waits < longWaitLooks ? fundsPollMs : accountPollMs);
      return { ...nextAttempt(settled, fact.move), waits, pause: { move: fact.move, until, account: false } };
    }
    case 'feeEarned':
      if (made?.type !== 'earnFee') return settled;
      return { ...nextAttempt(settled, 'earnFee'), money: book(money, { feeEarned: money.feeEarned + fact.amount }) };
    case 'refused': {
      const refusals = (payment.refusals[fact.move] ?? 0) + 1;
      const isTransfer = fact.move === 'transfer';
      return {
        ...nextAttempt(settled, fact.move),
        ...(fact.move === 'reverse' ? { reversible: minor(0) } : {}),
        transferTries: payment.transferTries + (isTransfer ? 1 : 0),
        refusals: { ...payment.refusals, [fact.move]: refusals },
        pause: { move: fact.move, until: fact.at + backoffMs(refusals), account: false },
      };
    }
    default:
      return assertNever(fact);
  }
} // prettier-ignore

/** Stripe cancels the try of a checkout together with the checkout. */
const untried = (intent: Intent | null, status: 'open' | 'complete' | 'expired'): Intent | null =>
  intent === null || status !== 'expired' || intent.status === 'captured'
    ? intent
    : { ...intent, status: 'gone' };

const pending = ({ awaited, clientSecret, failureCode, ...fact }: PendingPayment): Intent => ({
  ...idle(fact),
  status: awaited,
  clientSecret,
  failureCode,
});

const idle = (fact: { readonly paymentIntentId: string }) => ({
  id: fact.paymentIntentId,
  chargeId: null,
  captureBefore: null,
  clientSecret: null,
  failureCode: null,
});

/** The payee's balance, but never what they have paid back already out of later transfers. */
const reversibleOf = (money: Money, { available, recovered }: { readonly available: Minor; readonly recovered: Minor }): Minor =>
  recovered === 0 ? available : minor(Math.min(available, Math.max(0, debtOf(money) - recovered))); // prettier-ignore

/** What is owed to the payee again pays their debt first; only what they paid of it already is left to send. */
function debtEnded(payment: Payment, recovered: Minor): Payment {
  const { money, feeBps, currency } = payment;
  const fee = shareOf(minor(Math.max(0, keptOf(money))), feeBps, currency);
  const missing = Math.max(0, heldOf(money) - Math.max(0, fee - money.feeEarned));
  const advanced = Math.max(Math.min(money.advanced, recovered), money.advanced - missing);
  return { ...payment, debtClosed: advanced <= recovered, money: book(money, { advanced }) };
}

/**
 * What is sent comes out of what is held. A transfer whose answer was lost may turn out to have been made before the bank
 * or the payer took the money: the fee is then no longer earned, and the rest was laid out by the platform (M7b).
 */
function withTransfer(payment: Payment, amount: Minor, fee: Minor, netted: Minor): Pick<Payment, 'money' | 'reversible' | 'debtClosed'> {
  const { money, feeBps, currency, recovers, reversible, debtClosed } = payment;
  const sent = { transferred: money.transferred + amount, netted: money.netted + netted };
  const lacking = amount + netted + fee - heldOf(money);
  if (lacking <= 0) return { reversible, debtClosed, money: book(money, { ...sent, feeEarned: money.feeEarned + fee }) };
  const kept = minor(Math.max(0, keptOf(money)));
  const earned = money.feeEarned + fee;
  const feeEarned = recovers ? Math.min(earned, shareOf(kept, feeBps, currency)) : earned;
  const advanced = money.advanced + Math.max(0, lacking - (earned - feeEarned));
  return { reversible: null, debtClosed: false, money: book(money, { ...sent, feeEarned, advanced }) };
} // prettier-ignore

/** What is given back comes out of what is held; beyond that the platform's fee is no longer earned. */
function withRefund({ money, feeBps, currency, recovers }: Payment, amount: Minor): Money {
  const refunded = money.refunded + amount;
  if (!recovers) return book(money, { refunded });
  const kept = minor(keptOf(money) - amount);
  return book(money, { refunded, feeEarned: Math.min(money.feeEarned, shareOf(kept, feeBps, currency)) });
}
