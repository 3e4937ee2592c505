import { describe, expect, it } from 'vitest';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { bookedAt, endsAt, farAhead, lessonInput, ms, startsAt, utc } from './lessons.ts';
import type { LessonChoices } from './lessons.ts';
import type { Circumstances, Run, Visit } from './world.ts';
import { assertSettled, happens, hears, liveLesson, movesOf, says } from './world.ts';

const start = farAhead.startsAt ?? 0;
const held: Visit[] = [says(start, 'join', { party: 'student' }), says(start, 'join', { party: 'tutor' })];
const far = (circumstances: Circumstances = {}, choices: LessonChoices = {}): Promise<Run> =>
  liveLesson(lessonInput({ ...farAhead, ...choices }), {
    ...circumstances,
    visits: [...held, ...(circumstances.visits ?? [])],
  });
const moneyOf = ({ state }: Run) => state.payment.money;
const requestAt = (run: Run, type: string): number | undefined =>
  run.stripe.requests.find(({ move }) => move.type === type)?.at;

describe('a lesson beyond the life of a hold (L12)', () => {
  it('saves the card at once, holds the money 36 hours before the start and settles like any other', async () => {
    const run = await far();
    assertSettled(run);
    expect(movesOf(run)).toEqual(['createCustomer', 'saveCard', 'authorize 450', 'capture 450', 'transfer 360', 'payOut 360']); // prettier-ignore
    expect(requestAt(run, 'authorize')).toBe(start - ms('PT36H'));
    expect(run.stripe.requests.find(({ move }) => move.type === 'authorize')?.move).toMatchObject({ customerId: 'cus_1', paymentMethod: 'pm_1' }); // prettier-ignore
  });
  it('is scheduled with a saved card and nothing held', async () => {
    const run = await far({ until: start - ms('P5D') });
    expect(lessonMachine.view(run.state)).toMatchObject({ state: 'scheduled', payment: { state: 'pending', authorized: 0 } }); // prettier-ignore
    expect(lessonMachine.columns(run.state, run.now).nextWakeAt).toBe(start - ms('PT36H'));
  });
  it('a hold that still lives to the settlement and its margin is made at booking', async () => {
    // 4 d 18 h of life, less 6 h of margin, less 25 minutes of lesson.
    const latest = bookedAt + ms('P4DT18H') - ms('PT6H') - ms('PT25M');
    const near = await liveLesson(lessonInput({ startsAt: latest, endsAt: latest + ms('PT25M') }));
    const beyond = await liveLesson(lessonInput({ startsAt: latest + 1, endsAt: latest + ms('PT25M') + 1 }));
    [near, beyond].forEach(assertSettled);
    expect(movesOf(near)[0]).toBe('authorize 450');
    expect(movesOf(beyond)[0]).toBe('createCustomer');
  });
  it('a card declined when it is to be saved, and never replaced, ends at the pay deadline with no hold', async () => {
    const run = await far({ deviations: { saveCard: ['declined'] } });
    assertSettled(run);
    expect(run.stripe.intents).toEqual([]);
    expect(lessonMachine.view(run.state)).toMatchObject({ state: 'cancelled', payment: { state: 'failed' } });
    expect(run.now).toBeLessThan(bookedAt + ms('PT31M'));
  });
  it.each(['declined', 'needs_action'] as const)('a card that is %s when saved and then made good keeps the lesson', async (deviation) => {
    const at = bookedAt + ms('PT5M');
    const visits = [happens(at, (stripe) => stripe.customerPays()), hears(at + 1, 'setup_intent.succeeded')];
    const run = await far({ deviations: { saveCard: [deviation] }, visits });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, transferred: 360 });
  }); // prettier-ignore
  it.each(['declined', 'needs_action'] as const)('%s when the hold is made: the customer has until the start to make it good', async (deviation) => {
    const paidAt = start - ms('PT1H');
    const visits = [happens(paidAt, (stripe) => stripe.customerPays()), hears(paidAt + 1, 'payment_intent.amount_capturable_updated')];
    const paid = await far({ deviations: { authorize: [deviation] }, visits });
    const unpaid = await far({ deviations: { authorize: [deviation] } });
    [paid, unpaid].forEach(assertSettled);
    expect(moneyOf(paid)).toMatchObject({ captured: 450, transferred: 360 });
    expect(moneyOf(unpaid)).toMatchObject({ authorized: 0, captured: 0 });
    expect(lessonMachine.view(unpaid.state)).toMatchObject({ state: 'cancelled', cancelReason: 'The payment was not completed in time' });
    expect(requestAt(unpaid, 'release')).toBeGreaterThanOrEqual(start);
  }); // prettier-ignore
  it('cancelled while only the card is saved: nothing is charged where the tier is free', async () => {
    const run = await far({ visits: [says(start - ms('P5D'), 'cancel', { by: 'student', reason: 'ill' })] });
    assertSettled(run);
    expect(run.stripe.intents).toEqual([]);
    expect(run.outcome).toBe('cancelled');
  });
  it('cancelled while only the card is saved: the fee of the tier is still charged, from the saved card', async () => {
    const cancelTiers = [{ atLeastBeforeStart: 'PT0S', chargeBps: 5000 }];
    const visits = [says(start - ms('P5D'), 'cancel', { by: 'student', reason: 'ill' })];
    const run = await far({ visits }, { terms: { cancelTiers }, amount: 1000 });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 500, feeEarned: 100, transferred: 400 });
  });
  it.each(['refused', 'declined'] as const)('a cancellation fee that is %s by the bank is given up: nobody asks for ever', async (how) => {
    const cancelTiers = [{ atLeastBeforeStart: 'PT0S', chargeBps: 5000 }];
    const visits = [says(start - ms('P5D'), 'cancel', { by: 'student', reason: 'ill' })];
    const run = await far({ visits, deviations: { authorize: [how] } }, { terms: { cancelTiers }, amount: 1000 });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 0, transferred: 0 });
    expect(run.state.alerts.map(({ type }) => type)).toEqual(['PAYMENT_FAILED']);
  }); // prettier-ignore
  it('a dispute over a saved card that is resolved for the tutor pays the tutor', async () => {
    const at = start - ms('P5D');
    const visits = [
      says(at, 'dispute', { by: 'tutor', reason: 'x' }),
      says(at + 10, 'resolve', { outcome: 'release', reason: 'x' }),
    ];
    const run = await far({ visits });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, transferred: 360 });
  });
  it('a lesson so long that its hold dies before the end is captured to the platform and settled from there', async () => {
    const long = { startsAt: bookedAt + ms('P2D'), endsAt: bookedAt + ms('P12D') };
    const nobody = await liveLesson(lessonInput(long));
    assertSettled(nobody);
    expect(moneyOf(nobody)).toMatchObject({ captured: 450, refunded: 450 });
    expect(requestAt(nobody, 'capture')).toBeLessThanOrEqual(nobody.stripe.intent.captureBefore - ms('PT6H'));
    expect(requestAt(nobody, 'refund')).toBeGreaterThanOrEqual(long.endsAt);
  });
});

