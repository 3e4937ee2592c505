import { assertNever, invariant } from '../errors.ts';
import { open } from '../live.ts';
import type { Minor } from '../money.ts';
import type { Move, MoveFact, MoveType } from '../payment/moves.ts';
import type { LessonPolicy } from '../policy.ts';
import type { Instant } from '../time.ts';
import { durationMs, iso } from '../time.ts';
import type { LessonCommand, LessonState } from './lesson.ts';
import { currentRules } from './lesson.ts';
import { lessonMachine } from './machine.ts';

/** A lesson somebody thinks of booking at `now` under these terms; amount and times are ones the API would take. */
export interface PreviewQuestion {
  readonly terms: LessonPolicy;
  readonly amount: Minor;
  readonly currency: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly now: Instant;
}

/**
 * Where the money ends in one course of events, in minor units: `charged` is what was captured and equals
 * `platformFee + payee + refunded`; `charged + released` is what was held on the card.
 */
export interface PreviewRow {
  readonly course: string;
  readonly charged: number;
  readonly platformFee: number;
  readonly payee: number;
  readonly refunded: number;
  readonly released: number;
  /** ISO-8601: when the last of it moved; the payee's way to the bank is not counted. */
  readonly at: string;
}

type Message = readonly [at: Instant, name: LessonCommand['name'], body: Readonly<Record<string, unknown>>];
type Course = readonly [course: string, ...messages: Message[]];

/** A complaint is decided by a person on the next day, unless the policy decides sooner. */
const decisionTakesMs = 86_400_000;

/** No course needs more steps; a machine that goes in circles is found here and not in an API request. */
const mostSteps = 500;

/** What the terms mean: one row per course of events, lived by the very machine that settles real lessons. */
export function previewLesson(question: PreviewQuestion): PreviewRow[] {
  return coursesOf(question).flatMap((course) => lived(course, question) ?? []);
}

/** The courses worth showing: those that can still happen at `now`. */
function coursesOf({ terms, startsAt, endsAt, now }: PreviewQuestion): Course[] {
  const student: Message = [startsAt, 'join', { party: 'student', at: startsAt }];
  const tutor: Message = [startsAt, 'join', { party: 'tutor', at: startsAt }];
  const half = startsAt + Math.floor((endsAt - startsAt) / 2);
  const resolveAt = endsAt - 1 + Math.min(decisionTakesMs, durationMs(terms.dispute.resolveAfter) - 1);
  const cancelled = (course: string, by: string, before: string): Course[] => {
    const at = startsAt - Math.max(1, durationMs(before));
    return at < now ? [] : [[course, [at, 'cancel', { by, reason: 'preview' }]]];
  };
  const disputed = (outcome: string, share: object = {}): Course => [
    `dispute_${outcome}`,
    student,
    tutor,
    [endsAt - 1, 'dispute', { by: 'student', reason: 'preview' }],
    [resolveAt, 'resolve', { outcome, reason: 'preview', ...share }],
  ];
  return [
    ['held', student, tutor],
    ['ended_early_at_half_time', student, tutor, [half, 'callEnd', { party: 'tutor', at: half }]],
    ['no_show_student', tutor],
    ['no_show_tutor', student],
    ['no_show_both'],
    ...terms.cancelTiers.flatMap(({ atLeastBeforeStart: before }) =>
      cancelled(`cancelled_by_student:${before}`, 'student', before),
    ),
    ...cancelled('cancelled_by_tutor', 'tutor', 'PT0S'),
    disputed('release'),
    disputed('refund'),
    disputed('split', { payeeBps: 5000 }),
  ];
}

/** Lives one course with a Stripe that grants everything at once; null where the machine refuses what should happen. */
function lived([course, ...messages]: Course, { terms, now: openedAt, ...booked }: PreviewQuestion): PreviewRow | null {
  const policy = { id: 'preview', version: 1, terms };
  const student = { id: 'student', paymentMethod: 'card' };
  const tutor = { id: 'tutor', account: 'account', stripeAccount: 'account' };
  const life = open(lessonMachine, { ...booked, openedAt, id: 'preview', rules: currentRules, student, tutor, policy });
  let now = openedAt;
  let movedAt: Instant | null = null;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const step = lessonMachine.next(life.state, now);
    if (step.kind === 'finished') return messages.length > 0 ? null : row(course, life.state, movedAt ?? now);
    if (step.kind === 'learn') life.learn(step.fact);
    else if (step.kind === 'perform') {
      life.learn({ type: 'began', at: now, effect: step.effect });
      life.learn(granted(step.effect, life.state, now));
      if (settling.has(step.effect.type)) movedAt = now;
    } else {
      const due = (messages[0]?.[0] ?? Infinity) <= (step.until ?? Infinity) ? messages.shift() : undefined;
      now = Math.max(now, due?.[0] ?? step.until ?? now);
      if (due === undefined ? step.until === null : !life.tell(due[1], due[2], now).accepted) return null;
    }
  }
  invariant(false, `the preview "${course}" does not end`);
} // prettier-ignore

const settling: ReadonlySet<MoveType> = new Set(['capture', 'release', 'refund', 'transfer', 'earnFee']);

function row(course: string, { payment: { money } }: LessonState, at: Instant): PreviewRow {
  const { captured, feeEarned, transferred, refunded, released } = money;
  return { course, charged: captured, platformFee: feeEarned, payee: transferred, refunded, released, at: iso(at) };
} // prettier-ignore

/** What an ideal Stripe answers: everything is granted, at once and exactly as asked. */
function granted(move: Move, { payment, input }: LessonState, at: Instant): MoveFact {
  const charge = { paymentIntentId: 'payment', chargeId: 'charge', authorized: payment.money.authorized, at };
  const available = { availableOn: at, settlementCurrency: input.currency, elsewhere: false };
  switch (move.type) {
    case 'createCustomer':
      return { type: 'customerCreated', at, customerId: 'customer' };
    case 'saveCard':
    case 'readCard':
      return { type: 'cardSaved', at, setupIntentId: 'setup', paymentMethod: 'card' };
    case 'authorize':
      return { type: 'authorized', ...charge, amount: move.amount, captureBefore: at + durationMs(input.policy.terms.holdLife) };
    case 'capture':
      return { type: 'captured', ...charge, ...available, amount: move.amount };
    case 'release':
    case 'readPayment':
      return { type: 'holdGone', ...charge, cause: 'ours' };
    case 'refund':
      return { type: 'refunded', at, refundId: 'refund', amount: move.amount, status: 'succeeded' };
    case 'transfer':
      return { type: 'transferred', at, transferId: 'transfer', amount: move.amount, fee: move.fee };
    case 'payOut':
      return { type: 'paidOut', at, payoutId: 'payout', amount: move.amount };
    case 'earnFee':
      return { type: 'feeEarned', at, amount: move.amount };
    default:
      return assertNever(move);
  }
} // prettier-ignore
