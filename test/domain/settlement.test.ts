import { describe, expect, it } from 'vitest';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import type { EarlyEnd, NoShowFate } from '../../domain/policy.ts';
import { bookedAt, endsAt, lessonInput, ms, startsAt } from './lessons.ts';
import type { LessonChoices } from './lessons.ts';
import type { Visit } from './world.ts';
import { assertSettled, liveLesson, movesOf, says } from './world.ts';

const joins = (party: 'student' | 'tutor', at = startsAt): Visit => says(at, 'join', { party });

/** Lives the lesson and answers where its money ended. */
async function settled(choices: LessonChoices, visits: Visit[]) {
  const run = await liveLesson(lessonInput(choices), { visits });
  assertSettled(run);
  const { captured, released, refunded, transferred, feeEarned } = run.state.payment.money;
  const { state, cancelledBy, cancelReason, payment } = lessonMachine.view(run.state);
  const { state: paymentState, legacyStatus } = payment;
  return { captured, released, refunded, transferred, feeEarned, state, cancelledBy, cancelReason, paymentState, legacyStatus, run }; // prettier-ignore
}

describe('no-show (L3)', () => {
  it('nobody joined: the lesson is cancelled by the system, the hold is released and nothing was ever charged', async () => {
    expect(await settled({}, [])).toMatchObject({
      state: 'cancelled',
      cancelledBy: 'system',
      cancelReason: 'No-show by both parties',
      paymentState: 'released',
      legacyStatus: 'refunded',
      captured: 0,
      released: 450,
      refunded: 0,
      transferred: 0,
      feeEarned: 0,
    });
  });

  // Every absence with every clause that speaks of it: 2 x 3 = 6, and presence of both under either clause makes 8.
  const bothThere = [joins('student'), joins('tutor')];
  const cases: [string, Visit[], 'student' | 'tutor' | 'both', NoShowFate][] = [
    ['student', [joins('tutor')], 'student', 'capture'],
    ['student', [joins('tutor')], 'student', 'release'],
    ['tutor', [joins('student')], 'tutor', 'capture'],
    ['tutor', [joins('student')], 'tutor', 'release'],
    ['both', [], 'both', 'capture'],
    ['both', [], 'both', 'release'],
    ['nobody', bothThere, 'both', 'capture'],
    ['nobody', bothThere, 'both', 'release'],
  ];
  it.each(cases)('%s absent, clause says otherwise or not: money goes where the policy says (%#)', async (absent, visits, clause, fate) => {
    const others = fate === 'capture' ? 'release' : 'capture';
    const noShow = { student: others, tutor: others, both: others, [clause]: fate } as const;
    const paid = absent === 'nobody' || fate === 'capture';
    expect(await settled({ terms: { noShow } }, visits)).toMatchObject(
      paid
        ? { captured: 450, feeEarned: 90, transferred: 360, released: 0, state: 'completed' }
        : { captured: 0, feeEarned: 0, transferred: 0, released: 450, state: 'cancelled', cancelledBy: 'system' },
    );
  }); // prettier-ignore

  it('by default an absent student pays and an absent tutor gets nothing', async () => {
    expect(await settled({}, [joins('tutor')])).toMatchObject({ captured: 450, transferred: 360 });
    expect(await settled({}, [joins('student')])).toMatchObject({ captured: 0, released: 450, cancelReason: 'No-show by the tutor' }); // prettier-ignore
  });

  it('who only calls an end without having joined was not there', async () => {
    const end = says(startsAt + ms('PT10M'), 'end', { party: 'student' });
    expect(await settled({}, [end])).toMatchObject({ captured: 0, state: 'cancelled' });
  });
});

