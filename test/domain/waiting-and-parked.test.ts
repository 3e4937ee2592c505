import { describe, expect, it } from 'vitest';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import type { MoveType } from '../../domain/payment/moves.ts';
import { bookedAt, endsAt, farAhead, lessonInput, ms, startsAt } from './lessons.ts';
import type { LessonChoices } from './lessons.ts';
import type { Deviation } from './stripe-books.ts';
import type { Circumstances, Run, Visit } from './world.ts';
import { assertSettled, happens, hears, liveLesson, movesOf, says } from './world.ts';

const held: Visit[] = [
  says(startsAt, 'join', { party: 'student' }),
  says(startsAt, 'join', { party: 'tutor' }),
];
const lesson = (circumstances: Circumstances = {}, choices: LessonChoices = {}): Promise<Run> =>
  liveLesson(lessonInput(choices), { ...circumstances, visits: [...held, ...(circumstances.visits ?? [])] });
const moneyOf = ({ state }: Run) => state.payment.money;
const attentionOf = ({ state }: Run) => lessonMachine.view(state).needsAttention;
const times = (count: number, deviation: Deviation): Deviation[] =>
  Array.from({ length: count }, () => deviation);
const later = endsAt + ms('P1D');

describe('the tutor’s account', () => {
  it('not ready for 20 days: the money waits and is transferred by itself, without using up a try', async () => {
    const run = await lesson({ accountReadyAt: endsAt + ms('P20D') });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, transferred: 360, feeEarned: 90 });
    expect(new Set(movesOf(run).filter((move) => move.startsWith('transfer')))).toEqual(
      new Set(['transfer 360']),
    );
    expect(run.facts.some(({ type }) => type === 'stuck' || type === 'refused')).toBe(false);
  });
  it('ready and announced: the transfer follows the news at once, not the next slow look', async () => {
    const ready = endsAt + ms('PT2H');
    const run = await lesson({ accountReadyAt: ready, visits: [hears(ready, 'account.updated')] });
    assertSettled(run);
    expect(run.stripe.requests.filter(({ move }) => move.type === 'transfer').at(-1)?.at).toBe(ready);
  });
  it('while it waits, lists can find the lesson by what it waits for', async () => {
    const run = await lesson({ accountReadyAt: Infinity, until: later });
    expect(lessonMachine.columns(run.state, run.now)).toMatchObject({ state: 'settling', waitsFor: 'account', open: true }); // prettier-ignore
  });
  it('a long wait does not push the beginning out of the timeline', async () => {
    const run = await lesson({ accountReadyAt: endsAt + ms('P90D') });
    expect(run.state.story[0]?.what).toBe('Lesson booked');
  });
});

describe('a transfer that Stripe refuses three times', () => {
  const deviations = { transfer: times(3, 'refused') };
  it('waits for a person with the reason, the count and the commands that help, and raises TRANSFER_FAILED', async () => {
    const run = await lesson({ deviations });
    expect(run.outcome).toBeNull();
    expect(attentionOf(run)).toMatchObject({ reason: 'refused_by_stripe', operation: 'transfer', attempts: 3, lastError: 'no: No.', commands: ['retry', 'skip', 'refund'], retryAt: null }); // prettier-ignore
    expect(run.state.alerts.map(({ type }) => type)).toEqual(['TRANSFER_FAILED']);
    const tries = run.stripe.requests.filter(({ move }) => move.type === 'transfer').map(({ at }) => at);
    expect(tries.map((at, i) => at - (tries[i - 1] ?? at))).toEqual([0, 2300, 4300]);
  });
  it('retry with a corrected account pays the tutor there', async () => {
    const run = await lesson({ deviations, visits: [says(later, 'retry', { reason: 'new account', stripeAccount: 'acct_2' })] }); // prettier-ignore
    assertSettled(run);
    expect(run.stripe.transfers).toEqual([{ amount: 360, stripeAccount: 'acct_2' }]);
  });
  it('a retry that is refused again gets three tries of its own', async () => {
    const run = await lesson({ deviations: { transfer: times(6, 'refused') }, visits: [says(later, 'retry', { reason: 'x' })] }); // prettier-ignore
    expect(attentionOf(run)).toMatchObject({ attempts: 3 });
    expect(run.stripe.requests.filter(({ move }) => move.type === 'transfer')).toHaveLength(6);
  });
  it('skip ends the lesson without a transfer', async () => {
    const run = await lesson({ deviations, visits: [says(later, 'skip', { reason: 'paid in cash' })] });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, transferred: 0, refunded: 0, paidOut: 0 });
    expect(run.outcome).toBe('completed');
  });
  it('refund gives the student everything back', async () => {
    const run = await lesson({ deviations, visits: [says(later, 'refund', { reason: 'account closed' })] });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, transferred: 0, refunded: 450, feeEarned: 0 });
    expect(run.outcome).toBe('cancelled');
  });
  it('a final refusal does not try again', async () => {
    const run = await lesson({ deviations: { transfer: ['refused_finally'] } });
    expect(attentionOf(run)).toMatchObject({ operation: 'transfer', attempts: 1 });
  });
});

