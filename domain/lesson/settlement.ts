import type { Resolution } from '../complaint/complaint.ts';
import type { Minor } from '../money.ts';
import { minor, portion, shareOf, zero } from '../money.ts';
import type { Plan, Price } from '../payment/plan.ts';
import * as plan from '../payment/plan.ts';
import { durationMs } from '../time.ts';
import type { Instant } from '../time.ts';
import type { LessonState, Party } from './lesson.ts';

// The one place that decides what a lesson costs. Pure: the same facts always give the same plan.

/** When the lesson is settled by itself. */
export const settlesAt = (state: LessonState): Instant =>
  state.endsAt + durationMs(state.input.policy.terms.graceAfterEnd);

/** The fate of a lesson that ran to its scheduled end: no-show matrix first, then the early-end rule (L3, L11). */
export function settle(state: LessonState): Plan {
  const { noShow } = state.input.policy.terms;
  const absent = (party: Party): boolean => state.attendance[party].joinedAt === null;
  const { amount } = state.input;
  if (absent('student') && absent('tutor')) {
    return noShow.both === 'release'
      ? plan.nothing('No-show by both parties')
      : charged(state, amount, 'No-show by both parties');
  }
  if (absent('student')) {
    return noShow.student === 'capture'
      ? charged(state, amount, 'No-show by the student')
      : plan.nothing('No-show by the student');
  }
  if (absent('tutor')) {
    return noShow.tutor === 'capture'
      ? charged(state, amount, 'No-show by the tutor')
      : plan.nothing('No-show by the tutor');
  }
  if (state.callEndedAt === null || state.callEndedAt >= state.endsAt)
    return charged(state, amount, 'Lesson held');
  const { rule } = state.input.policy.terms.earlyEnd;
  return charged(state, earlyEndPrice(state), `Ended early, rule ${rule}`);
}

/** What an early end costs: the whole price, the used minutes, or at least a minimum share (L11). */
function earlyEndPrice(state: LessonState): Minor {
  const { amount, currency, policy } = state.input;
  const { earlyEnd } = policy.terms;
  if (earlyEnd.rule === 'full') return amount;
  const lengthMs = state.endsAt - state.startsAt;
  const roundMs = Math.max(1, durationMs(earlyEnd.roundUpTo));
  const usedMs = Math.min(lengthMs, Math.ceil(usedTimeMs(state) / roundMs) * roundMs);
  const used = portion(amount, usedMs, lengthMs, currency);
  if (earlyEnd.rule === 'pro_rata') return used;
  return minor(Math.max(used, shareOf(amount, earlyEnd.minimumBps, currency)));
}

/** From the later of the two first joins to the earlier of the call's end and the scheduled end. */
function usedTimeMs(state: LessonState): number {
  const { student, tutor } = state.attendance;
  const from = Math.max(student.joinedAt ?? state.endsAt, tutor.joinedAt ?? state.endsAt);
  const to = Math.min(state.callEndedAt ?? state.endsAt, state.endsAt);
  return Math.max(0, to - from);
}

/** What a cancellation costs: the payer pays by the tiers, the payee and an admin cancel for free (L13). */
export function cancellation(
  state: LessonState,
  by: Party | 'admin',
  reason: string,
  at: Instant,
  isPaid: boolean,
): Plan {
  const { cancelTiers } = state.input.policy.terms;
  const paysTier = by === 'student' && isPaid;
  const charge = paysTier ? plan.tierCharge(priceOf(state), cancelTiers, state.startsAt - at) : zero;
  return { ...charged(state, charge, reason), fate: 'cancelled', cancelledBy: by };
}

/** The plan a resolved complaint leads to: the payee's side is the price, the rest goes back (L14). */
export function resolution(state: LessonState, { outcome, payeeSide, reason, by }: Resolution): Plan {
  if (outcome === 'refund' || payeeSide === 0) {
    return plan.nothing(`Dispute resolved: ${reason}`, by);
  }
  return charged(state, payeeSide, `Dispute resolved: ${reason}`);
}

/** What this lesson's plans are reckoned from. */
const priceOf = ({ input: { amount, currency, policy } }: LessonState): Price => {
  const { platformFeeBps: feeBps, belowMinimum } = policy.terms;
  return { amount, currency, feeBps, belowMinimum };
};

/** A charge of this much, divided by the policy; below Stripe's minimum the policy's rule decides. */
export const charged = (state: LessonState, charge: Minor, reason: string): Plan =>
  plan.charged(priceOf(state), charge, reason);

/** The plan for an amount that Stripe already captured: its truth stands and is divided by the same policy. */
export const adopted = (state: LessonState, known: Plan, captured: Minor): Plan =>
  plan.adopted(priceOf(state), known, captured);
