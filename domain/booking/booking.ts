import type { ComplaintCommand } from '../complaint/commands.ts';
import type { Complaint, ComplaintFact } from '../complaint/complaint.ts';
import type { BaseState, DriverFact, Fact } from '../machine.ts';
import type { Minor } from '../money.ts';
import type { OperatorCommand, OrderFact } from '../orders.ts';
import type { Move, MoveFact, UiMode } from '../payment/moves.ts';
import type { Payment } from '../payment/payment.ts';
import type { Decided, Plan } from '../payment/plan.ts';
import type { BookingPolicy, PinnedPolicy } from '../policy.ts';
import type { AdoptRules, RulesAdopted } from '../rules.ts';
import type { Instant } from '../time.ts';

// domain/booking/: a booking as a story about money.
//
//   awaiting_payment --paid--> confirming --calendar--> confirmed --window over--> settling --> completed
//          |                       |                        |
//          |expired                |refused                 | cancel, no-show, resolved complaint
//          v                       v                        v
//      cancelled <------------ cancelled <-------------- cancelled, or completed for what is kept
//
//   a complaint: disputed --resolve--> settling     the bank's dispute: the money waits, then follows the bank
//   after the transfer: too much is taken back or becomes a debt, too little is sent after

export type Party = 'attendee' | 'provider';

/** What a booking is started with; it never changes. Names and e-mails stay in the store. */
export interface BookingInput {
  readonly rules: number;
  readonly id: string;
  /** The moment of booking on the clock of whoever booked; the workflow's own clock continues from it. */
  readonly openedAt: Instant;
  readonly amount: Minor;
  readonly currency: string;
  readonly startsAt: Instant;
  readonly durationMinutes: number;
  readonly eventTypeId: number;
  readonly seat: string | null;
  /** `account` is the caller's name for it, `stripeAccount` what money is sent to: pinned here, never re-read. */
  readonly provider: {
    readonly id: string;
    readonly username: string;
    readonly account: string;
    readonly stripeAccount: string;
  };
  readonly uiMode: UiMode;
  /** Where the customer comes back to; the session's id is added to it. */
  readonly returnUrl: string;
  readonly policy: PinnedPolicy<BookingPolicy>;
}

/** The rules new bookings run on; a change that could alter a running story raises it and branches on `state.rules`. */
export const currentRules = 1;

/** The seat in the provider's own calendar. */
export interface CalendarSeat {
  readonly uid: string | null;
  readonly startsAt: Instant | null;
  readonly isCancelled: boolean;
}

export interface BookingState extends BaseState<Move> {
  readonly input: BookingInput;
  readonly startsAt: Instant;
  readonly durationMinutes: number;
  readonly payment: Payment;
  readonly calendar: CalendarSeat;
  /** The calendar was asked and its answer never came: there may be a seat that we do not know of. */
  readonly calendarTried: boolean;
  readonly absent: Readonly<Record<Party, boolean>>;
  readonly dispute: Complaint | null;
  readonly plan: Plan | null;
  /** A bank or card network warned of fraud (F5). */
  readonly fraudWarnedAt: Instant | null;
}

export type BookingCommand =
  | { readonly name: 'cancel'; readonly by: Party | 'admin'; readonly reason: string; readonly at: Instant }
  | {
      readonly name: 'reschedule';
      readonly startTime: Instant;
      readonly duration: number | null;
    }
  | {
      readonly name: 'noShow';
      readonly party: Party;
      readonly statement: string | null;
      readonly at: Instant;
    }
  | ComplaintCommand
  | OperatorCommand
  | AdoptRules;

interface FactOf<T extends string> extends Fact {
  readonly type: T;
}

export type BookingFact =
  | MoveFact
  | ComplaintFact
  | (FactOf<'rescheduled'> & { readonly startsAt: Instant; readonly durationMinutes: number })
  | (FactOf<'absent'> & { readonly party: Party; readonly statement: string | null })
  | Decided
  | OrderFact
  | RulesAdopted;

export type AnyBookingFact = BookingFact | DriverFact<Move>;

/** The slot a booking takes a seat in. */
export const slotOf = (providerId: string, eventTypeId: number, startsAt: Instant): string =>
  `${providerId}/${eventTypeId}/${startsAt}`;

export const endsAt = ({ startsAt, durationMinutes }: BookingState): Instant =>
  startsAt + durationMinutes * 60_000;

/** Stripe has the customer's money. */
export const isPaid = ({ payment }: BookingState): boolean => payment.intent?.status === 'captured';

/** Paid and in the provider's calendar. */
export const isConfirmed = (state: BookingState): boolean =>
  isPaid(state) && state.calendar.uid !== null && !state.calendar.isCancelled;
