import { describe, expect, it } from 'vitest';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { endsAt, lessonInput, ms, startsAt } from './lessons.ts';
import type { LessonChoices } from './lessons.ts';
import type { Circumstances, Run, Visit } from './world.ts';
import { assertSettled, liveLesson, movesOf, says } from './world.ts';

const held: Visit[] = [
  says(startsAt, 'join', { party: 'student' }),
  says(startsAt, 'join', { party: 'tutor' }),
];
const complaint = (at = endsAt - 1, more: object = {}): Visit =>
  says(at, 'dispute', { by: 'student', reason: 'not the lesson I booked', ...more });
const resolve = (at: number, body: object): Visit => says(at, 'resolve', { reason: 'heard both', ...body });

const disputed = (visits: Visit[], choices: LessonChoices = {}, more: Circumstances = {}): Promise<Run> =>
  liveLesson(lessonInput({ amount: 4999, terms: { platformFeeBps: 1000 }, ...choices }), {
    visits: [...held, ...visits],
    ...more,
  });
const moneyOf = ({ state }: Run) => state.payment.money;

describe('a dispute before the settlement keeps the money from moving (L14)', () => {
  it('nothing is captured or released at the scheduled end while it is open', async () => {
    const run = await disputed([complaint()], {}, { until: endsAt + ms('P1D') });
    expect(movesOf(run)).toEqual(['authorize 4999']);
    expect(lessonMachine.view(run.state).state).toBe('disputed');
  });
  it('the split of the handbook: 3333 bps of 49.99 is 16.66, of which 1.67 is the fee and 14.99 the payee’s', async () => {
    const run = await disputed([
      complaint(),
      resolve(endsAt + ms('P1D'), { outcome: 'split', payeeBps: 3333 }),
    ]);
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 1666, released: 3333, refunded: 0, feeEarned: 167, transferred: 1499 }); // prettier-ignore
    expect(lessonMachine.view(run.state)).toMatchObject({ state: 'completed', payment: { platformFee: 167, payeeAmount: 1499 } }); // prettier-ignore
  });
  it('the same split after the hold had to be captured to the platform refunds the rest', async () => {
    const run = await disputed([
      complaint(),
      resolve(endsAt + ms('P9D'), { outcome: 'split', payeeBps: 3333 }),
    ]);
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 4999, released: 0, refunded: 3333, feeEarned: 167, transferred: 1499 }); // prettier-ignore
    expect(lessonMachine.view(run.state).payment.state).toBe('partially_refunded');
  });
  it('a split by amount gives the payee’s side exactly', async () => {
    const run = await disputed([complaint(), resolve(endsAt + 5, { outcome: 'split', payeeAmount: 2000 })]);
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 2000, released: 2999, feeEarned: 200, transferred: 1800 });
  });
  it('a split of nothing is a refund and a split of everything a release', async () => {
    const none = await disputed([complaint(), resolve(endsAt + 5, { outcome: 'split', payeeAmount: 0 })]);
    const all = await disputed([complaint(), resolve(endsAt + 5, { outcome: 'split', payeeBps: 10_000 })]);
    [none, all].forEach(assertSettled);
    expect(moneyOf(none)).toMatchObject({ captured: 0, released: 4999 });
    expect(moneyOf(all)).toMatchObject({ captured: 4999, feeEarned: 500, transferred: 4499 });
  });
  it.each([
    ['more than the price', { outcome: 'split', payeeAmount: 5000 }],
    ['less than Stripe charges', { outcome: 'split', payeeAmount: 49 }],
    ['two shares at once', { outcome: 'split', payeeAmount: 2000, payeeBps: 4000 }],
    ['no share', { outcome: 'split' }],
    ['a share of a full refund', { outcome: 'refund', payeeBps: 10 }],
  ])('a resolution with %s is refused and the dispute stays open', async (_, body) => {
    const run = await disputed([complaint(), resolve(endsAt + 5, body)], {}, { until: endsAt + 10 });
    expect(run.told.at(-1)).toMatchObject({ name: 'resolve', accepted: false });
    expect(lessonMachine.view(run.state).state).toBe('disputed');
  });
});

describe('a dispute that outlives the hold', () => {
  const late = endsAt + ms('P9D');
  it('captures the money to the platform six hours before the hold dies, and holds it there', async () => {
    const run = await disputed([complaint()], {}, { until: late });
    const capture = run.stripe.requests.find(({ move }) => move.type === 'capture');
    expect(capture?.at).toBe(run.stripe.intent.captureBefore - ms('PT6H'));
    expect(lessonMachine.view(run.state).payment).toMatchObject({
      captured: 4999,
      held: 4999,
      transferred: 0,
    });
  });
  it.each([
    ['release', { captured: 4999, refunded: 0, feeEarned: 500, transferred: 4499 }, 'completed', 'captured'],
    ['refund', { captured: 4999, refunded: 4999, feeEarned: 0, transferred: 0 }, 'cancelled', 'refunded'],
  ])('and then resolves by %s', async (outcome, money, state, paymentState) => {
    const run = await disputed([complaint(), resolve(late, { outcome })]);
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject(money);
    expect(lessonMachine.view(run.state)).toMatchObject({ state, payment: { state: paymentState } });
  });
  it('a resolution that comes while the whole hold is being captured still ends at its split', async () => {
    const probe = await disputed([complaint()], {}, { until: late });
    const captureAt = probe.stripe.intent.captureBefore - ms('PT6H');
    const run = await disputed([complaint(), resolve(captureAt + 100, { outcome: 'split', payeeBps: 5000 })]);
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 4999, refunded: 2499, feeEarned: 250, transferred: 2250 });
  });
});

