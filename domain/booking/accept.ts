import { acceptEvidence, acceptResolve } from '../complaint/accept.ts';
import { isOpen } from '../complaint/complaint.ts';
import { assertNever } from '../errors.ts';
import type { Accepted, Refusal } from '../machine.ts';
import { refuse } from '../machine.ts';
import { minor } from '../money.ts';
import { acceptRetry, acceptSkip, refundProblem } from '../orders.ts';
import { keptOf } from '../payment/books.ts';
import { isContested, isRead, mayBeMoving } from '../payment/payment.ts';
import { adopted, charged, nothing } from '../payment/plan.ts';
import { adoptRules } from '../rules.ts';
import { farthestAheadMs } from '../time.ts';
import type { Instant } from '../time.ts';
import type { BookingCommand, BookingFact, BookingState } from './booking.ts';
import { currentRules, isConfirmed, isPaid } from './booking.ts';
import { cancellation, isDivided, priceOf, settle, settlesAt } from './settlement.ts';

type Verdict = Refusal | Accepted<BookingFact>;
type CommandOf<N extends BookingCommand['name']> = Extract<BookingCommand, { name: N }>;

const accepted = (message: string, ...facts: BookingFact[]): Accepted<BookingFact> => ({ facts, message });

/** The guard of a booking: why a command is refused now, or the facts it adds. Pure and synchronous. */
export function accept(state: BookingState, command: BookingCommand, now: Instant): Verdict {
  switch (command.name) {
    case 'cancel':
      return cancel(state, command);
    case 'reschedule':
      return reschedule(state, command, now);
    case 'noShow':
      return noShow(state, command);
    case 'dispute':
      return dispute(state, command);
    case 'evidence':
      return acceptEvidence(state.dispute, command, now);
    case 'resolve':
      return acceptResolve(state.dispute, command, state.input, now);
    case 'retry':
      return acceptRetry(state, command, now);
    case 'skip':
      return acceptSkip(state, command, now);
    case 'sync':
      if (state.payment.checkout === null) return refuse('Stripe knows nothing of this booking yet');
      return accepted('Reading Stripe again', { ...command, type: 'lookAgain', at: now });
    case 'refund':
      return refund(state, command, now);
    case 'adoptRules':
      return adoptRules(state, command, currentRules, now);
    default:
      return assertNever(command);
  }
} // prettier-ignore

/** A look at Stripe crosses nothing: what it finds is fitted into whatever was decided meanwhile. */
const isMoving = ({ performing, payment }: BookingState): boolean =>
  (performing !== null && !isRead(performing)) || payment.unresolved !== null;

function cancel(state: BookingState, { by, reason, at }: CommandOf<'cancel'>): Verdict {
  if (state.plan !== null) return refuse('The booking is already settled or cancelled');
  if (isOpen(state.dispute)) return refuse('A dispute is open; resolve it');
  if (isContested(state.payment)) return refuse('The bank disputes the payment; it decides first');
  if (by !== 'admin' && at >= state.startsAt)
    return refuse('The session has started; it can only be disputed');
  const plan = cancellation(state, by, reason, at);
  return accepted('Cancelled', { type: 'decided', at, plan, by });
}

/** Why a session cannot take place then, or null. Shared by the door of the API and by reschedule. */
export function scheduleProblem(startsAt: Instant, now: Instant): string | null {
  if (startsAt <= now) return 'startTime must not be in the past';
  if (startsAt - now > farthestAheadMs) return 'startTime must be within two years';
  return null;
}

function reschedule(state: BookingState, { startTime, duration }: CommandOf<'reschedule'>, now: Instant): Verdict {
  if (state.plan !== null) return refuse('The booking is already settled or cancelled');
  if (isOpen(state.dispute)) return refuse('A dispute is open; resolve it');
  if (!isConfirmed(state)) return refuse('The booking is not confirmed yet', 'not_ready');
  if (now >= state.startsAt) return refuse('The session has started');
  const problem = scheduleProblem(startTime, now);
  if (problem !== null) return refuse(problem, 'invalid');
  const durationMinutes = duration ?? state.durationMinutes;
  return accepted('Rescheduled', { type: 'rescheduled', at: now, startsAt: startTime, durationMinutes });
} // prettier-ignore

/** Somebody did not come: it may be said from the start of the session to the end of the window (B17). */
function noShow(state: BookingState, { party, statement, at }: CommandOf<'noShow'>): Verdict {
  if (state.plan !== null) return refuse('The booking is already settled or cancelled');
  if (!isConfirmed(state)) return refuse('The booking is not confirmed');
  if (isOpen(state.dispute)) return refuse('A dispute is open; resolve it');
  if (at < state.startsAt) return refuse('The session has not started');
  if (at >= settlesAt(state)) return refuse('The window is over');
  if (state.absent[party]) return accepted('Already noted');
  return accepted(`No-show by the ${party} noted`, { type: 'absent', at, party, statement });
}

/** A complaint counts until the window is over; a worker that comes late does not shorten that (B11). */
function dispute(state: BookingState, { by, reason, statement, at }: CommandOf<'dispute'>): Verdict {
  if (isOpen(state.dispute)) return refuse('A dispute is already open');
  if (state.dispute !== null) return refuse('The dispute was already resolved');
  if (!isPaid(state)) return refuse('There is no payment to dispute');
  if (state.plan?.fate === 'cancelled') return refuse('The booking is cancelled');
  if (mayBeMoving(state, 'transfer') || mayBeMoving(state, 'earnFee')) return refuse('The money is being transferred right now', 'not_ready');
  if (isDivided(state)) return refuse('The money was already transferred');
  if (at >= settlesAt(state)) return refuse('The window is over');
  return accepted('Disputed, the money stays where it is', { type: 'disputed', at, by, reason, statement });
} // prettier-ignore

/** Gives money back before or after the transfer; what the payee had of it is taken back or becomes a debt (B15). */
function refund(state: BookingState, { amount, by, reason }: CommandOf<'refund'>, now: Instant): Verdict {
  const { payment, input } = state;
  if (!isPaid(state)) return refuse('Nothing was paid; cancel instead');
  if (isMoving(state)) return refuse(`"${(state.performing ?? payment.unresolved)?.type}" is under way`, 'not_ready');
  if (isOpen(state.dispute)) return refuse('A dispute is open; resolve it');
  if (isContested(state.payment)) return refuse('The bank disputes the payment; a refund would pay twice');
  const kept = keptOf(payment.money);
  const promised = state.plan === null || state.parked !== null ? 0 : kept - state.plan.charge;
  // Two orders can be heard before the first is carried out; the second would only replace it.
  if (promised > 0) return refuse(`A refund of ${promised} is under way`, 'not_ready');
  const back = amount ?? kept;
  if (kept === 0) return refuse('Nothing is left to refund');
  const problem = refundProblem(back, kept, input.currency);
  if (problem !== null) return problem;
  const rest = minor(kept - back);
  const isPending = state.plan === null && (!isConfirmed(state) || state.calendar.startsAt !== state.startsAt);
  if (rest > 0 && isPending) return refuse('The calendar has not followed yet; only all of it can be refunded', 'not_ready');
  const known = state.plan ?? settle(state);
  const plan = rest === 0 ? nothing(reason, by) : adopted(priceOf(state), { ...charged(priceOf(state), rest, reason), fate: known.fate, cancelledBy: known.cancelledBy }, rest);
  return accepted('Refunding', { type: 'decided', at: now, plan, by });
} // prettier-ignore