describe('reschedule (L13) keeps the same money and re-arms the timers', () => {
  const move = (at: number, to: number, minutes = 25): Visit =>
    says(at, 'reschedule', { startsAt: to, endsAt: to + ms(`PT${minutes}M`) });
  const at = bookedAt + ms('PT1H');

  it('a day later: the same hold is captured at the new end', async () => {
    const to = startsAt + ms('P1D');
    const visits = [
      move(at, to),
      says(to, 'join', { party: 'student' }),
      says(to, 'join', { party: 'tutor' }),
    ];
    const run = await liveLesson(lessonInput(), { visits });
    assertSettled(run);
    expect(movesOf(run)).toEqual(['authorize 450', 'capture 450', 'transfer 360', 'payOut 360']);
    expect(requestAt(run, 'capture')).toBe(to + ms('PT25M'));
  });
  it('earlier: it is settled at the earlier end', async () => {
    const run = await liveLesson(lessonInput(), { visits: [move(at, startsAt - ms('PT10H'))] });
    assertSettled(run);
    expect(requestAt(run, 'release')).toBe(endsAt - ms('PT10H'));
  });
  it('the cancellation tiers count from the new start', async () => {
    const visits = [
      move(at, startsAt + ms('P2D')),
      says(startsAt, 'cancel', { by: 'student', reason: 'ill' }),
    ];
    const run = await liveLesson(lessonInput(), { visits });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 0, released: 450 });
  });
  it('beyond the life of the hold it is refused, and the lesson stays where it was', async () => {
    const visits = [move(at, startsAt + ms('P9D'))];
    const run = await liveLesson(lessonInput(), { visits });
    assertSettled(run);
    expect(run.told).toMatchObject([{ name: 'reschedule', accepted: false }]);
    expect(requestAt(run, 'release')).toBe(endsAt);
  });
  it('with only a saved card any date is fine, and the hold follows the new date', async () => {
    const to = start + ms('P30D');
    const run = await liveLesson(lessonInput(farAhead), { visits: [move(start - ms('P5D'), to)] });
    assertSettled(run);
    expect(requestAt(run, 'authorize')).toBe(to - ms('PT36H'));
  });
  it('with only a saved card and a date close by the money is held at once', async () => {
    const run = await liveLesson(lessonInput(farAhead), { visits: [move(at, bookedAt + ms('PT10H'))] });
    assertSettled(run);
    expect(requestAt(run, 'authorize')).toBe(at);
  });
  it('who was early for the old date has not been at the new one', async () => {
    const visits = [
      says(startsAt - ms('PT20M'), 'join', { party: 'student' }),
      says(startsAt - ms('PT20M'), 'join', { party: 'tutor' }),
      says(startsAt - ms('PT15M'), 'callEnd', { party: 'tutor' }),
      move(startsAt - ms('PT10M'), startsAt + ms('P1D')),
    ];
    const run = await liveLesson(lessonInput(), { visits });
    assertSettled(run);
    expect(lessonMachine.view(run.state)).toMatchObject({ state: 'cancelled', cancelReason: 'No-show by both parties' }); // prettier-ignore
    expect(moneyOf(run)).toMatchObject({ captured: 0, released: 450 });
  });
  it.each([
    ['once it has started', startsAt, startsAt + ms('P1D'), 25],
    ['to an end before its start', at, startsAt, -5],
    ['into the past', at, bookedAt - ms('P1D'), 25],
    ['more than two years ahead', at, startsAt + ms('P800D'), 25],
  ])('is refused %s', async (_, when, to, minutes) => {
    const body = { startsAt: to, endsAt: to + minutes * 60_000 };
    const run = await liveLesson(lessonInput(), { visits: [says(when, 'reschedule', body)] });
    assertSettled(run);
    expect(run.told).toMatchObject([{ accepted: false }]);
  });
  it('instants decide: the night the clocks change is as long as any other', async () => {
    // New York falls back on 1 November 2026 at 06:00 UTC: 01:30 local time happens twice.
    const [from, until] = ['2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00'];
    const input = { ...lessonInput({ startsAt: utc(from), endsAt: utc(until), amount: 6000, terms: { earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1M' } } }), openedAt: utc('2026-10-31T12:00:00Z') }; // prettier-ignore
    const run = await liveLesson(input, {
      visits: [
        says(utc(from), 'join', { party: 'student', at: from }),
        says(utc(from), 'join', { party: 'tutor', at: '2026-11-01T05:30:00Z' }),
        says(utc('2026-11-01T05:45:00Z'), 'callEnd', { party: 'tutor', at: '2026-11-01T01:45:00-04:00' }),
      ],
    });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 1500, released: 4500 });
    expect(requestAt(run, 'capture')).toBe(utc('2026-11-01T06:30:00Z'));
  });
});
