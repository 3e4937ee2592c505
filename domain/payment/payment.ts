import type { Instant } from '../time.ts';
import type { Minor } from '../money.ts';
import { minor } from '../money.ts';
import { assertNever } from '../errors.ts';
import type { Money } from './books.ts';
import { book, noMoney, sumOf } from './books.ts';
import type { Awaited, Move, MoveFact, MoveType } from './moves.ts';

/** The payment of one agreement as far as Stripe has confirmed it. */
export interface Payment {
  readonly currency: string;
  readonly money: Money;
  readonly customerId: string | null;
  readonly card: SavedCard | null;
  readonly intent: Intent | null;
  readonly chargedAt: Instant | null;
  readonly availableOn: Instant | null;
  readonly settlementCurrency: string | null;
  /** Somebody else captured, or another amount: Stripe's truth stands and the plan follows it. */
  readonly capturedElsewhere: boolean;
  readonly transferId: string | null;
  readonly transferSkipped: boolean;
  readonly payoutId: string | null;
  readonly payoutOver: boolean;
  readonly refundIds: readonly string[];
  /** The next business attempt of each move; absent means the first. */
  readonly attempts: Partial<Record<MoveType, number>>;
  /** Definitive refusals in a row, held against the policy's tries. */
  readonly refusals: Partial<Record<MoveType, number>>;
  /** How often in a row the next move had to wait for an account or for funds. */
  readonly waits?: number;
  /** A move that is not tried again before this instant, unless news come. */
  readonly pause: { readonly move: MoveType; readonly until: Instant; readonly account: boolean } | null;
  /** A move whose outcome nobody knows: exactly it is made again before any other, or two might take effect. */
  readonly unresolved: Move | null;
  /** News arrived: Stripe is to be read before anything else is decided. */
  readonly stale: boolean;
  readonly readAt: Instant | null;
}

/** A card saved for a hold that comes later (SetupIntent), or on its way to be. */
export interface SavedCard {
  readonly setupIntentId: string;
  readonly status: 'saved' | Awaited;
  readonly paymentMethod: string | null;
  readonly clientSecret: string | null;
  readonly failureCode: string | null;
}

/** The PaymentIntent as last seen. `gone`: cancelled or expired, nothing can be captured any more. */
export interface Intent {
  readonly id: string;
  readonly status: Awaited | 'authorized' | 'captured' | 'gone';
  readonly chargeId: string | null;
  readonly captureBefore: Instant | null;
  readonly clientSecret: string | null;
  readonly failureCode: string | null;
}

export const noPayment = (currency: string): Payment => ({
  currency,
  money: noMoney,
  customerId: null,
  card: null,
  intent: null,
  chargedAt: null,
  availableOn: null,
  settlementCurrency: null,
  capturedElsewhere: false,
  transferId: null,
  transferSkipped: false,
  payoutId: null,
  payoutOver: false,
  refundIds: [],
  attempts: {},
  refusals: {},
  pause: null,
  unresolved: null,
  stale: false,
  readAt: null,
});

/** The business attempt that the next try of this move is. */
export const attemptOf = (payment: Payment, move: MoveType): number => payment.attempts[move] ?? 1;

/** A slow look at an account that cannot receive money yet; news about it come sooner by webhook. */
const accountPollMs = 6 * 3_600_000;
/** Stripe never retries an unfunded move by itself; a quarter of an hour is soon enough for money that settles daily. */
const fundsPollMs = 15 * 60_000;
/** After so many looks a wait is no ordinary one: it is told to people, and funds are looked for as seldom as accounts. */
export const longWaitLooks = 5;
/** Backoff after a refusal that may pass: 2^n seconds (B10). */
const backoffMs = (refusals: number): number => 1_000 * 2 ** refusals;

