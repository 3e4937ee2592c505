import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PreviewQuestion } from '../../domain/lesson/preview.ts';
import { previewLesson } from '../../domain/lesson/preview.ts';
import { minor } from '../../domain/money.ts';
import type { LessonPolicy } from '../../domain/policy.ts';
import { defaultLessonPolicy } from '../../domain/policy.ts';
import { iso } from '../../domain/time.ts';
import { bookedAt, endsAt, lessonInput, ms, startsAt } from './lessons.ts';
import { assertSettled, liveLesson, says } from './world.ts';

const asked = (terms: Partial<LessonPolicy> = {}, more: Partial<PreviewQuestion> = {}): PreviewQuestion => ({
  terms: { ...defaultLessonPolicy, ...terms },
  amount: minor(4999),
  currency: 'usd',
  startsAt,
  endsAt,
  now: bookedAt,
  ...more,
});
const rowsOf = (question: PreviewQuestion) =>
  new Map(previewLesson(question).map((row) => [row.course, row]));

describe('what a policy means, course by course', () => {
  it('the default terms for $49.99', () => {
    const paid = { charged: 4999, platformFee: 1000, payee: 3999, refunded: 0, released: 0 };
    const free = { charged: 0, platformFee: 0, payee: 0, refunded: 0, released: 4999 };
    const half = { charged: 2500, platformFee: 500, payee: 2000, refunded: 0, released: 2499 };
    const dayAfter = iso(endsAt - 1 + ms('P1D'));
    expect(previewLesson(asked())).toEqual([
      { course: 'held', ...paid, at: iso(endsAt) },
      { course: 'ended_early_at_half_time', ...paid, at: iso(endsAt) },
      { course: 'no_show_student', ...paid, at: iso(endsAt) },
      { course: 'no_show_tutor', ...free, at: iso(endsAt) },
      { course: 'no_show_both', ...free, at: iso(endsAt) },
      { course: 'cancelled_by_student:PT24H', ...free, at: iso(startsAt - ms('PT24H')) },
      { course: 'cancelled_by_student:PT0S', ...half, at: iso(startsAt - 1) },
      { course: 'cancelled_by_tutor', ...free, at: iso(startsAt - 1) },
      { course: 'dispute_release', ...paid, at: dayAfter },
      { course: 'dispute_refund', ...free, at: dayAfter },
      { course: 'dispute_split', ...half, at: dayAfter },
    ]);
  });
  it('an early end by minutes charges the half and releases the rest', () => {
    const rows = rowsOf(asked({ earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1S' } }));
    expect(rows.get('ended_early_at_half_time')).toMatchObject({ charged: 2500, released: 2499 });
  });
  it('a dispute that outlives the hold is charged first and refunded then', () => {
    const rows = rowsOf(asked({ holdLife: 'PT44H' }));
    expect(rows.get('dispute_refund')).toMatchObject({
      charged: 4999,
      refunded: 4999,
      released: 0,
      payee: 0,
    });
    expect(rows.get('dispute_split')).toMatchObject({ charged: 4999, refunded: 2499, payee: 2000 });
  });
  it('a tier that has passed gets no row, for nobody can use it any more', () => {
    const courses = [...rowsOf(asked({}, { now: startsAt - ms('PT2H') })).keys()];
    expect(courses).not.toContain('cancelled_by_student:PT24H');
    expect(courses).toContain('cancelled_by_student:PT0S');
    expect(courses).toContain('held');
  });
  it('a lesson too far ahead for a hold costs the same', () => {
    const money = (question: PreviewQuestion) => previewLesson(question).map((row) => ({ ...row, at: null }));
    const far = asked({}, { startsAt: startsAt + ms('P30D'), endsAt: endsAt + ms('P30D') });
    expect(money(far)).toEqual(money(asked()));
  });
  it('a split that Stripe could not charge gets no row', () => {
    expect(rowsOf(asked({}, { amount: minor(60) })).has('dispute_split')).toBe(false);
  });
});

it('every row adds up, whatever the terms: charged = fee + payee + refunded, and with the released it is the price', () => {
  const bps = fc.integer({ min: 0, max: 10_000 });
  fc.assert(
    fc.property(bps, bps, bps, fc.integer({ min: 50, max: 99_999_999 }), fc.integer({ min: 1, max: ms('P30D') }), (fee, tier, least, amount, ahead) => {
      const terms: Partial<LessonPolicy> = {
        platformFeeBps: fee,
        cancelTiers: [{ atLeastBeforeStart: 'PT0S', chargeBps: tier }],
        earlyEnd: { rule: 'minimum', minimumBps: least, roundUpTo: 'PT1M' },
      };
      const times = { startsAt: bookedAt + ahead, endsAt: bookedAt + ahead + ms('PT45M') };
      for (const row of previewLesson(asked(terms, { amount: minor(amount), ...times }))) {
        expect(row.platformFee + row.payee + row.refunded).toBe(row.charged);
        expect(row.charged + row.released).toBe(amount);
      }
    }),
    { numRuns: 50 },
  );
}); // prettier-ignore

it('a preview promises exactly what a lived lesson then does', async () => {
  const earlyEnd = { rule: 'pro_rata', roundUpTo: 'PT1M' } as const;
  const run = await liveLesson(lessonInput({ amount: 4999, terms: { earlyEnd } }), {
    visits: [
      says(startsAt, 'join', { party: 'student' }),
      says(startsAt, 'join', { party: 'tutor' }),
      says(startsAt + (endsAt - startsAt) / 2, 'callEnd', { party: 'tutor' }),
    ],
  });
  assertSettled(run);
  const { captured, feeEarned, transferred, released } = run.state.payment.money;
  expect(rowsOf(asked({ earlyEnd })).get('ended_early_at_half_time')).toMatchObject({
    charged: captured,
    platformFee: feeEarned,
    payee: transferred,
    released,
  });
});

it('the same question always has the same answer', () => {
  expect(previewLesson(asked())).toEqual(previewLesson(asked()));
});
