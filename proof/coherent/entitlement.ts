import type { BookingState } from '../../domain/booking/booking.ts';
import type { LessonState } from '../../domain/lesson/lesson.ts';
import type { StoryLine } from '../../domain/machine.ts';
import { durationMs } from '../../domain/time.ts';
import { bps, chargeable, proportion, tierOf } from './amounts.ts';

/** What the payer owes by the rules, and by which of them. */
export interface Entitlement {
  readonly charge: number;
  readonly rule: string;
  /** A person named the amount. */
  readonly isOrdered?: true;
}

type AnyState = LessonState | BookingState;

const owes = (charge: number, rule: string): Entitlement => ({ charge, rule });
const nothing = (rule: string): Entitlement => owes(0, rule);

/** The words that decide about the money; the last of them counts. */
const isDecision = ({ what }: StoryLine): boolean =>
  what === 'Cancelled' || what === 'Settlement decided' || what.startsWith('Dispute resolved');

const fraudWarning = 'Early fraud warning';

/** A warning of fraud gives everything back where the policy says so, unless the money is with the payee or in a complaint (F5). */
function refundsAtOnce(state: AnyState, index: number): boolean {
  if (!isBooking(state) || state.story[index]?.what !== fraudWarning) return false;
  const { action, refundUpTo } = state.input.policy.terms.fraudWarning;
  const before = state.story.slice(0, index).map(({ what }) => what);
  const isTooLate = before.some((what) => divided.has(what)) || before.includes('Dispute opened');
  return action === 'refund' && state.input.amount <= refundUpTo && !isTooLate && before.some((what) => secured.has(what));
} // prettier-ignore

/** Where in the story it was decided about the money for the last time, or -1. */
const decidedAt = (state: AnyState): number =>
  state.story.findLastIndex((line, index) => isDecision(line) || refundsAtOnce(state, index));

/** Lines that say Stripe had taken the payer's money. */
const taken: ReadonlySet<string> = new Set(['Payment captured', 'Payment found captured in Stripe']);

/** Lines that say Stripe had the payer's promise or their money. */
const secured: ReadonlySet<string> = new Set(['Payment authorized', 'Card saved', ...taken]);

/** Lines that say the money is divided. */
const divided: ReadonlySet<string> = new Set([
  'Transferred to the payee',
  'Kept against an older debt',
  'Platform fee earned',
]);

const lost: ReadonlySet<string> = new Set(['Hold expired', 'Hold found cancelled in Stripe']);

const mayCancel: ReadonlySet<string> = new Set(['tutor', 'provider', 'admin']);

const isBooking = (state: AnyState): state is BookingState => 'calendar' in state;

/**
 * What the payer of a settled agreement owes, from the recorded times and the pinned policy alone (L3, L11, L13, L14,
 * B5, B11, B17, B18): the plan that the house made of the same facts is not looked at.
 */
export function entitlementOf(state: AnyState): Entitlement {
  const { story, input } = state;
  const { amount: price, currency, policy } = input;
  const { belowMinimum, cancelTiers } = policy.terms;
  const owed = (wanted: number, rule: string): Entitlement =>
    owes(chargeable(wanted, { price, currency, belowMinimum }), rule);
  if (!isBooking(state) && story.some(({ what }) => lost.has(what))) return nothing('the hold was lost');
  const at = decidedAt(state);
  const word = story[at];
  const wasPaid = story.slice(0, at === -1 ? undefined : at).some(({ what }) => secured.has(what));
  if (word === undefined) return undecided(state, wasPaid, owed);
  if (word.what === fraudWarning) return nothing('the card network warned of fraud');
  if (word.what.startsWith('Dispute resolved')) {
    const { outcome, payeeSide = 0 } = state.dispute?.outcome ?? { outcome: 'refund' };
    const before = { ...state, story: story.slice(0, at) };
    const wasCancelled = before.story[decidedAt(before)]?.what === 'Cancelled';
    const most = wasCancelled ? entitlementOf(before).charge : (takenBefore(state, at) ?? price);
    const side = { release: most, refund: 0, split: Math.min(payeeSide, most) }[outcome];
    const entitled = owed(side, `the complaint was resolved as ${outcome}`);
    return outcome === 'release' ? entitled : { ...entitled, isOrdered: true };
  }
  if (!wasPaid) return nothing('it was given up before it was paid');
  if (word.what === 'Cancelled' && (word.actor === 'student' || word.actor === 'attendee')) {
    const share = tierOf(cancelTiers, state.startsAt - word.at);
    return owed(bps(price, share, currency), `cancelled by the ${word.actor} for ${share} bps`);
  }
  if (word.actor === 'system') return owed(...byTheClock(state));
  // Whoever cancels first does so for free; a later word, or one of nobody in it, is the order of an amount.
  const isOrder = !mayCancel.has(word.actor) || story.slice(0, at).some(isDecision);
  if (word.what === 'Cancelled' && !isOrder) return nothing(`cancelled by ${word.actor}`);
  return { ...owes(word.amount ?? 0, `ordered by ${word.actor}`), isOrdered: true };
}

