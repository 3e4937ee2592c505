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
  | (Numbered & { readonly type: 'capture'; readonly paymentIntentId: string; readonly amount: Minor })
  | (Numbered & { readonly type: 'release'; readonly paymentIntentId: string; readonly reason: string })
  | (Numbered & { readonly type: 'refund'; readonly paymentIntentId: string; readonly amount: Minor })
  | (Numbered & {
      readonly type: 'transfer';
      readonly amount: Minor;
      readonly fee: Minor;
      readonly currency: string;
      readonly chargeId: string;
      readonly stripeAccount: string;
    })
  | (Numbered & {
      readonly type: 'payOut';
      readonly amount: Minor;
      readonly currency: string;
      readonly stripeAccount: string;
    })
  | (Numbered & { readonly type: 'earnFee'; readonly amount: Minor })
  | { readonly type: 'readPayment'; readonly paymentIntentId: string }
  | { readonly type: 'readCard'; readonly setupIntentId: string };

export type MoveType = Move['type'];
export type MoveOf<T extends MoveType> = Extract<Move, { type: T }>;

/** What the customer still has to do: give a card, answer the bank, or wait for it. */
export type Awaited = 'method' | 'action' | 'processing';

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
  | (FactOf<'paymentPending'> & {
      readonly paymentIntentId: string;
      readonly clientSecret: string | null;
      readonly awaited: Awaited;
      readonly failureCode: string | null;
    })
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
  | (FactOf<'transferred'> & { readonly transferId: string; readonly amount: Minor; readonly fee: Minor })
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
