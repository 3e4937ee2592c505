import type {
  AnyBookingFact,
  BookingFact,
  BookingInput,
  BookingState,
} from '../../domain/booking/booking.ts';
import { bookingMachine } from '../../domain/booking/machine.ts';
import { isOpen } from '../../domain/complaint/complaint.ts';
import { invariant } from '../../domain/errors.ts';
import { debtOf, heldOf, payeeHas, sumOf } from '../../domain/payment/books.ts';
import type { Money } from '../../domain/payment/books.ts';
import type { MoveType } from '../../domain/payment/moves.ts';
import type { Instant } from '../../domain/time.ts';
import { PayeeAccount } from './booking-account.ts';
import type { Mishap } from './booking-books.ts';
import { BookingBooks } from './booking-books.ts';
import type { Timing, VirtualLife } from './virtual-life.ts';
import { liveVirtually } from './virtual-life.ts';
import type { VirtualVisit } from './visits.ts';

export { movesOf } from './virtual-life.ts';

/** One booking lived. */
export type Run = VirtualLife<BookingState, BookingFact, BookingBooks>;

/** Something that comes to a booking from outside at an instant. */
export type Visit = VirtualVisit<Run>;

export interface Circumstances extends Timing<Run> {
  readonly mishaps?: Partial<Record<MoveType, readonly Mishap[]>>;
  /** Shared by the bookings of one payee; absent: an account of its own. */
  readonly account?: PayeeAccount;
}

/** Lives a booking through `live()` on a virtual clock, checking the books after every single fact. */
export const liveBooking = (
  input: BookingInput,
  { mishaps = {}, account = new PayeeAccount(), ...timing }: Circumstances = {},
): Promise<Run> =>
  liveVirtually(
    {
      machine: bookingMachine,
      books: (now) => new BookingBooks(input.id, now, account, mishaps),
      dated: 'when asked',
      isTakenUp: true,
      neverLess: ['captured', 'transferred', 'reversed', 'netted', 'paidOut'],
      mostFacts: 1_500,
      learned(before, after, fact) {
        account.follow(input.id, debtOf(after.payment.money));
        return sendingProblem(before, fact);
      },
    },
    input,
    timing,
  );

/** Why no money may be sent now, or null; the booking is as it was before the fact. */
function sendingProblem({ payment, dispute }: BookingState, fact: AnyBookingFact): string | null {
  // A transfer whose answer was lost is asked for again as it was: it may have been made before there was a dispute.
  if (fact.type !== 'began' || fact.effect.type !== 'transfer' || payment.unresolved !== null) return null;
  if (isOpen(dispute)) return 'money is sent while a complaint is open';
  return payment.disputes.some((one) => one.isOpen) ? 'money is sent while the bank disputes it' : null;
}

/** What must be true whenever a booking rests: our books are Stripe's. */
export function assertTrueBooks({ state, stripe, facts }: Run): void {
  const { money } = state.payment;
  const same = (name: keyof Money, truth: number): void =>
    invariant(money[name] === truth, `${name}: we say ${money[name]}, Stripe ${truth}`);
  same('captured', stripe.captured);
  same('refunded', sumOf(stripe.refundsThatCount));
  same('disputed', stripe.taken);
  same('transferred', sumOf(stripe.transfers));
  same('reversed', stripe.reversed);
  // A payout may be given up before its answer is known: it moves the payee's own money.
  if (!facts.some(({ type }) => type === 'skipped')) same('paidOut', sumOf(stripe.payouts));
}

/** What must be true at the end of every booking: true books, nothing left over, and the calendar as the fate says. */
export function assertSettled(run: Run): void {
  const { state, stripe, outcome, facts } = run;
  const { payment, plan } = state;
  invariant(outcome !== null, `the booking never ends: ${JSON.stringify(state.parked ?? payment.pause)}`);
  assertTrueBooks(run);
  invariant(stripe.session !== 'open' && stripe.payment !== 'processing', 'the customer could still pay');
  const standing = stripe.calendar.standing;
  const isSkipped = facts.some(({ type }) => type === 'skipped');
  if (outcome === 'cancelled' && !isSkipped) invariant(standing.length === 0, 'a cancelled booking keeps its seat');
  // Who resolves a complaint decides about the money, whatever the calendar says.
  if (outcome === 'completed' && !isSkipped && state.dispute === null) {
    invariant(standing.length === 1 && standing[0]?.startsAt === state.startsAt, 'one seat at the right time');
  }
  if (isSkipped || payment.transferSkipped) return;
  invariant(heldOf(payment.money) === 0, `${heldOf(payment.money)} is left on the platform`);
  const share = Math.min(plan?.payee ?? 0, payeeHas(payment.money));
  invariant(payeeHas(payment.money) === share, `the payee has ${payeeHas(payment.money)} of ${plan?.payee}`);
} // prettier-ignore

/** When money was first sent to the payee. */
export const transferredAt = (run: Run): Instant | undefined =>
  run.stripe.requests.find(({ move }) => move.type === 'transfer')?.at;
