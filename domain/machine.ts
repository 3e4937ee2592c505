import type { ErrorCode } from './errors.ts';
import type { Instant } from './time.ts';

/** Why a command is refused; the code is the API's, the detail is for a person. */
export interface Refusal {
  readonly refused: true;
  readonly code: ErrorCode;
  readonly detail: string;
}

/** Builds a refusal; `command_refused` unless another code says it better. */
export const refuse = (detail: string, code: ErrorCode = 'command_refused'): Refusal => ({
  refused: true,
  code,
  detail,
});

/** Something that happened, with the time at which it happened (not when anyone got round to it). */
export interface Fact {
  readonly type: string;
  readonly at: Instant;
}

/** An effect on the world outside, named after the activity that performs it. */
export interface Effect {
  readonly type: string;
}

/** Sleep until the instant (null: until a fact comes), for the reason given. */
export interface Wait {
  readonly kind: 'wait';
  readonly until: Instant | null;
  readonly reason: string;
}

/** Have the world perform this effect; its outcome is the next fact. */
export interface Perform<E> {
  readonly kind: 'perform';
  readonly effect: E;
}

/** A fact that follows from the clock and the other facts alone: a deadline that passed, a fate that is decided. */
export interface Learn<F> {
  readonly kind: 'learn';
  readonly fact: F;
}

/** The story is over. */
export interface Finished {
  readonly kind: 'finished';
  readonly outcome: string;
}

export type Step<F, E> = Wait | Perform<E> | Learn<F> | Finished;

/** What every story's state carries for the driver, the store and the operators. */
export interface BaseState<E extends Effect = Effect> {
  /** Grows by one with every fact; a projection with a smaller one never overwrites a larger. */
  readonly rev: number;
  /** How many effects have ended; a projection that knows of fewer never overwrites one that knows of more. */
  readonly outcomes: number;
  /** The version of the rules this story runs on, pinned at its start. */
  readonly rules: number;
  readonly updatedAt: Instant;
  /** The effect under way; commands that would cross it are refused. */
  readonly performing: E | null;
  /** Stripe events already heard, newest last (a bounded set: Stripe repeats within days, not months). */
  readonly heard: readonly string[];
  /** Messages that were refused or made no sense, newest last, for whoever sent them by hand. */
  readonly rejected: readonly Rejection[];
  readonly parked: Parked | null;
  readonly story: readonly StoryLine[];
  readonly alerts: readonly AlertNote[];
  /** Messages the story owes people, newest last; the projection writes each to the outbox once. */
  readonly notices: readonly Notice[];
}

/** The state after one more fact, as every world counts it. */
export function after<State extends BaseState<E>, F, E extends Effect>(
  machine: { apply(state: State, fact: F | DriverFact<E>): State },
  state: State,
  fact: F | DriverFact<E>,
): State {
  const next = machine.apply(state, fact);
  const hasEnded = state.performing !== null && next.performing === null;
  return { ...next, rev: state.rev + 1, outcomes: state.outcomes + (hasEnded ? 1 : 0) };
}

/** A message that changed nothing, and why. */
export interface Rejection {
  readonly at: Instant;
  readonly name: string;
  readonly code: ErrorCode;
  readonly detail: string;
}

/** A story that waits for a person: the reason, what was tried and the commands that help. */
export interface Parked {
  readonly reason: string;
  readonly operation: string;
  readonly attempts: number;
  readonly lastError: string;
  readonly since: Instant;
  readonly commands: readonly string[];
  /** When the story tries again by itself (Stripe was out of reach), or null where only a person can help. */
  readonly retryAt: Instant | null;
}

/** One line of the timeline a person reads. */
export interface StoryLine {
  readonly at: Instant;
  readonly what: string;
  readonly actor: string;
  readonly why: string | null;
  readonly stripeIds: readonly string[];
  readonly amount: number | null;
}

/** The line about something that was said or decided; Stripe has no part in it. */
export const lineOf = (
  { at }: { readonly at: Instant },
  what: string,
  actor: string,
  why: string | null = null,
  amount: number | null = null,
): StoryLine => ({ at, what, actor, why, stripeIds: [], amount });

/** What every story begins with: nothing has happened but this first line. */
export const opening = (rules: number, first: StoryLine): BaseState<never> => ({
  rev: 0,
  outcomes: 0,
  rules,
  updatedAt: first.at,
  performing: null,
  heard: [],
  rejected: [],
  parked: null,
  story: [first],
  alerts: [],
  notices: [],
});

