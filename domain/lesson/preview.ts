import type { Minor } from '../money.ts';
import type { Course, Message, PreviewRow } from '../payment/preview.ts';
import { decisionTakesMs, lived } from '../payment/preview.ts';
import type { LessonPolicy } from '../policy.ts';
import type { Instant } from '../time.ts';
import { durationMs } from '../time.ts';
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

/** What the terms mean: one row per course of events, lived by the very machine that settles real lessons. */
export function previewLesson(question: PreviewQuestion): PreviewRow[] {
  return coursesOf(question).flatMap((course) => courseLived(course, question) ?? []);
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

function courseLived(
  course: Course,
  { terms, now: openedAt, ...booked }: PreviewQuestion,
): PreviewRow | null {
  const policy = { id: 'preview', version: 1, terms };
  const student = { id: 'student', paymentMethod: 'card' };
  const tutor = { id: 'tutor', account: 'account', stripeAccount: 'account' };
  const input = { ...booked, openedAt, id: 'preview', rules: currentRules, student, tutor, policy };
  return lived(lessonMachine, input, course, durationMs(terms.holdLife));
}
