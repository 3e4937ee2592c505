import type { Minor } from '../money.ts';
import type { Fact } from '../machine.ts';
import type { Instant } from '../time.ts';

// domain/payment/: what every kind of agreement does with money: the moves, their outcomes, the books they leave.

/** A move's business attempt: it grows only when the last one was definitively refused, never when an answer was lost. */
interface Numbered {
  readonly n: number;
}

/** Every effect on money, named after the activity that performs it. Amounts are minor units of `currency`. */
export type Move =
  | (Numbered & { readonly type: 'createCustomer'; readonly personId: string })
  | (Numbered & {
      readonly type: 'saveCard';
      readonly customerId: string;
      readonly paymentMethod: string | null;
    })
  | (Numbered & {
      readonly type: 'authorize';
      readonly amount: Minor;
      readonly currency: string;
      readonly paymentMethod: string | null;
      readonly customerId: string | null;
    })
  | (Numbered & {
      readonly type: 'openCheckout';
      readonly amount: Minor;
      readonly currency: string;
      readonly uiMode: UiMode;
      readonly returnUrl: string;
      readonly expiresAt: Instant;
    })
  | (Numbered & { readonly type: 'expireCheckout'; readonly sessionId: string })
  | (Numbered & { readonly type: 'capture'; readonly paymentIntentId: string; readonly amount: Minor })
  | (Numbered & { readonly type: 'release'; readonly paymentIntentId: string; readonly reason: string })
  | (Numbered & { readonly type: 'refund'; readonly paymentIntentId: string; readonly amount: Minor })
  | (Numbered & {
      readonly type: 'transfer';
      readonly amount: Minor;
      readonly fee: Minor;
      readonly currency: string;
      /** What the money came from; null for money the bank gave back, which no charge backs any more. */
      readonly chargeId: string | null;
      readonly stripeAccount: string;
      /** The most that may be kept against an older debt of the payee; absent where debts are not netted. */
      readonly nettable?: Minor;
    })
  | (Numbered & { readonly type: 'reverse'; readonly transferId: string; readonly amount: Minor })
  | (Numbered & { readonly type: 'advance'; readonly amount: Minor })
  | (Numbered & { readonly type: 'closeDebt' })
  | (Numbered & {
      readonly type: 'payOut';
      readonly amount: Minor;
      readonly currency: string;
      readonly stripeAccount: string;
    })
  | (Numbered & { readonly type: 'earnFee'; readonly amount: Minor })
  | (Numbered & {
      readonly type: 'bookCalendar';
      readonly eventTypeId: number;
      readonly username: string;
      readonly startsAt: Instant;
      readonly durationMinutes: number;
    })
  | (Numbered & { readonly type: 'moveCalendar'; readonly uid: string; readonly startsAt: Instant })
  | (Numbered & { readonly type: 'cancelCalendar'; readonly uid: string | null; readonly reason: string })
  | (Numbered & {
      readonly type: 'submitEvidence';
      readonly disputeId: string;
      readonly agreement: string;
      readonly statement: string | null;
    })
  | (Numbered & { readonly type: 'acceptDispute'; readonly disputeId: string })
  | { readonly type: 'readDispute'; readonly disputeId: string }
  | { readonly type: 'readPayment'; readonly paymentIntentId: string }
  | { readonly type: 'readCheckout'; readonly sessionId: string }
  | { readonly type: 'readBalance'; readonly stripeAccount: string; readonly currency: string }
  | { readonly type: 'readCard'; readonly setupIntentId: string };

export type MoveType = Move['type'];
export type MoveOf<T extends MoveType> = Extract<Move, { type: T }>;

/** How the customer meets the checkout: on Stripe's page, in a frame, or in form elements (stripe-rules V1). */
export type UiMode = 'hosted' | 'embedded' | 'elements';

/** A bank's dispute of the charge as Stripe has it. */
export interface BankDispute {
  readonly id: string;
  readonly status: string;
  /** Neither won, lost nor closed: until then nothing of the charge goes to the payee. */
  readonly isOpen: boolean;
  /** Withdrawn by the bank and not given back; the bank's own fee is not in it. */
  readonly taken: Minor;
}

/** What the customer still has to do: give a card, answer the bank, or wait for it. */
export type Awaited = 'method' | 'action' | 'processing';

/** A payment that is not there yet. */
export interface PendingPayment {
  readonly paymentIntentId: string;
  readonly clientSecret: string | null;
  readonly awaited: Awaited;
  readonly failureCode: string | null;
}

/** A transfer to the payee and how much of it was reversed. */
export interface SentTransfer {
  readonly id: string;
  readonly amount: Minor;
  readonly reversed: Minor;
}

