import type { StoryLine } from '../machine.ts';
import { assertNever } from '../errors.ts';
import { minor, zero } from '../money.ts';
import type { MoveFact } from '../payment/moves.ts';
import { alerted, applyDriverFact, longWait, refundFailed, refused } from '../payment/park.ts';
import { applyMove, keptOf, noPayment } from '../payment/payment.ts';
import { moveLine, tell } from '../payment/story.ts';
import { rulesLine } from '../rules.ts';
import { iso } from '../time.ts';
import type { AnyLessonFact, LessonFact, LessonInput, LessonState } from './lesson.ts';
import { adopted, nothing, resolution } from './settlement.ts';

const nobodyYet: LessonState['attendance'] = {
  student: { joinedAt: null, leftAt: null },
  tutor: { joinedAt: null, leftAt: null },
};

/** A lesson nobody has paid yet. */
export const openLesson = (input: LessonInput): LessonState => ({
  rev: 0,
  rules: input.rules,
  updatedAt: input.openedAt,
  performing: null,
  heard: [],
  rejected: [],
  parked: null,
  story: [
    { at: input.openedAt, what: 'Lesson booked', actor: 'app', why: null, stripeIds: [], amount: input.amount },
  ],
  alerts: [],
  input,
  startsAt: input.startsAt,
  endsAt: input.endsAt,
  attendance: nobodyYet,
  callEndedAt: null,
  payment: noPayment(input.currency),
  dispute: null,
  plan: null,
}); // prettier-ignore

/** The lesson after one more fact. Facts only accumulate. */
export function apply(state: LessonState, fact: AnyLessonFact): LessonState {
  switch (fact.type) {
    case 'began':
    case 'rejected':
    case 'stripeEvent':
    case 'stuck':
      return applyDriverFact(state, fact);
    case 'joined':
    case 'callEnded':
    case 'left':
    case 'rescheduled':
    case 'disputed':
    case 'evidenceGiven':
    case 'escalated':
    case 'resolved':
    case 'decided':
    case 'unparked':
    case 'skipped':
    case 'lookAgain':
    case 'rulesAdopted': {
      const updatedAt = Math.max(state.updatedAt, fact.at);
      return fitted(applyWord({ ...state, updatedAt, story: tell(state.story, wordLine(fact)) }, fact));
    }
    default:
      return fitted(applyOutcome(state, fact));
  }
}

/** A plan never divides more than Stripe captured and has not given back, whoever captured it and when. */
function fitted(state: LessonState): LessonState {
  const { plan, payment } = state;
  if (plan === null || payment.intent?.status !== 'captured') return state;
  const kept = keptOf(payment);
  return plan.charge > kept ? { ...state, plan: adopted(state, plan, minor(kept)) } : state;
}

type Word = Exclude<LessonFact, MoveFact>;

/** What people said and what the clock decided. */
function applyWord(state: LessonState, fact: Word): LessonState {
  const { attendance, dispute } = state;
  switch (fact.type) {
    case 'joined':
      return { ...state, attendance: { ...attendance, [fact.party]: { ...attendance[fact.party], joinedAt: fact.at } } };
    case 'left':
      return { ...state, attendance: { ...attendance, [fact.party]: { ...attendance[fact.party], leftAt: fact.at } } };
    case 'callEnded':
      return { ...state, callEndedAt: Math.min(state.callEndedAt ?? fact.at, fact.at) };
    case 'rescheduled':
      // Who was early for the old date has not been at the new one.
      return { ...state, startsAt: fact.startsAt, endsAt: fact.endsAt, attendance: nobodyYet, callEndedAt: null };
    case 'disputed': {
      const { at, by, reason, statement } = fact;
      const statements = statement === null ? [] : [{ at, by, text: statement, links: [], files: [] }];
      return { ...state, plan: null, parked: unlessUnknown(state), dispute: { openedAt: at, by, reason, statements, escalated: false, outcome: null } };
    }
    case 'evidenceGiven':
      return dispute === null ? state : { ...state, dispute: { ...dispute, statements: [...dispute.statements, fact.statement] } };
    case 'escalated': {
      const alerts = alerted(state.alerts, 'DISPUTE_ESCALATED', fact.at, 'A dispute waits for a decision past its deadline');
      return dispute === null ? state : { ...state, alerts, dispute: { ...dispute, escalated: true } };
    }
    case 'resolved': {
      if (dispute === null) return state;
      const plan = resolution(state, fact.resolution);
      return { ...state, plan, parked: unlessUnknown(state), dispute: { ...dispute, outcome: fact.resolution } };
    }
    case 'decided':
      return { ...state, plan: fact.plan, parked: null };
    case 'unparked': {
      const known = state.input.tutor;
      const account = fact.account ?? known.account;
      const tutor = fact.stripeAccount === null ? known : { ...known, account, stripeAccount: fact.stripeAccount };
      return { ...state, parked: null, input: { ...state.input, tutor }, payment: { ...state.payment, refusals: {}, pause: null, stale: true } };
    }
    case 'skipped':
      return skip({ ...state, parked: null, payment: { ...state.payment, pause: null, unresolved: null } }, state.parked?.operation);
    case 'lookAgain':
      return { ...state, payment: { ...state.payment, stale: true } };
    case 'rulesAdopted':
      return { ...state, rules: fact.rules };
    default:
      return assertNever(fact);
  }
} // prettier-ignore