/** An alert the story raises; the projection opens at most one per type and subject. */
export interface AlertNote {
  readonly type: AlertType;
  readonly at: Instant;
  readonly message: string;
}

/** What people are told about; each kind has a text for each recipient. */
export type NoticeKind =
  | 'booking_confirmed'
  | 'booking_failed_refunded'
  | 'booking_cancelled'
  | 'booking_rescheduled'
  | 'payout_processed'
  | 'dispute_filed'
  | 'dispute_resolved'
  | 'refund_processed'
  | 'refund_failed'
  | 'payment_failed'
  | 'action_needed'
  | 'payment_disputed'
  | 'transfer_waits';

/** A message to one side of the agreement. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly to: 'payer' | 'payee';
  readonly at: Instant;
}

/** The alerts of the house and their weight (spec section 7). */
export const alertSeverities = {
  PAYMENT_OUT_OF_SYNC: 'high',
  STUCK_AUTHORIZATION: 'medium',
  FAILED_PAYOUT: 'high',
  MISSING_PAYMENT: 'critical',
  NO_SHOW_AUTO_RELEASED: 'medium',
  PAYMENT_FAILED: 'high',
  PAYMENT_CANCELED: 'medium',
  CHARGE_REFUNDED: 'medium',
  CHARGE_DISPUTE: 'critical',
  PAYOUT_FAILED: 'high',
  PAYOUT_CANCELED: 'medium',
  TRANSFER_FAILED: 'high',
  REFUND_FAILED: 'critical',
  ORPHAN: 'high',
  PARKED: 'high',
  HOLD_EXPIRING: 'high',
  DISPUTE_ESCALATED: 'high',
  WEBHOOK_REFUSED: 'high',
  FRAUD_WARNING: 'high',
  PROVIDER_DEBT: 'high',
  NOTIFICATION_FAILED: 'high',
} as const;

export type AlertType = keyof typeof alertSeverities;

/** What lists, filters and the Temporal UI search by; opaque ids only. */
export interface Columns {
  readonly state: string;
  readonly paymentState: string;
  readonly payeeAccount: string;
  readonly needsAttention: string | null;
  readonly open: boolean;
  /** What outside event the story waits for, so that news about an account finds the stories it concerns. */
  readonly waitsFor: 'account' | null;
  readonly settlesAt: Instant;
  readonly disputeDeadline: Instant | null;
  readonly nextWakeAt: Instant | null;
  readonly amount: number;
  readonly currency: string;
  /** The seat it takes at a provider's time; null where it takes none. */
  readonly seat: Seat | null;
  /** What the platform has laid out of what the payee was given: their debt, as far as it is not recovered elsewhere. */
  readonly advanced: number;
}

/** One place at one provider's time. */
export interface Seat {
  readonly slot: string;
  readonly label: string | null;
}

/** A kind of agreement as a pure state machine. Nothing in it waits, calls or reads a clock. */
export interface Machine<
  Input,
  State extends BaseState<E>,
  Command extends { readonly name: string },
  F extends Fact,
  E extends Effect,
  View,
> {
  readonly kind: string;
  readonly commands: readonly Command['name'][];
  open(input: Input): State;
  /** Reads a message that may be anything (the Temporal UI sends free text); never throws. */
  parse(name: string, raw: unknown, now: Instant): Command | Refusal;
  /** Synchronous guard: why this command is refused now, or the facts it adds and what to tell the caller. */
  accept(state: State, command: Command, now: Instant): Refusal | Accepted<F>;
  apply(state: State, fact: F | DriverFact<E>): State;
  next(state: State, now: Instant): Step<F, E>;
  view(state: State): View;
  columns(state: State, now: Instant): Columns;
}

/** An accepted command: facts (none where it changes nothing) and the sentence the caller reads. */
export interface Accepted<F> {
  readonly facts: readonly F[];
  readonly message: string;
}

/** The facts the driver itself adds to every story. */
export type DriverFact<E> =
  | { readonly type: 'began'; readonly at: Instant; readonly effect: E }
  | { readonly type: 'rejected'; readonly at: Instant; readonly rejection: Rejection }
  | { readonly type: 'stripeEvent'; readonly at: Instant; readonly eventId: string; readonly about: string; readonly objectId: string }
  | { readonly type: 'stuck'; readonly at: Instant; readonly attempts: number; readonly lastError: string }; // prettier-ignore

export const isRefusal = (value: object): value is Refusal => 'refused' in value;
