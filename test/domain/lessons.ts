// test/domain/: the machine's proof. Claims about money, made of facts alone: no Temporal, no HTTP, no clock but ours.
// world.ts lives a lesson, stripe-books.ts is the bank it talks to, lessons.ts says what the usual lesson is.
import type { LessonInput } from '../../domain/lesson/lesson.ts';
import { currentRules } from '../../domain/lesson/lesson.ts';
import { minor } from '../../domain/money.ts';
import type { LessonPolicy } from '../../domain/policy.ts';
import { defaultLessonPolicy } from '../../domain/policy.ts';
import { durationMs } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';

/** Milliseconds of an ISO-8601 duration; short because tests are made of times. */
export const ms = durationMs;

/** An instant as tests write it. */
export const utc = (text: string): Instant => Date.parse(text);

/** The usual lesson: booked 35 hours ahead, 23:00 to 23:25, $4.50, terms of the specification. */
export const bookedAt = utc('2026-11-30T12:00:00Z');
export const startsAt = utc('2026-12-01T23:00:00Z');
export const endsAt = utc('2026-12-01T23:25:00Z');

export interface LessonChoices {
  readonly terms?: Partial<LessonPolicy>;
  readonly amount?: number;
  readonly currency?: string;
  readonly startsAt?: Instant;
  readonly endsAt?: Instant;
  readonly paymentMethod?: string | null;
}

/** The input of the usual lesson with some choices made otherwise. */
export const lessonInput = (choices: LessonChoices = {}): LessonInput => ({
  rules: currentRules,
  id: 'les_42',
  openedAt: bookedAt,
  amount: minor(choices.amount ?? 450),
  currency: choices.currency ?? 'usd',
  startsAt: choices.startsAt ?? startsAt,
  endsAt: choices.endsAt ?? endsAt,
  student: {
    id: 'stu_1',
    paymentMethod: choices.paymentMethod === undefined ? 'pm_card_visa' : choices.paymentMethod,
  },
  tutor: { id: 'tut_1', account: 'tut_acct_1', stripeAccount: 'acct_1' },
  policy: { id: 'default', version: 1, terms: { ...defaultLessonPolicy, ...choices.terms } },
});

/** A lesson far beyond a hold's life: booked on 30 November for 25 December. */
export const farAhead: LessonChoices = {
  startsAt: utc('2026-12-25T10:00:00Z'),
  endsAt: utc('2026-12-25T11:00:00Z'),
};
