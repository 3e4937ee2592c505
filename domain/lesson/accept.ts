import { acceptEvidence, acceptResolve } from '../complaint/accept.ts';
import { isOpen } from '../complaint/complaint.ts';
import { assertNever } from '../errors.ts';
import type { Accepted, Refusal } from '../machine.ts';
import { refuse } from '../machine.ts';
import { chargeProblem, minor } from '../money.ts';
import { acceptRetry, acceptSkip, refundProblem } from '../orders.ts';
import { keptOf } from '../payment/books.ts';
import { isRead, mayBeMoving } from '../payment/payment.ts';
import { adoptRules } from '../rules.ts';
import { durationMs, farthestAheadMs, iso } from '../time.ts';
import type { Instant } from '../time.ts';
import { nothing } from '../payment/plan.ts';
import type { LessonCommand, LessonFact, LessonState } from './lesson.ts';
import { currentRules, isSecured } from './lesson.ts';
import { adopted, cancellation, charged, settlesAt } from './settlement.ts';

type Verdict = Refusal | Accepted<LessonFact>;
type CommandOf<N extends LessonCommand['name']> = Extract<LessonCommand, { name: N }>;

const accepted = (message: string, ...facts: LessonFact[]): Accepted<LessonFact> => ({ facts, message });

/** The guard of a lesson: why a command is refused now, or the facts it adds. Pure and synchronous. */
export function accept(state: LessonState, command: LessonCommand, now: Instant): Verdict {
  switch (command.name) {
    case 'join':
      return join(state, command);
    case 'callEnd':
    case 'end':
      return end(state, command);
    case 'cancel':
      return cancel(state, command);
    case 'reschedule':
      return reschedule(state, command, now);
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
      if (state.payment.intent === null && state.payment.card === null) return refuse('Stripe knows nothing of this lesson yet');
      return accepted('Reading Stripe again', { ...command, type: 'lookAgain', at: now });
    case 'capture':
    case 'release':
      return overrule(state, command, now);
    case 'refund':
      return refund(state, command, now);
    case 'adoptRules':
      return adoptRules(state, command, currentRules, now);
    default:
      return assertNever(command);
  }
} // prettier-ignore

const isOver = (state: LessonState): boolean => state.plan !== null;

/** A look at Stripe crosses nothing: what it finds is fitted into whatever was decided meanwhile. */
const isMoving = ({ performing }: LessonState): boolean => performing !== null && !isRead(performing);

function join(state: LessonState, { party, at }: CommandOf<'join'>): Verdict {
  if (isOver(state)) return refuse('The lesson is already settled or cancelled');
  if (!isSecured(state)) return refuse('The lesson is not paid yet');
  if (at >= state.endsAt) return refuse('The lesson is over');
  const { joinedAt } = state.attendance[party];
  if (joinedAt !== null && joinedAt <= at) return accepted('Already joined');
  return accepted('Joined', { type: 'joined', at, party });
}

/** Both ends of a lesson never overwrite: they add what they know, the rest is the scheduled end's (L5, L6). */
function end(state: LessonState, { name, party, at }: CommandOf<'callEnd' | 'end'>): Verdict {
  if (isOver(state)) return accepted('The lesson is already closed, nothing changes');
  if (!isSecured(state)) return accepted('The lesson was never paid, nothing changes');
  const { joinedAt, leftAt } = state.attendance[party];
  const started = Object.values(state.attendance).some((one) => one.joinedAt !== null);
  if (at < state.startsAt && !started) return refuse('The lesson has not started');
  if (joinedAt !== null && at < joinedAt) return refuse('The end lies before the beginning');
  const facts: LessonFact[] = [];
  if (leftAt === null) facts.push({ type: 'left', at, party });
  const isEarly = at < state.endsAt;
  const again = state.callEndedAt !== null;
  if (isEarly && (!again || at < (state.callEndedAt ?? 0))) facts.push({ type: 'callEnded', at, party });
  if (again) return accepted('Already ended early, awaiting finalization', ...facts);
  const what = name === 'callEnd' ? 'Call ended' : 'Lesson ended';
  return accepted(
    isEarly ? `${what} early, awaiting the scheduled end` : `${what}, awaiting finalization`,
    ...facts,
  );
}

function cancel(state: LessonState, { by, reason, at }: CommandOf<'cancel'>): Verdict {
  if (isOver(state)) return refuse('The lesson is already settled or cancelled');
  if (isOpen(state.dispute)) return refuse('A dispute is open; resolve it');
  if (state.performing?.type === 'capture') return refuse('The payment is being captured right now', 'not_ready');
  if (by !== 'admin' && at >= state.startsAt) return refuse('The lesson has started; it can only be disputed');
  const plan = cancellation(state, by, reason, at, isSecured(state));
  return accepted('Cancelled', { type: 'decided', at, plan, by });
} // prettier-ignore

/** Why a lesson cannot take place then, or null. Shared by the door of the API and by reschedule. */
export function scheduleProblem(startsAt: Instant, endsAt: Instant, now: Instant): string | null {
  if (endsAt <= startsAt) return 'endsAt must be after startsAt';
  if (endsAt <= now) return 'endsAt must not be in the past';
  if (startsAt - now > farthestAheadMs) return 'startsAt must be within two years';
  return null;
}