describe('early end (L11): 25 minutes at $50.00', () => {
  const early = (rule: EarlyEnd, from: string, to: string, more: Partial<LessonChoices['terms']> = {}) =>
    settled({ amount: 5000, terms: { earlyEnd: rule, ...more } }, [
      joins('student', startsAt - ms('PT5M')),
      joins('tutor', startsAt + ms(from)),
      says(startsAt + ms(to), 'callEnd', { party: 'tutor' }),
    ]);
  const proRata: EarlyEnd = { rule: 'pro_rata', roundUpTo: 'PT1S' };

  it('full: a call of a minute costs the whole lesson', async () => {
    expect(await early({ rule: 'full' }, 'PT0S', 'PT1M')).toMatchObject({ captured: 5000, transferred: 4000, feeEarned: 1000 }); // prettier-ignore
  });
  it('pro rata: ten of 25 minutes cost two fifths, the rest of the hold is released and never refunded', async () => {
    expect(await early(proRata, 'PT0S', 'PT10M')).toMatchObject({ captured: 2000, released: 3000, refunded: 0, transferred: 1600, feeEarned: 400, state: 'completed' }); // prettier-ignore
  });
  it('pro rata counts from the later of the two first joins', async () => {
    expect(await early(proRata, 'PT5M', 'PT10M')).toMatchObject({ captured: 1000, released: 4000 });
  });
  it('time is rounded up to the minute: 9 min 1 s cost ten minutes', async () => {
    const rule: EarlyEnd = { rule: 'pro_rata', roundUpTo: 'PT1M' };
    expect(await early(rule, 'PT0S', 'PT9M1S')).toMatchObject({ captured: 2000 });
    expect(await early(rule, 'PT0S', 'PT9M')).toMatchObject({ captured: 1800 });
  });
  it('time rounded up never exceeds the lesson', async () => {
    expect(await early({ rule: 'pro_rata', roundUpTo: 'PT1H' }, 'PT0S', 'PT9M')).toMatchObject({ captured: 5000, released: 0 }); // prettier-ignore
  });
  it('a price between two cents is rounded half up', async () => {
    // 333.4, 166.5 and 75000.5 cents.
    const at = (amount: number, seconds: number) =>
      settled({ amount, terms: { earlyEnd: proRata } }, [
        joins('student'),
        joins('tutor'),
        says(startsAt + seconds * 1000, 'callEnd', { party: 'student' }),
      ]);
    expect(await at(5001, 100)).toMatchObject({ captured: 333, released: 4668 });
    expect(await at(4995, 50)).toMatchObject({ captured: 167 });
    expect(await at(150_001, 750)).toMatchObject({ captured: 75_001, released: 75_000 });
  });
  it('minimum: the larger of the used time and the share', async () => {
    const rule: EarlyEnd = { rule: 'minimum', minimumBps: 2500, roundUpTo: 'PT1M' };
    expect(await early(rule, 'PT0S', 'PT1M')).toMatchObject({ captured: 1250 });
    expect(await early(rule, 'PT0S', 'PT10M')).toMatchObject({ captured: 2000 });
  });
  it('no common minute costs nothing: the hold is released and the lesson counts as completed', async () => {
    const both = await early(proRata, 'PT15M', 'PT10M');
    expect(both).toMatchObject({ captured: 0, released: 5000, transferred: 0, state: 'completed', cancelledBy: null }); // prettier-ignore
  });
  it('below the least Stripe charges: released, or charged the minimum, as the policy says', async () => {
    expect(await early(proRata, 'PT0S', 'PT10S', { belowMinimum: 'release' })).toMatchObject({ captured: 0, released: 5000 }); // prettier-ignore
    expect(await early(proRata, 'PT0S', 'PT10S', { belowMinimum: 'charge_minimum' })).toMatchObject({ captured: 50, released: 4950, feeEarned: 10, transferred: 40 }); // prettier-ignore
  });
  it('charging the minimum never charges a lesson that costs nothing', async () => {
    expect(await early(proRata, 'PT15M', 'PT10M', { belowMinimum: 'charge_minimum' })).toMatchObject({ captured: 0 }); // prettier-ignore
  });
  it('an end at the scheduled end or later is no early end', async () => {
    expect(await early(proRata, 'PT10M', 'PT25M')).toMatchObject({ captured: 5000 });
  });
  it('with a grace after the end the money moves that much later', async () => {
    const run = await liveLesson(lessonInput({ terms: { graceAfterEnd: 'PT15M' } }), {
      visits: [joins('student'), joins('tutor')],
    });
    assertSettled(run);
    const capture = run.stripe.requests.find(({ move }) => move.type === 'capture');
    expect(capture?.at).toBe(endsAt + ms('PT15M'));
  });
});