describe('Stripe gives no clear answer', () => {
  const every: MoveType[] = ['authorize', 'capture', 'transfer', 'payOut'];
  it.each(every.flatMap((move) => [1, 3].flatMap((count) => (['stuck', 'lost'] as const).map((how) => [move, count, how] as const))))(
    '%s, %i time(s), %s: it parks, heals by itself hourly and moves the money once',
    async (move, count, how) => {
      // Joins come until the end, so that an authorization that heals late does not make a no-show of the lesson.
      const choices = { startsAt: bookedAt + ms('PT1H'), endsAt: bookedAt + ms('PT10H') };
      const at = bookedAt + ms('PT9H');
      const visits = [says(at, 'join', { party: 'student' }), says(at, 'join', { party: 'tutor' })];
      const run = await liveLesson(lessonInput(choices), { visits, deviations: { [move]: times(count, how) } });
      assertSettled(run);
      expect(moneyOf(run)).toMatchObject({ authorized: 450, captured: 450, feeEarned: 90, transferred: 360, paidOut: 360, refunded: 0 });
      expect(run.facts.some(({ type }) => type === 'stuck')).toBe(true);
    },
  ); // prettier-ignore
  it.each(['stuck', 'lost'] as const)('a refund %s moves the money once', async (how) => {
    const visits = [says(later, 'refund', { amount: 100, reason: 'sorry' })];
    const run = await lesson({ visits, accountReadyAt: later + 10_000, deviations: { refund: [how] } });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, refunded: 100, feeEarned: 70, transferred: 280 });
  });
  it('an authorization that may have been made is found and let go when the lesson was cancelled meanwhile', async () => {
    for (const at of [bookedAt + 100, bookedAt + ms('PT10M')]) {
      const run = await lesson({ deviations: { authorize: ['lost'] }, visits: [says(at, 'cancel', { by: 'tutor', reason: 'no' })] }); // prettier-ignore
      assertSettled(run);
      expect(run.stripe.intent.status).toBe('gone');
      expect(moneyOf(run)).toMatchObject({ authorized: 450, released: 450, captured: 0 });
    }
  });
  it.each(['refund', 'skip', 'dispute'])('%s is refused while a transfer may have been made', async (name) => {
    const body = name === 'dispute' ? { by: 'student', reason: 'x', at: endsAt - 1 } : { reason: 'x' };
    const run = await lesson({ deviations: { transfer: ['lost'] }, visits: [says(endsAt + ms('PT30M'), name, body)] });
    assertSettled(run);
    expect(run.told.at(-1)).toMatchObject({ name, accepted: false });
    expect(moneyOf(run)).toMatchObject({ transferred: 360, refunded: 0 });
  }); // prettier-ignore
  it('a release whose answer was lost does not rename who cancelled, or why', async () => {
    const visits = [says(startsAt - ms('PT30H'), 'cancel', { by: 'student', reason: 'ill' })];
    const run = await lesson({ deviations: { release: ['lost'] }, visits });
    assertSettled(run);
    expect(lessonMachine.view(run.state)).toMatchObject({ cancelledBy: 'student', cancelReason: 'ill', payment: { released: 450 } }); // prettier-ignore
  });
  it('only commands that are taken are offered as help', async () => {
    for (const move of ['authorize', 'capture', 'transfer', 'payOut'] as const) {
      for (const how of ['stuck', 'not_permitted'] as const) {
        const run = await lesson({ deviations: { [move]: [how] }, until: (move === 'authorize' ? bookedAt : endsAt + ms(move === 'payOut' ? 'P2D' : 'PT0S')) + ms('PT30M') }); // prettier-ignore
        const offered = attentionOf(run)?.commands ?? [];
        expect(offered).toContain('retry');
        const body = { reason: 'x' };
        expect(offered.filter((name) => !run.tryOn(name, name === 'cancel' ? { by: 'admin', ...body } : body))).toEqual([]); // prettier-ignore
      }
    }
  });
  it('a person who cannot wait for the hour retries at once', async () => {
    const run = await lesson({ deviations: { capture: ['stuck'] }, visits: [says(endsAt + 60_000, 'retry', { reason: 'x' })] }); // prettier-ignore
    assertSettled(run);
    expect(run.state.payment.chargedAt).toBeLessThan(endsAt + ms('PT2M'));
  });
  it('a capture of unknown outcome followed by a release by hand ends in one fate', async () => {
    for (const how of ['stuck', 'lost'] as const) {
      const visits = [says(endsAt + 60_000, 'release', { reason: 'agreed' })];
      const run = await lesson({ deviations: { capture: [how] }, visits });
      assertSettled(run);
      expect(moneyOf(run)).toMatchObject({ transferred: 0, feeEarned: 0 });
      expect(moneyOf(run).refunded + moneyOf(run).released).toBe(450);
    }
  });
});

