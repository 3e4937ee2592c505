import type { AgreementInput, AgreementState } from '../domain/kinds.ts';
import type { Columns } from '../domain/machine.ts';
import { iso } from '../domain/time.ts';

// workflows/: Temporal's side of the stories. Only @temporalio/workflow, @temporalio/common and domain/ may be imported
// here, activities as types only. This file is what clients and workflows agree on.

/** The one task queue of the house. */
export const taskQueue = 'holdfast';

/** The workflow that fetches the events Stripe could not deliver; a schedule starts it. */
export const gapSweepWorkflow = 'gapSweep';

/** What a workflow is started with. */
export interface Start<
  Input extends AgreementInput = AgreementInput,
  State extends AgreementState = AgreementState,
> {
  readonly input: Input;
  /** Milliseconds by which the story's clock is ahead of the server's: travelled time in demo mode, else 0. */
  readonly clockOffsetMs: number;
  /** The last known state, for a story whose first run is gone (terminated by hand). */
  readonly resume?: State;
}

/** What an accepted command answers: a sentence and the state after it. */
export interface CommandAnswer<State extends AgreementState = AgreementState> {
  readonly accepted: true;
  readonly message: string;
  readonly state: State;
}

/** The failure type of a refused Update; its message is for a person, its details are the code and how many outcomes its story knew. */
export const refusalType = 'command_refused';

/** A webhook's hint: one signal of this name for every kind. Its argument is domain's StripeEventHint. */
export const stripeEventSignal = 'stripeEvent';

/** Asks a story for its whole state; lists never use it. */
export const stateQuery = 'state';
/** The view as people read it, for the Temporal UI. */
export const viewQuery = 'view';

/** Memo key of the hash of the start request: same id and other content is a conflict (temporal-rules 39). */
export const inputHashMemo = 'inputHash';

/**
 * Every search attribute, once: this list drives the code, the dev server, the compose job and the start-up check.
 * Opaque ids only; search attributes are never encrypted (temporal-rules 46).
 */
export const searchAttributes = {
  SettlementState: 'Keyword',
  AgreementKind: 'Keyword',
  PayeeAccount: 'Keyword',
  NeedsAttention: 'Keyword',
  SettlesAt: 'Datetime',
  DisputeDeadline: 'Datetime',
  AmountMinor: 'Int',
} as const;

export type SearchAttributeName = keyof typeof searchAttributes;

/** The search attributes of a story; null means absent. Datetimes are ISO-8601. */
export const attributesOf = (
  kind: string,
  columns: Columns,
): Record<SearchAttributeName, string | number | null> => ({
  SettlementState: columns.state,
  AgreementKind: kind,
  PayeeAccount: columns.payeeAccount,
  NeedsAttention: columns.needsAttention,
  SettlesAt: iso(columns.settlesAt),
  DisputeDeadline: columns.disputeDeadline === null ? null : iso(columns.disputeDeadline),
  AmountMinor: columns.amount,
});