/** A decision about the money takes the place of the step that was parked, unless nobody knows whether it was taken. */
const unlessUnknown = ({ parked, payment }: LessonState): LessonState['parked'] =>
  payment.unresolved === null ? null : parked;

/** A person took a step elsewhere, or gave it up: the story goes on as if it were over. */
function skip(state: LessonState, operation: string | undefined): LessonState {
  const { payment, plan } = state;
  switch (operation) {
    case 'transfer':
      return { ...state, payment: { ...payment, transferSkipped: true, payoutOver: true } };
    case 'payOut':
      return { ...state, payment: { ...payment, payoutOver: true } };
    case 'refund':
      return plan === null ? state : { ...state, plan: { ...plan, charge: minor(payment.money.captured - payment.money.refunded) } };
    default:
      return state;
  }
} // prettier-ignore

/** How a money move came out; Stripe's truth may change the plan. */
function applyOutcome(state: LessonState, fact: MoveFact): LessonState {
  const was = state.payment.intent?.status;
  const payment = applyMove(state.payment, fact, state.performing);
  const hasMoved = payment.intent?.status !== was;
  const isSame = JSON.stringify(payment.money) === JSON.stringify(state.payment.money);
  const isSeen = fact.type === 'authorized' || fact.type === 'captured' || fact.type === 'holdGone';
  const isOld = !hasMoved && isSame && isSeen;
  const waitsAgain = (payment.waits ?? 0) > 1 && (fact.type === 'accountNotReady' || fact.type === 'fundsNotAvailable');
  const after: LessonState = {
    ...state,
    payment,
    performing: null,
    updatedAt: Math.max(state.updatedAt, fact.at),
    // Whatever a person was asked to help with is answered by Stripe itself once the payment has moved on.
    parked: hasMoved ? null : state.parked,
    story: isOld || waitsAgain || (isSeen && !hasMoved) ? state.story : tell(state.story, moveLine(fact)),
  };
  if (isOld) return after;
  switch (fact.type) {
    case 'captured':
      return refundNews(state, hasMoved && fact.elsewhere ? capturedElsewhere(after, fact) : after);
    case 'holdGone':
      // A hold that was to be released anyway is gone as planned, whoever let it go.
      return fact.cause === 'ours' || state.plan?.charge === 0 ? after : holdLost(after, fact);
    case 'paymentPending':
    case 'cardPending':
      if (fact.failureCode === null) return after;
      return { ...after, alerts: alerted(after.alerts, 'PAYMENT_FAILED', fact.at, `Payment failed: ${fact.failureCode}`) };
    case 'accountNotReady':
      return longWait(after, 'transfer', fact.at);
    case 'fundsNotAvailable':
      return longWait(after, fact.move, fact.at);
    case 'refused':
      if (isUnpayable(fact)) return unpayable(after, fact);
      return refused(after, fact, state.input.policy.terms.moneyTries);
    default:
      return after;
  }
} // prettier-ignore

type Refused = Extract<MoveFact, { type: 'refused' }>;

/** Stripe will not take this payment as it was asked for; only wrong credentials of ours are worth an operator's time. */
const isUnpayable = ({ move, code }: Refused): boolean =>
  (move === 'authorize' || move === 'saveCard') && code !== 'authentication' && code !== 'permission';

