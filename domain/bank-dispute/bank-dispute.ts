import type { BaseState, DriverFact, Fact } from '../machine.ts';
import type { Minor } from '../money.ts';
import type { OperatorCommand } from '../orders.ts';
import type { Move, MoveFact } from '../payment/moves.ts';
import type { Payment } from '../payment/payment.ts';
import type { AdoptRules, RulesAdopted } from '../rules.ts';
import type { Instant } from '../time.ts';

// domain/bank-dispute/: a payer's dispute at the bank as a story about deadlines: one for each dispute of Stripe's, also
// weeks after its agreement ended. Its money is the agreement's own story (domain/payment): here nothing moves.
//
//   needs_response --evidence in time--> submitted --the bank decides--> won | lost
//         |--accept--> lost        an inquiry: --> closed without money

/** What a bank dispute is started with; it never changes. */
export interface BankDisputeInput {
  readonly rules: number;
  /** Stripe's id of the dispute. */
  readonly id: string;
  readonly openedAt: Instant;
  readonly amount: Minor;
  readonly currency: string;
  readonly reason: string;
  /** The workflow id of the agreement whose charge is disputed, and whom it pays. */
  readonly agreement: string;
  readonly payeeAccount: string;
  /** The evidence goes out by itself this long before the bank's deadline. */
  readonly submitBefore: string;
}

/** The rules new disputes run on. */
export const currentRules = 1;

/** The dispute as Stripe has it. */
export interface Standing {
  readonly status: string;
  readonly amount: Minor;
  /** Null: the bank takes no answer (F3). */
  readonly dueBy: Instant | null;
  readonly submissions: number;
}

/** What was ordered, by whom and why. */
export interface Answer {
  readonly at: Instant;
  readonly by: string;
  readonly reason: string;
  readonly statement: string | null;
}

export interface BankDisputeState extends BaseState<Move> {
  readonly input: BankDisputeInput;
  /** Nothing of it moves; it is here so that one journal serves every kind of story. */
  readonly payment: Payment;
  readonly standing: Standing | null;
  readonly submit: Answer | null;
  readonly accepted: Answer | null;
}

export type BankDisputeCommand =
  | {
      readonly name: 'submit';
      readonly by: string;
      readonly reason: string;
      readonly statement: string | null;
    }
  | { readonly name: 'accept'; readonly by: string; readonly reason: string }
  | Extract<OperatorCommand, { readonly name: 'retry' | 'skip' | 'sync' }>
  | AdoptRules;

interface FactOf<T extends string> extends Fact {
  readonly type: T;
}

interface Order {
  readonly by: string;
  readonly reason: string;
}

export type BankDisputeFact =
  | MoveFact
  | (FactOf<'submitOrdered'> & Answer)
  | (FactOf<'acceptOrdered'> & Answer)
  | (FactOf<'unparked'> & Order)
  | (FactOf<'skipped'> & Order)
  | (FactOf<'lookAgain'> & Order)
  | RulesAdopted;

export type AnyBankDisputeFact = BankDisputeFact | DriverFact<Move>;

/** Statuses after which the bank does nothing more; one we do not know is waited out. */
const closedStatuses: ReadonlySet<string> = new Set(['won', 'lost', 'warning_closed', 'prevented']);

export const isClosed = ({ standing }: BankDisputeState): boolean =>
  standing !== null && closedStatuses.has(standing.status);

/** The bank waits for our answer. */
export const canRespond = ({ standing }: BankDisputeState): boolean =>
  standing !== null &&
  standing.dueBy !== null &&
  standing.submissions === 0 &&
  (standing.status === 'needs_response' || standing.status === 'warning_needs_response');