describe('other refusals', () => {
  it('a capture refused for good offers retry, capture and release, and release frees the student', async () => {
    const visits = [says(later, 'release', { reason: 'give up' })];
    const parked = await lesson({ deviations: { capture: ['refused_finally'] }, until: later });
    expect(attentionOf(parked)).toMatchObject({
      operation: 'capture',
      commands: ['retry', 'capture', 'release'],
    });
    const run = await lesson({ deviations: { capture: ['refused_finally'] }, visits });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 0, released: 450 });
  });
  it('a parked capture goes on by itself once Stripe says that it was captured', async () => {
    const visits = [
      happens(later, (stripe) => stripe.captureElsewhere(450)),
      hears(later + 1, 'charge.captured'),
    ];
    const run = await lesson({ deviations: { capture: ['refused_finally'] }, visits });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, transferred: 360 });
  });
  it('an authorization that we may not make waits for an operator, can be cancelled, and holds nothing', async () => {
    const visits = [says(bookedAt + ms('PT1H'), 'cancel', { by: 'admin', reason: 'blocked' })];
    const run = await lesson({ deviations: { authorize: ['not_permitted'] }, visits });
    assertSettled(run);
    expect(run.now).toBe(bookedAt + ms('PT1H'));
    expect(run.stripe.intents).toEqual([]);
  });
  it('a payout without funds is looked at again and is no failure; one that Stripe does itself is left to it', async () => {
    const late = await lesson({ deviations: { payOut: times(5, 'funds_not_available') } });
    assertSettled(late);
    expect(moneyOf(late).paidOut).toBe(360);
    const automatic = await lesson({ deviations: { payOut: ['left_to_stripe'] } });
    assertSettled(automatic);
    expect(moneyOf(automatic)).toMatchObject({ transferred: 360, paidOut: 0 });
  });
  it('a payout refused three times parks, and skip ends the lesson with the transfer standing', async () => {
    const visits = [says(endsAt + ms('P4D'), 'skip', { reason: 'by hand' })];
    const run = await lesson({ deviations: { payOut: times(3, 'refused') }, visits });
    assertSettled(run);
    expect(run.state.alerts.map(({ type }) => type)).toEqual(['FAILED_PAYOUT']);
    expect(moneyOf(run)).toMatchObject({ transferred: 360, paidOut: 0 });
  });
  it('a customer that cannot be created parks a lesson far ahead, and retry heals it', async () => {
    const visits = [says(bookedAt + ms('PT1H'), 'retry', { reason: 'x' })];
    const run = await liveLesson(lessonInput(farAhead), { deviations: { createCustomer: ['refused_finally'] }, visits }); // prettier-ignore
    assertSettled(run);
    expect(movesOf(run)).toContain('saveCard');
  });
});
