import type { StoryLine } from '../machine.ts';
import { lineOf, opening } from '../machine.ts';
import { applyComplaint, complaintLine, escalationAlert } from '../complaint/complaint.ts';
import { assertNever } from '../errors.ts';
import { minor, zero } from '../money.ts';
import { keptOf } from '../payment/books.ts';
import type { MoveFact } from '../payment/moves.ts';
import { moved, refundNews, skipStep } from '../payment/outcome.ts';
import { orderLine } from '../orders.ts';
import { alerted, applyDriverFact, longWait, refused, unlessUnknown } from '../payment/park.ts';
import { decidedLine, nothing } from '../payment/plan.ts';
import { noPayment } from '../payment/payment.ts';
import { tell } from '../payment/story.ts';
import { rulesLine } from '../rules.ts';
import { iso } from '../time.ts';
import type { AnyLessonFact, LessonFact, LessonInput, LessonState } from './lesson.ts';
import { adopted, resolution } from './settlement.ts';

const nobodyYet: LessonState['attendance'] = {
  student: { joinedAt: null, leftAt: null },
  tutor: { joinedAt: null, leftAt: null },
};

/** A lesson nobody has paid yet. */
export const openLesson = (input: LessonInput): LessonState => ({
  ...opening(input.rules, lineOf({ at: input.openedAt }, 'Lesson booked', 'app', null, input.amount)),
  input,
  startsAt: input.startsAt,
  endsAt: input.endsAt,
  attendance: nobodyYet,
  callEndedAt: null,
  payment: noPayment(input.currency, input.policy.terms.platformFeeBps, false),
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
  const kept = keptOf(payment.money);
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
    case 'disputed':
      return { ...state, plan: null, parked: unlessUnknown(state), dispute: applyComplaint(dispute, fact) };
    case 'evidenceGiven':
      return { ...state, dispute: applyComplaint(dispute, fact) };
    case 'escalated':
      return { ...state, alerts: escalationAlert(state.alerts, fact.at), dispute: applyComplaint(dispute, fact) };
    case 'resolved':
      if (dispute === null) return state;
      return { ...state, plan: resolution(state, fact.resolution), parked: unlessUnknown(state), dispute: applyComplaint(dispute, fact) };
    case 'decided':
      return { ...state, plan: fact.plan, parked: null };
    case 'unparked': {
      const known = state.input.tutor;
      const account = fact.account ?? known.account;
      const tutor = fact.stripeAccount === null ? known : { ...known, account, stripeAccount: fact.stripeAccount };
      return { ...state, parked: null, input: { ...state.input, tutor }, payment: { ...state.payment, refusals: {}, pause: null, stale: true } };
    }
    case 'skipped': {
      const operation = state.parked?.operation;
      const payment = skipStep(state.payment, operation);
      const plan = state.plan && operation === 'refund' ? { ...state.plan, charge: minor(keptOf(payment.money)) } : state.plan;
      return { ...state, parked: null, payment, plan };
    }
    case 'lookAgain':
      return { ...state, payment: { ...state.payment, stale: true } };
    case 'rulesAdopted':
      return { ...state, rules: fact.rules };
    default:
      return assertNever(fact);
  }
} // prettier-ignore

/** How a money move came out; Stripe's truth may change the plan. */
function applyOutcome(state: LessonState, fact: MoveFact): LessonState {
  const { after, hasMoved, isOld } = moved(state, fact);
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
  switch (fact.type) {
    case 'joined':
      return lineOf(fact, 'Joined', fact.party);
    case 'left':
      return lineOf(fact, 'Left', fact.party);
    case 'callEnded':
      return lineOf(fact, 'Call ended early', fact.party);
    case 'rescheduled':
      return lineOf(fact, 'Rescheduled', 'app', `${iso(fact.startsAt)} to ${iso(fact.endsAt)}`);
    case 'disputed':
    case 'evidenceGiven':
    case 'escalated':
    case 'resolved':
      return complaintLine(fact);
    case 'decided':
      return decidedLine(fact);
    case 'unparked':
    case 'skipped':
    case 'lookAgain':
      return orderLine(fact);
    case 'rulesAdopted':
      return rulesLine(fact);
    default:
      return assertNever(fact);
  }
}
