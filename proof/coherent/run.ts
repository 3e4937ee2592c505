import type Stripe from 'stripe';
import type { Instant } from '../../domain/time.ts';
import type { Facts } from '../../store/facts.ts';

// proof/: what is claimed about money, written down a second time and held against what happened.
// proof/coherent/: the facts of a run as plain data, and the invariants M1 to M21 over them. No clock, no I/O but in
// `gather`; nothing here decides what the house does.

/** The invariants of money; a message always begins with the one it breaks. */
export const invariantIds = [
  'M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7a', 'M7b', 'M8', 'M9', 'M10', 'M11', 'M12', 'M13', 'M14', 'M15', 'M16', 'M17',
  'M18', 'M19', 'M20', 'M21',
] as const; // prettier-ignore

export type InvariantId = (typeof invariantIds)[number];

/** One broken claim: which, about whom, and the amounts and ids that prove it. */
export interface Violation {
  readonly invariant: InvariantId;
  /** A workflow id, or the id of the object that belongs to none. */
  readonly subject: string;
  readonly message: string;
}

/** A payout and the connected account it left. */
export interface AccountPayout {
  readonly account: string;
  readonly payout: Stripe.Payout;
}

/** A transfer with every reversal of it. */
export interface TransferWithReversals {
  readonly transfer: Stripe.Transfer;
  readonly reversals: readonly Stripe.TransferReversal[];
}

/** What Stripe has, object by object. */
export interface StripeBooks {
  /** With `latest_charge` as an id or expanded; the charge itself stands in `charges`. */
  readonly paymentIntents: readonly Stripe.PaymentIntent[];
  readonly charges: readonly Stripe.Charge[];
  readonly refunds: readonly Stripe.Refund[];
  readonly transfers: readonly TransferWithReversals[];
  readonly payouts: readonly AccountPayout[];
  readonly disputes: readonly Stripe.Dispute[];
  readonly checkoutSessions: readonly Stripe.Checkout.Session[];
  /** The platform's own, oldest or newest first; null where they were not read. */
  readonly balanceTransactions: readonly Stripe.BalanceTransaction[] | null;
  /** What lies on the platform in each currency, available and pending together; null where it was not read. */
  readonly platformBalance: Readonly<Record<string, number>> | null;
  /** Connected accounts that did not let us look. */
  readonly unreadAccounts: readonly string[];
  /** Whether everything in the account was made by this instance; false at an account that others use too. */
  readonly exclusive: boolean;
}

/** One request as Stripe's side wrote it down when it arrived. */
export interface LoggedRequest {
  readonly id: string;
  readonly at: Instant;
  readonly method: string;
  readonly path: string;
  readonly params: unknown;
  readonly idempotencyKey: string | null;
  readonly account: string | null;
  /** Null: no answer left. */
  readonly status: number | null;
  /** Answered from the key store, without a second effect. */
  readonly replayed: boolean;
  readonly fault: string | null;
  /** Something changed at Stripe because of this request. */
  readonly effect: boolean;
}

/** What our own database has. */
export interface StoreBooks extends Facts {
  /** The first number at which the audit chain does not hold, null where it holds; absent where nobody looked. */
  readonly auditBrokenAt?: number | null;
}

/** A workflow as Temporal has it. */
export interface WorkflowHistory {
  readonly workflowId: string;
  /** Runs that are open now. */
  readonly openRuns: number;
  /** Every run Temporal still knows. */
  readonly runs: number;
  /** Of the latest run: `running`, `completed`, `failed`, `terminated`, ... */
  readonly status: string;
  /** What a replay on this code said: null where none was made, `replayed`, or the first problem in words. */
  readonly replay: { readonly problem: string | null } | null;
}

/** One visible state of an agreement on its way. */
export interface PassedState {
  readonly at: Instant;
  readonly state: string;
  readonly paymentState: string;
  readonly rev: number;
}

/** The visible states an agreement passed through, oldest first. A state that nobody was shown may be missing. */
export interface Passage {
  readonly workflowId: string;
  readonly states: readonly PassedState[];
}

/** Secrets and personal data that were planted, and every text in which they must not stand. */
export interface PlantedSecrets {
  readonly planted: readonly string[];
  readonly texts: readonly { readonly where: string; readonly text: string }[];
}

/** The facts of a run: everything the invariants are held against. Of one agreement, of some, or of a whole instance. */
export interface Run {
  readonly now: Instant;
  /** Nothing is under way and no news is on its way: what may be pending elsewhere may not be here. */
  readonly quiescent: boolean;
  /** Workers were there all the time: what had to be done in time could be. */
  readonly attended?: boolean;
  /** Everything of the instance is here; else sums over all agreements are not looked at. */
  readonly whole: boolean;
  /** How far Stripe's clock may be from ours; 0 where both are one. */
  readonly clockSkewMs: number;
  /** On a journey our clock leaps before Stripe's: so much too early may a request on its way meanwhile be logged. */
  readonly leapMs?: number;
  readonly stripe: StripeBooks;
  /** Every request since the beginning, oldest first; null where nobody writes them down. */
  readonly requests: readonly LoggedRequest[] | null;
  readonly store: StoreBooks;
  readonly histories: readonly WorkflowHistory[] | null;
  readonly transitions: readonly Passage[] | null;
  readonly secrets: PlantedSecrets | null;
}