describe('cancel before the start (L13): free until 24 h, 30 % until 2 h, then 100 %', () => {
  const cancelTiers = [
    { atLeastBeforeStart: 'PT0S', chargeBps: 10_000 },
    { atLeastBeforeStart: 'PT24H', chargeBps: 0 },
    { atLeastBeforeStart: 'PT2H', chargeBps: 3000 },
  ];
  const cancelled = (by: string, at: number) =>
    settled({ amount: 4999, terms: { cancelTiers } }, [says(at, 'cancel', { by, reason: 'ill' })]);

  it.each([
    ['on the 24 h boundary', startsAt - ms('PT24H'), 0],
    ['a millisecond after the 24 h boundary', startsAt - ms('PT24H') + 1, 1500],
    ['on the 2 h boundary', startsAt - ms('PT2H'), 1500],
    ['a millisecond after the 2 h boundary', startsAt - ms('PT2H') + 1, 4999],
    ['a millisecond before the start', startsAt - 1, 4999],
  ])('the student cancels %s', async (_, at, charge) => {
    const fee = Math.round(charge / 5);
    const lesson = await cancelled('student', at);
    expect(lesson).toMatchObject({ state: 'cancelled', cancelledBy: 'student', cancelReason: 'ill', captured: charge, released: 4999 - charge, feeEarned: fee, transferred: charge - fee, refunded: 0 }); // prettier-ignore
  });
  it.each(['tutor', 'admin'])('when the %s cancels nothing is charged, however late', async (by) => {
    const lesson = await cancelled(by, startsAt - 1);
    expect(lesson).toMatchObject({ state: 'cancelled', cancelledBy: by, captured: 0, released: 4999, transferred: 0 }); // prettier-ignore
  });
  it.each(['student', 'tutor'])('the %s cannot cancel at the start any more, an admin can', async (by) => {
    const late = await cancelled(by, startsAt);
    expect(late.run.told).toMatchObject([{ accepted: false }]);
    expect(await cancelled('admin', startsAt)).toMatchObject({ captured: 0, state: 'cancelled' });
  });
  it('a cancel that a slow worker hears after the start counts from when the API heard it', async () => {
    const visit = says(startsAt + ms('PT5M'), 'cancel', { by: 'student', reason: 'ill', at: startsAt - ms('PT2H') }); // prettier-ignore
    expect(await settled({ amount: 4999, terms: { cancelTiers } }, [visit])).toMatchObject({ captured: 1500, state: 'cancelled' }); // prettier-ignore
  });
  it('a charge below the least Stripe charges is not charged', async () => {
    const cheap = [{ atLeastBeforeStart: 'PT0S', chargeBps: 100 }];
    const visits = [says(startsAt - 1, 'cancel', { by: 'student', reason: 'ill' })];
    expect(await settled({ terms: { cancelTiers: cheap } }, visits)).toMatchObject({ captured: 0, released: 450, state: 'cancelled' }); // prettier-ignore
  });
  it('a lesson cancelled before it was paid costs nothing and holds nothing', async () => {
    const visits = [says(bookedAt + ms('PT1M'), 'cancel', { by: 'student', reason: 'no' })];
    const lesson = await settled({ paymentMethod: null }, visits);
    expect(lesson).toMatchObject({ captured: 0, released: 0, state: 'cancelled', paymentState: 'failed' });
  });
  it('a cancel while the hold is being made lets that hold go', async () => {
    const visits = [says(bookedAt + 100, 'cancel', { by: 'tutor', reason: 'no' })];
    const lesson = await settled({}, visits);
    expect(movesOf(lesson.run)).toEqual(['authorize 450', 'release']);
    expect(lesson).toMatchObject({ captured: 0, released: 450, state: 'cancelled' });
  });
});