/** Nothing is at stake yet, so the lesson is cancelled rather than left waiting for a person. */
const unpayable = (state: LessonState, fact: Refused): LessonState => ({
  ...state,
  plan: {
    ...(state.plan ?? nothing(`Stripe refused the payment: ${fact.code}`)),
    charge: zero,
    fee: zero,
    payee: zero,
  },
  alerts: alerted(state.alerts, 'PAYMENT_FAILED', fact.at, `${fact.move} refused: ${fact.code}`),
});

/** Somebody captured in Stripe: what Stripe has is what is divided, and people are told. */
function capturedElsewhere(state: LessonState, fact: Extract<MoveFact, { type: 'captured' }>): LessonState {
  const message = `Stripe holds a capture of ${fact.amount} that was not ours`;
  const alerts = alerted(state.alerts, 'PAYMENT_OUT_OF_SYNC', fact.at, message);
  const { plan } = state;
  // A cancellation costs what its tier says, whoever captured how much: the rest is given back.
  const adopts = plan?.fate === 'completed' && plan.charge > 0 && plan.charge !== fact.amount;
  return { ...state, alerts, plan: adopts ? adopted(state, plan, fact.amount) : plan };
}

/** Refunds that a read found or missed: made by somebody else, or ours that failed days later (E2). */
function refundNews(before: LessonState, after: LessonState): LessonState {
  const [was, is] = [before.payment.money.refunded, after.payment.money.refunded];
  const at = after.updatedAt;
  const told = (what: string, amount: number) =>
    tell(after.story, { at, what, actor: 'stripe', why: null, stripeIds: after.payment.refundIds, amount });
  if (is < was) return refundFailed({ ...after, story: told('A refund failed', was - is) }, was - is);
  if (is === was || before.payment.unresolved?.type === 'refund') return after;
  const alerts = alerted(
    after.alerts,
    'CHARGE_REFUNDED',
    at,
    `${is - was} was refunded in Stripe, not by us`,
  );
  return { ...after, alerts, story: told('Refund found in Stripe', is - was) };
}

/** The hold is gone and not by us: nothing can be charged, so nothing is owed either. */
function holdLost(state: LessonState, fact: Extract<MoveFact, { type: 'holdGone' }>): LessonState {
  const reason = fact.cause === 'expired' ? 'The hold expired' : 'The hold was cancelled in Stripe';
  const alerts = alerted(state.alerts, 'PAYMENT_CANCELED', fact.at, reason);
  const dispute = state.dispute && { ...state.dispute, outcome: state.dispute.outcome ?? {
    at: fact.at, by: 'system', outcome: 'refund' as const, payeeSide: minor(0), reason,
  } };
  return { ...state, alerts, dispute, plan: nothing(reason), parked: null };
} // prettier-ignore

/** The line a person reads about a word that was accepted. */
function wordLine(fact: Word): StoryLine {
  const line = (what: string, actor: string, why: string | null = null, amount: number | null = null): StoryLine =>
    ({ at: fact.at, what, actor, why, stripeIds: [], amount }); // prettier-ignore
  switch (fact.type) {
    case 'joined':
      return line('Joined', fact.party);
    case 'left':
      return line('Left', fact.party);
    case 'callEnded':
      return line('Call ended early', fact.party);
    case 'rescheduled':
      return line('Rescheduled', 'app', `${iso(fact.startsAt)} to ${iso(fact.endsAt)}`);
    case 'disputed':
      return line('Dispute opened', fact.by, fact.reason);
    case 'evidenceGiven':
      return line('Evidence given', fact.statement.by);
    case 'escalated':
      return line('Dispute escalated', 'system', 'policy dispute.escalateAfter');
    case 'resolved': {
      const { by, outcome, reason, payeeSide } = fact.resolution;
      return line(`Dispute resolved: ${outcome}`, by, reason, payeeSide);
    }
    case 'decided':
      return line(
        fact.plan.fate === 'cancelled' ? 'Cancelled' : 'Settlement decided',
        fact.by,
        fact.plan.reason,
        fact.plan.charge,
      );
    case 'unparked':
      return line('Tried again', fact.by, fact.reason);
    case 'skipped':
      return line('Step skipped', fact.by, fact.reason);
    case 'lookAgain':
      return line('Stripe read again', fact.by, fact.reason);
    case 'rulesAdopted':
      return rulesLine(fact);
    default:
      return assertNever(fact);
  }
}
