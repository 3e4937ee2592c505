import type { ComplaintCommand } from '../complaint/commands.ts';
import type { Complaint, ComplaintFact } from '../complaint/complaint.ts';
import type { BaseState, DriverFact, Fact } from '../machine.ts';
import type { Minor } from '../money.ts';
import type { OperatorCommand, OrderFact } from '../orders.ts';
import type { Move, MoveFact } from '../payment/moves.ts';
import type { Payment } from '../payment/payment.ts';
import type { Decided, Plan } from '../payment/plan.ts';
import type { LessonPolicy, PinnedPolicy } from '../policy.ts';
import type { AdoptRules, RulesAdopted } from '../rules.ts';
import type { Instant } from '../time.ts';

// domain/lesson/: a lesson as a story about money.
//
//   awaiting_payment --paid--> scheduled --join--> in_progress --call-end--> ended_early
//          |                       |                    |                        |
//          |deadline        cancel |            (any)   |  the scheduled end     |
//          v                       v                    v                        v
//      cancelled <----------- cancelled           settling --captured, transferred--> completed
//                                                       |
//   dispute (before settlement): disputed --resolve--> settling        no-show: cancelled
//   a money move that needs a person: parked --retry | skip | ...--> where it was

export type Party = 'student' | 'tutor';

/** What a lesson is started with; it never changes. Names and e-mails stay in the store. */
export interface LessonInput {
  readonly rules: number;
  readonly id: string;
  /** The moment of booking on the clock of whoever booked; the workflow's own clock continues from it. */
  readonly openedAt: Instant;
  readonly amount: Minor;
  readonly currency: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly student: { readonly id: string; readonly paymentMethod: string | null };
  /** `account` is the caller's name for it, `stripeAccount` what money is sent to: pinned here, never re-read. */
  readonly tutor: { readonly id: string; readonly account: string; readonly stripeAccount: string };
  readonly policy: PinnedPolicy<LessonPolicy>;
}

/** The rules new lessons run on; a change that could alter a running story raises it and branches on `state.rules`. */
export const currentRules = 1;

/** Who was there, by their own words or the app's. */
export interface Attendance {
  readonly joinedAt: Instant | null;
  readonly leftAt: Instant | null;
}

export interface LessonState extends BaseState<Move> {
  readonly input: LessonInput;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly attendance: Readonly<Record<Party, Attendance>>;
  readonly callEndedAt: Instant | null;
  readonly payment: Payment;
  readonly dispute: Complaint | null;
  readonly plan: Plan | null;
}

export type LessonCommand =
  | { readonly name: 'join'; readonly party: Party; readonly at: Instant }
  | { readonly name: 'callEnd'; readonly party: Party; readonly at: Instant }
  | { readonly name: 'end'; readonly party: Party; readonly at: Instant }
  | { readonly name: 'cancel'; readonly by: Party | 'admin'; readonly reason: string; readonly at: Instant }
  | { readonly name: 'reschedule'; readonly startsAt: Instant; readonly endsAt: Instant }
  | ComplaintCommand
  | OperatorCommand
  | { readonly name: 'release'; readonly by: string; readonly reason: string }
  | { readonly name: 'capture'; readonly by: string; readonly reason: string; readonly amount: number | null }
  | AdoptRules;

interface FactOf<T extends string> extends Fact {
  readonly type: T;
}

export type LessonFact =
  | MoveFact
  | (FactOf<'joined'> & { readonly party: Party })
  | (FactOf<'callEnded'> & { readonly party: Party })
  | (FactOf<'left'> & { readonly party: Party })
  | (FactOf<'rescheduled'> & { readonly startsAt: Instant; readonly endsAt: Instant })
  | ComplaintFact
  | Decided
  | OrderFact
  | RulesAdopted;

export type AnyLessonFact = LessonFact | DriverFact<Move>;

/** A payment the lesson can count on: a hold, a captured charge, or a saved card whose hold comes later. */
export const isSecured = ({ payment }: LessonState): boolean =>
  payment.intent === null
    ? payment.card?.status === 'saved'
    : payment.intent.status === 'authorized' || payment.intent.status === 'captured';
