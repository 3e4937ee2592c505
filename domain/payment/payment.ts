import type { BaseState } from '../machine.ts';
import type { Instant } from '../time.ts';
import type { Minor } from '../money.ts';
import type { Money } from './books.ts';
import { noMoney } from './books.ts';
import type { Awaited, BankDispute, Move, MoveType, SentTransfer } from './moves.ts';

/** The payment of one agreement as far as Stripe has confirmed it. */
export interface Payment {
  readonly currency: string;
  /** The platform's share of whatever is kept of the charge, in basis points. */
  readonly feeBps: number;
  /** Whether what the payee got too much is taken back, and what they got too little is sent after (B15). */
  readonly recovers: boolean;
  readonly money: Money;
  readonly checkout: Checkout | null;
  readonly disputes: readonly BankDispute[];
  readonly transfers: readonly SentTransfer[];
  /** Transfers tried so far, counted over all tries and never reset (B10). */
  readonly transferTries: number;
  /** What may still be taken back from the payee's balance by the last look at it; null: look first. */
  readonly reversible: Minor | null;
  /** The debt of this agreement takes nothing more from later transfers. */
  readonly debtClosed: boolean;
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
  /** How many effects of others, found by reads and booked in the journal, the story has heard of; absent: of none. */
  readonly adopted?: number;
}

/** The state of every story about a payment. */
export interface PaymentState extends BaseState<Move> {
  readonly payment: Payment;
}

/** The Checkout Session in which the customer pays. */
export interface Checkout {
  readonly sessionId: string;
  readonly url: string | null;
  readonly clientSecret: string | null;
  readonly expiresAt: Instant;
  readonly status: 'open' | 'complete' | 'expired';
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

/** A payment nobody has begun. */
export const noPayment = (currency: string, feeBps: number, recovers: boolean): Payment => ({
  currency,
  feeBps,
  recovers,
  money: noMoney,
  checkout: null,
  disputes: [],
  transfers: [],
  transferTries: 0,
  reversible: null,
  debtClosed: false,
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

/** The bank is deciding about the charge: until it has, nothing of it moves. */
export const isContested = ({ disputes }: Payment): boolean => disputes.some(({ isOpen }) => isOpen);

/** After so many looks a wait is no ordinary one: it is told to people, and funds are looked for as seldom as accounts. */
export const longWaitLooks = 5;

/** A look at Stripe, which changes nothing there. */
export const isRead = (move: Move | null): boolean => move !== null && !('n' in move);

/** A definitive answer ends the business attempt: the next one is another operation with a key of its own (B2). */
export const nextAttempt = (payment: Payment, move: MoveType): Payment => ({
  ...payment,
  attempts: { ...payment.attempts, [move]: attemptOf(payment, move) + 1 },
});

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
  move.type === 'capture' || move.type === 'release' || move.type === 'expireCheckout'
    ? nextAttempt(payment, move.type)
    : { ...payment, unresolved: isRead(move) ? payment.unresolved : move };