/** A look at Stripe, which changes nothing there. */
export const isRead = (move: Move | null): boolean =>
  move?.type === 'readPayment' || move?.type === 'readCard';

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
      return {
        ...settled,
        intent: { ...idle(fact), status: fact.awaited, clientSecret: fact.clientSecret, failureCode: fact.failureCode },
      };
    case 'captured':
      return {
        ...settled,
        intent: { ...idle(fact), status: 'captured', chargeId: fact.chargeId },
        chargedAt: payment.chargedAt ?? fact.at,
        availableOn: fact.availableOn,
        settlementCurrency: fact.settlementCurrency,
        capturedElsewhere: payment.capturedElsewhere || fact.elsewhere,
        refundIds: fact.refunds?.map(({ id }) => id) ?? payment.refundIds,
        money: book(money, {
          authorized: fact.authorized,
          captured: fact.amount,
          released: fact.authorized - fact.amount,
          ...(fact.refunds === undefined ? {} : refundsAsRead(money, fact.amount, fact.refunds)),
        }),
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
      return nextAttempt({ ...settled, refundIds, money: book(money, { refunded: money.refunded + fact.amount }) }, 'refund');
    } // prettier-ignore
    case 'transferred':
      if (payment.transferId === fact.transferId) return settled;
      return {
        ...settled,
        transferId: fact.transferId,
        money: book(money, {
          transferred: money.transferred + fact.amount,
          feeEarned: money.feeEarned + fact.fee,
        }),
      };
    case 'accountNotReady': {
      const pause = { move: 'transfer' as const, until: fact.at + accountPollMs, account: true };
      return { ...(fact.spent ? nextAttempt(settled, 'transfer') : settled), pause, waits };
    }
    case 'paidOut':
      return {
        ...settled,
        payoutId: fact.payoutId,
        payoutOver: true,
        money: book(money, { paidOut: fact.amount }),
      };
    case 'payoutLeftToStripe':
      return { ...settled, payoutOver: true };
    case 'fundsNotAvailable': {
      const until = fact.at + (waits < longWaitLooks ? fundsPollMs : accountPollMs);
      return { ...nextAttempt(settled, fact.move), waits, pause: { move: fact.move, until, account: false } };
    }
    case 'feeEarned':
      return { ...settled, money: book(money, { feeEarned: fact.amount }) };
    case 'refused': {
      const refusals = (payment.refusals[fact.move] ?? 0) + 1;
      return {
        ...nextAttempt(settled, fact.move),
        refusals: { ...payment.refusals, [fact.move]: refusals },
        pause: { move: fact.move, until: fact.at + backoffMs(refusals), account: false },
      };
    }
    default:
      return assertNever(fact);
  }
} // prettier-ignore

/** Refunds as Stripe has them; what they take beyond our share of the charge was laid out by the platform. */
function refundsAsRead(money: Money, captured: number, refunds: readonly { readonly amount: Minor }[]) {
  const refunded = sumOf(refunds);
  const gone =
    money.feeEarned + money.transferred - money.reversed + money.netted + money.disputed + refunded;
  return { refunded, advanced: Math.max(0, gone - captured) };
}

const idle = (fact: { readonly paymentIntentId: string }) => ({
  id: fact.paymentIntentId,
  chargeId: null,
  captureBefore: null,
  clientSecret: null,
  failureCode: null,
});

/** A definitive answer ends the business attempt: the next one is another operation with a key of its own (B2). */
const nextAttempt = (payment: Payment, move: MoveType): Payment => ({
  ...payment,
  attempts: { ...payment.attempts, [move]: attemptOf(payment, move) + 1 },
});

/** Captured and not yet refunded. */
export const keptOf = (payment: Payment): number => minor(payment.money.captured - payment.money.refunded);

/** The move is under way, or may have been made without our knowing: commands that would cross it have to wait. */
export const mayBeMoving = (
  { performing, payment }: { readonly performing: Move | null; readonly payment: Payment },
  type: MoveType,
): boolean => performing?.type === type || payment.unresolved?.type === type;

/**
 * After no clear answer: a capture or a release is guarded by the PaymentIntent's own status, so Stripe is read and
 * the plan followed from there; what creates something new is made again as it was, under the same key.
 */
export const unresolvedAfter = (payment: Payment, move: Move): Payment =>
  move.type === 'capture' || move.type === 'release'
    ? nextAttempt(payment, move.type)
    : { ...payment, unresolved: isRead(move) ? payment.unresolved : move };