interface FactOf<T extends string> extends Fact {
  readonly type: T;
}

/** How a move came out. Expected outcomes are values; only "no answer at all" is the driver's `stuck`. */
export type MoveFact =
  | (FactOf<'customerCreated'> & { readonly customerId: string })
  | (FactOf<'cardSaved'> & { readonly setupIntentId: string; readonly paymentMethod: string })
  | (FactOf<'cardPending'> & {
      readonly setupIntentId: string;
      readonly clientSecret: string | null;
      readonly awaited: Awaited;
      readonly failureCode: string | null;
    })
  | (FactOf<'authorized'> & {
      readonly paymentIntentId: string;
      readonly chargeId: string;
      readonly amount: Minor;
      readonly captureBefore: Instant;
    })
  | (FactOf<'paymentPending'> & PendingPayment)
  | (FactOf<'captured'> & {
      readonly paymentIntentId: string;
      readonly chargeId: string;
      readonly authorized: Minor;
      readonly amount: Minor;
      /** When the charge's funds become available on the platform; the payee's transfer follows it. */
      readonly availableOn: Instant;
      readonly settlementCurrency: string;
      /** Captured by somebody else (a person in Stripe's dashboard), or for another amount than we asked. */
      readonly elsewhere: boolean;
      /** Every refund that Stripe counts, when the payment was read; absent in the answer to a capture. */
      readonly refunds?: readonly { readonly id: string; readonly amount: Minor }[];
      /** Every dispute of the charge, when the payment was read. */
      readonly disputes?: readonly BankDispute[];
      /** Every transfer of this agreement and what was taken back of it, when the payment was read. */
      readonly transfers?: readonly SentTransfer[];
      /** How many adoptions the journal has with this one, when the payment was read. */
      readonly adopted?: number;
    })
  | (FactOf<'holdGone'> & {
      readonly paymentIntentId: string;
      readonly authorized: Minor;
      readonly cause: 'ours' | 'elsewhere' | 'expired';
    })
  | (FactOf<'refunded'> & {
      readonly refundId: string;
      readonly amount: Minor;
      readonly status: 'succeeded' | 'pending';
    })
  | (FactOf<'checkoutOpened'> & {
      readonly sessionId: string;
      readonly url: string | null;
      readonly clientSecret: string | null;
      readonly expiresAt: Instant;
    })
  | (FactOf<'checkoutSeen'> & {
      readonly sessionId: string;
      readonly status: 'open' | 'complete' | 'expired';
      /** The customer's try as it stands, where there was one. */
      readonly tried: PendingPayment | null;
    })
  /** `transferId` is null and `amount` zero where an older debt took the whole. */
  | (FactOf<'transferred'> & {
      readonly transferId: string | null;
      readonly amount: Minor;
      readonly fee: Minor;
      readonly netted?: Minor;
    })
  | (FactOf<'reversed'> & {
      readonly reversalId: string;
      readonly transferId: string;
      readonly amount: Minor;
    })
  /** `recovered`: what later transfers have already given of this agreement's debt. */
  | (FactOf<'balanceRead'> & { readonly available: Minor; readonly recovered: Minor })
  | (FactOf<'advanced'> & { readonly amount: Minor })
  | (FactOf<'debtClosed'> & { readonly recovered: Minor })
  | (FactOf<'disputeSeen'> & {
      readonly status: string;
      readonly amount: Minor;
      readonly dueBy: Instant | null;
      readonly submissions: number;
    })
  | (FactOf<'calendarBooked'> & { readonly uid: string; readonly startsAt: Instant })
  | (FactOf<'calendarCancelled'> & { readonly uid: string | null })
  /** `spent`: Stripe itself refused, so the next try is a new operation. */
  | (FactOf<'accountNotReady'> & { readonly detail: string; readonly spent: boolean })
  | (FactOf<'paidOut'> & { readonly payoutId: string; readonly amount: Minor })
  | (FactOf<'payoutLeftToStripe'> & { readonly detail: string })
  | (FactOf<'fundsNotAvailable'> & { readonly move: MoveType })
  | (FactOf<'feeEarned'> & { readonly amount: Minor })
  | (FactOf<'refused'> & {
      readonly move: MoveType;
      readonly code: string;
      readonly detail: string;
      /** No other try can succeed without a person (as opposed to a refusal that may pass). */
      readonly final: boolean;
    });

/** The operation key of a move: `<workflowId>:<purpose>[:<n>]`, never attempt, run id, clock or random (temporal-rules 25). */
export function operationKey(
  workflowId: string,
  move: { readonly type: MoveType; readonly n: number },
): string {
  return move.n === 1 ? `${workflowId}:${move.type}` : `${workflowId}:${move.type}:${move.n}`;
}