/** What had been taken of the hold when the word came, or null: the rest is let go and can be taken no more. */
const takenBefore = ({ story }: AnyState, at: number): number | null =>
  story.slice(0, at).findLast(({ what }) => taken.has(what))?.amount ?? null;

/** Lines about refunds of ours, and whether they take money from what is kept or put it back. */
const refundSigns: Readonly<Record<string, number>> = {
  'Payment refunded': 1,
  'Refund begun': 1,
  'A refund failed': -1,
};

/** What was given back, or was on its way back, before the word that decides: nobody can keep it again, whatever that word says. */
export function givenBackBefore(state: AnyState): number {
  const before = state.story.slice(0, Math.max(0, decidedAt(state)));
  return before.reduce((sum, { what, amount }) => sum + (refundSigns[what] ?? 0) * (amount ?? 0), 0);
}

/** Nobody decided in words: it was never paid, the calendar refused it, or somebody did not come. */
function undecided(
  state: AnyState,
  wasPaid: boolean,
  owed: (wanted: number, rule: string) => Entitlement,
): Entitlement {
  if (!wasPaid || !isBooking(state)) return nothing('it was never paid');
  const { absent, calendar } = state;
  if (absent.attendee || absent.provider) return owed(...byTheClock(state));
  if (calendar.uid === null) return nothing('the calendar had no room');
  return owed(state.input.amount, 'held');
}

const byTheClock = (state: AnyState): [number, string] =>
  isBooking(state) ? heldBooking(state) : heldLesson(state);

function heldBooking({ absent, input }: BookingState): [number, string] {
  const who = absent.attendee && absent.provider ? 'both' : absent.attendee ? 'attendee' : 'provider';
  if (!absent.attendee && !absent.provider) return [input.amount, 'the session was held'];
  const isCharged = input.policy.terms.noShow[who] === 'capture';
  return [isCharged ? input.amount : 0, `no-show (${who})`];
}

function heldLesson({ attendance, callEndedAt, startsAt, endsAt, input }: LessonState): [number, string] {
  const { amount: price, currency, policy } = input;
  const { noShow, earlyEnd } = policy.terms;
  const [student, tutor] = [attendance.student.joinedAt, attendance.tutor.joinedAt];
  if (student === null || tutor === null) {
    const who = student === null && tutor === null ? 'both' : student === null ? 'student' : 'tutor';
    return [noShow[who] === 'capture' ? price : 0, `no-show (${who})`];
  }
  if (callEndedAt === null || callEndedAt >= endsAt) return [price, 'the lesson was held'];
  if (earlyEnd.rule === 'full') return [price, 'early end, full price'];
  const roundMs = Math.max(1, durationMs(earlyEnd.roundUpTo));
  const spentMs = Math.max(0, Math.min(callEndedAt, endsAt) - Math.max(student, tutor));
  const billedMs = Math.min(endsAt - startsAt, Math.ceil(spentMs / roundMs) * roundMs);
  const used = proportion(price, billedMs, endsAt - startsAt, currency);
  if (earlyEnd.rule === 'pro_rata') return [used, 'early end, minutes used'];
  return [Math.max(used, bps(price, earlyEnd.minimumBps, currency)), 'early end, at least the minimum'];
}