describe('a dispute nobody resolves', () => {
  it('raises an alert after 14 days and refunds after 60, by itself', async () => {
    const open = await disputed([complaint()], {}, { until: endsAt + ms('P15D') });
    expect(open.state.alerts.map(({ type }) => type)).toContain('DISPUTE_ESCALATED');
    const run = await disputed([complaint()]);
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 4999, refunded: 4999, transferred: 0 });
    const resolved = run.facts.find(({ type }) => type === 'resolved');
    expect(resolved?.at).toBe(endsAt - 1 + ms('P60D'));
    expect(run.state.alerts.filter(({ type }) => type === 'DISPUTE_ESCALATED')).toHaveLength(1);
  });
  it('pays the tutor where the policy says release', async () => {
    const dispute = { escalateAfter: 'P2D', resolveAfter: 'P3D', resolveAs: 'release' } as const;
    const run = await disputed([complaint()], { terms: { platformFeeBps: 1000, dispute } });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 4999, transferred: 4499, refunded: 0 });
  });
});

describe('when a dispute is heard', () => {
  it('one opened before the end counts although the worker hears it after the settlement began', async () => {
    const late = complaint(endsAt + 100, { at: endsAt - 1000 });
    const run = await disputed([late], {}, { until: endsAt + ms('P1D') });
    expect(run.told.at(-1)?.accepted).toBe(true);
    expect(moneyOf(run)).toMatchObject({ captured: 4999, transferred: 0, refunded: 0 });
    expect(lessonMachine.view(run.state).state).toBe('disputed');
  });
  it('one claimed for the future counts from now', async () => {
    const run = await disputed(
      [complaint(endsAt - 10, { at: endsAt + ms('P1D') })],
      {},
      { until: endsAt + 1 },
    );
    expect(run.state.dispute?.openedAt).toBe(endsAt - 10);
  });
  it('none is taken while the transfer is under way, nor after it', async () => {
    const during = await disputed([complaint(endsAt + 400, { at: endsAt - 1 })]);
    const after = await disputed([complaint(endsAt + ms('PT1H'), { at: endsAt - 1 })]);
    for (const run of [during, after]) {
      assertSettled(run);
      expect(run.told.at(-1)).toMatchObject({ name: 'dispute', accepted: false });
      expect(moneyOf(run).transferred).toBe(4499);
    }
  });
  it('one against a released hold is refused, for there is no money in it', async () => {
    const run = await liveLesson(lessonInput(), { visits: [complaint(endsAt + 100, { at: endsAt - 1 })] });
    assertSettled(run);
    expect(run.told).toMatchObject([{ accepted: false }]);
  });
  it('while the transfer waits for the account it keeps the money, and every outcome divides what was captured', async () => {
    const choices: LessonChoices = { terms: { platformFeeBps: 1000, earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1S' } } };
    const early = says(startsAt + ms('PT10M'), 'callEnd', { party: 'tutor' });
    const lived = (outcome: object) =>
      disputed([early, complaint(endsAt + ms('P1D')), resolve(endsAt + ms('P2D'), outcome)], choices, {
        accountReadyAt: endsAt + ms('P3D'),
      });
    const paid = await lived({ outcome: 'release' });
    assertSettled(paid);
    expect(moneyOf(paid)).toMatchObject({ captured: 2000, released: 2999, transferred: 1800, feeEarned: 200 });
    const back = await lived({ outcome: 'refund' });
    assertSettled(back);
    expect(moneyOf(back)).toMatchObject({ captured: 2000, refunded: 2000, transferred: 0 });
  }); // prettier-ignore
  it('one that crosses the release of a lesson without a common minute is refused', async () => {
    const choices: LessonChoices = { terms: { earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1S' } } };
    const visits = [
      says(startsAt, 'join', { party: 'student' }),
      says(startsAt + 5, 'callEnd', { party: 'student' }),
      says(startsAt + ms('PT10M'), 'join', { party: 'tutor' }),
      complaint(endsAt + 100, { at: endsAt - 1 }),
    ];
    const run = await liveLesson(lessonInput(choices), { visits });
    assertSettled(run);
    expect(run.told.at(-1)).toMatchObject({ name: 'dispute', accepted: false });
  });
});

describe('what both sides say', () => {
  it('statements are kept with who said them and when, until the dispute is resolved', async () => {
    const evidence = (at: number): Visit =>
      says(at, 'evidence', { by: 'tutor', statement: 'I was there', links: ['https://example.org/log'] });
    const run = await disputed([
      complaint(endsAt - 1, { statement: 'Nobody came' }),
      evidence(endsAt + 10),
      resolve(endsAt + 20, { outcome: 'release' }),
      evidence(endsAt + 100),
    ]);
    assertSettled(run);
    expect(run.told.at(-1)).toMatchObject({ name: 'evidence', accepted: false });
    const { dispute } = lessonMachine.view(run.state);
    expect(dispute?.statements.map(({ by, text }) => [by, text])).toEqual([
      ['student', 'Nobody came'],
      ['tutor', 'I was there'],
    ]);
    expect(dispute?.outcome).toMatchObject({ outcome: 'release', payeeSide: 4999, reason: 'heard both' });
  });
  it('a resolved dispute cannot be opened again', async () => {
    const run = await disputed([
      complaint(),
      resolve(endsAt - 1, { outcome: 'release' }),
      complaint(endsAt - 1),
    ]);
    assertSettled(run);
    expect(run.told.at(-1)).toMatchObject({ accepted: false, message: 'The dispute was already resolved' });
  });
});