function reschedule(state: LessonState, { startsAt, endsAt }: CommandOf<'reschedule'>, now: Instant): Verdict {
  if (isOver(state)) return refuse('The lesson is already settled or cancelled');
  if (isOpen(state.dispute)) return refuse('A dispute is open; resolve it');
  if (now >= state.startsAt) return refuse('The lesson has started');
  const problem = scheduleProblem(startsAt, endsAt, now);
  if (problem !== null) return refuse(problem, 'invalid');
  const { intent, card } = state.payment;
  // The date decides between a hold and a saved card, and a key of Stripe's stands for one of them only.
  if (intent === null && card === null) return refuse('Its payment is just beginning', 'not_ready');
  const { graceAfterEnd, holdLife, holdMargin } = state.input.policy.terms;
  const neededUntil = endsAt + durationMs(graceAfterEnd) + durationMs(holdMargin);
  const livesUntil = intent?.captureBefore ?? now + durationMs(holdLife);
  if (intent !== null && intent.status !== 'captured' && livesUntil < neededUntil) {
    return refuse(`The hold lives until ${iso(livesUntil)}; cancel and book again for a later date`);
  }
  return accepted('Rescheduled', { type: 'rescheduled', at: now, startsAt, endsAt });
} // prettier-ignore

/** The payee's share is sent, or there was none and the platform booked the whole as its fee. */
const isDivided = ({ payment: { money } }: LessonState): boolean =>
  money.transferred > 0 || money.feeEarned > 0;

/** A complaint counts until the money is settled; a worker that comes late does not shorten that (L14). */
function dispute(state: LessonState, { by, reason, statement, at }: CommandOf<'dispute'>): Verdict {
  if (isOpen(state.dispute)) return refuse('A dispute is already open');
  if (state.dispute !== null) return refuse('The dispute was already resolved');
  if (!isSecured(state)) return refuse('There is no payment to dispute');
  if (state.plan?.fate === 'cancelled') return refuse('The lesson is cancelled');
  if (mayBeMoving(state, 'transfer') || mayBeMoving(state, 'earnFee')) return refuse('The money is being transferred right now', 'not_ready');
  if (mayBeMoving(state, 'release')) return refuse('The hold is being released right now', 'not_ready');
  if (isDivided(state)) return refuse('The money was already transferred');
  const isHeldAfterSettlement = state.payment.intent?.status === 'captured';
  if (at >= settlesAt(state) && !isHeldAfterSettlement) return refuse('The lesson is being settled');
  return accepted('Disputed, the money stays where it is', {
    type: 'disputed',
    at,
    by,
    reason,
    statement,
  });
} // prettier-ignore

/** A person settles before the time: takes the money now, or lets it go (L9). */
function overrule(state: LessonState, command: CommandOf<'capture'> | CommandOf<'release'>, now: Instant): Verdict {
  const { intent } = state.payment;
  if (intent?.status !== 'authorized') return refuse('No hold is there to capture or release');
  if (isMoving(state)) return refuse(`"${state.performing?.type}" is under way`, 'not_ready');
  if (isOpen(state.dispute)) return refuse('A dispute is open; resolve it');
  if (isOver(state) && state.parked === null) return refuse('The lesson is already being settled');
  if (command.name !== 'capture') {
    const plan = nothing(command.reason, command.by);
    return accepted('Releasing the hold', { type: 'decided', at: now, plan, by: command.by });
  }
  const amount = minor(command.amount ?? state.input.amount);
  if (amount > state.payment.money.authorized) return refuse('The hold is smaller than that', 'invalid');
  const problem = chargeProblem(amount, state.input.currency);
  if (problem !== null) return refuse(`amount ${problem}`, 'invalid');
  return accepted('Capturing', { type: 'decided', at: now, plan: charged(state, amount, command.reason), by: command.by });
} // prettier-ignore

/** Gives captured money back before it was transferred; what remains is the payee's by the same policy. */
function refund(state: LessonState, { amount, by, reason }: CommandOf<'refund'>, now: Instant): Verdict {
  if (state.payment.intent?.status !== 'captured') return refuse('Nothing was captured; release the hold instead');
  if (isDivided(state)) return refuse('The money was already transferred');
  if (isMoving(state)) return refuse(`"${state.performing?.type}" is under way`, 'not_ready');
  if (state.payment.unresolved !== null) return refuse(`The outcome of "${state.payment.unresolved.type}" is unknown`, 'not_ready');
  if (isOpen(state.dispute)) return refuse('A dispute is open; resolve it');
  const kept = keptOf(state.payment.money);
  const back = amount ?? kept;
  const problem = refundProblem(back, kept, state.input.currency);
  if (problem !== null) return problem;
  const rest = minor(kept - back);
  const plan = rest === 0 ? nothing(reason, by) : adopted(state, charged(state, rest, reason), rest);
  return accepted('Refunding', { type: 'decided', at: now, plan, by });
} // prettier-ignore
