import { describe, expect, it } from 'vitest';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { heldOf } from '../../domain/payment/books.ts';
import { bookedAt, endsAt, lessonInput, ms, startsAt } from './lessons.ts';
import type { LessonChoices } from './lessons.ts';
import type { Circumstances, Run, Visit } from './world.ts';
import { assertSettled, happens, hears, liveLesson, movesOf, says } from './world.ts';

const held: Visit[] = [
  says(startsAt, 'join', { party: 'student' }),
  says(startsAt, 'join', { party: 'tutor' }),
];
const lesson = (circumstances: Circumstances = {}, choices: LessonChoices = {}): Promise<Run> =>
  liveLesson(lessonInput(choices), { ...circumstances, visits: [...held, ...(circumstances.visits ?? [])] });
const moneyOf = ({ state }: Run) => state.payment.money;
const alertsOf = ({ state }: Run) => state.alerts.map(({ type }) => type);
const proRata: LessonChoices = { terms: { earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1S' } } };
/** Ten of 25 minutes: $1.80 of $4.50. */
const early = says(startsAt + ms('PT10M'), 'callEnd', { party: 'tutor' });

describe('the customer has not paid', () => {
  it('an unpaid lesson is cancelled at its pay deadline and its intent with it', async () => {
    const run = await lesson({}, { paymentMethod: null });
    assertSettled(run);
    expect(run.stripe.requests.at(-1)).toMatchObject({ at: bookedAt + ms('PT30M') + 300, move: { type: 'release' } }); // prettier-ignore
    expect(lessonMachine.view(run.state)).toMatchObject({ state: 'cancelled', cancelledBy: 'system', cancelReason: 'The payment was not completed in time', payment: { captured: 0, authorized: 0 } }); // prettier-ignore
  });
  it.each(['declined', 'needs_action', 'processing'] as const)('%s, then paid in time: the lesson takes place and is charged', async (deviation) => {
    const at = bookedAt + ms('PT10M');
    const visits = [happens(at, (stripe) => stripe.customerPays()), hears(at + 1, 'payment_intent.amount_capturable_updated')];
    const run = await lesson({ visits, deviations: { authorize: [deviation] } });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, transferred: 360 });
    expect(alertsOf(run)).toEqual(deviation === 'declined' ? ['PAYMENT_FAILED'] : []);
  }); // prettier-ignore
  it('a payment whose webhook got lost is found by the last look before the lesson is given up', async () => {
    const visits = [happens(bookedAt + ms('PT10M'), (stripe) => stripe.customerPays())];
    const run = await lesson({ visits, deviations: { authorize: ['declined'] } });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450 });
  });
  it('that last look is repeated when Stripe does not answer it: the customer’s money is not given up unseen', async () => {
    const visits = [happens(bookedAt + ms('PT10M'), (stripe) => stripe.customerPays())];
    const run = await lesson({ visits, deviations: { authorize: ['declined'], readPayment: ['stuck'] } });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450 });
  });
  it('while it waits the view carries the secret to pay with', async () => {
    const run = await lesson({ until: bookedAt + ms('PT1M') }, { paymentMethod: null });
    expect(lessonMachine.view(run.state)).toMatchObject({ state: 'awaiting_payment', payment: { state: 'pending', clientSecret: 'pi_1_secret' } }); // prettier-ignore
  });
});

describe('somebody else touched the hold in Stripe', () => {
  const capturedAt = (at: number, amount: number): Visit[] => [
    happens(at, (stripe) => stripe.captureElsewhere(amount)),
    hears(at + 1, 'payment_intent.succeeded'),
  ];
  it.each([
    ['before the lesson', startsAt - 10],
    ['just before the end, unheard', endsAt - 1],
  ])('captured for less %s: what Stripe has is divided, the rest counts as released', async (_, at) => {
    const run = await lesson({ visits: capturedAt(at, 300) });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 300, released: 150, feeEarned: 60, transferred: 240, refunded: 0 }); // prettier-ignore
    expect(alertsOf(run)).toContain('PAYMENT_OUT_OF_SYNC');
  });
  it('captured whole where the early end costs less: the difference is refunded or stays, and is never lost', async () => {
    const before = await lesson({ visits: [early, ...capturedAt(endsAt - 60_000, 450)] }, proRata);
    assertSettled(before);
    expect(moneyOf(before)).toMatchObject({ captured: 450, refunded: 270, transferred: 144, feeEarned: 36 });
    const meanwhile = await lesson({ visits: [early, happens(endsAt - 1, (stripe) => stripe.captureElsewhere(450))] }, proRata); // prettier-ignore
    assertSettled(meanwhile);
    expect(moneyOf(meanwhile)).toMatchObject({ captured: 450, transferred: 360, feeEarned: 90 });
  });
  it('captured although nobody came: all of it is refunded', async () => {
    const run = await liveLesson(lessonInput(), { visits: capturedAt(endsAt - 1000, 450) });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, refunded: 450, transferred: 0 });
    expect(lessonMachine.view(run.state)).toMatchObject({
      state: 'cancelled',
      payment: { state: 'refunded' },
    });
  });
  it('a refund in part after a capture elsewhere survives the next look at Stripe', async () => {
    const visits = [
      ...capturedAt(startsAt - 10, 400),
      says(endsAt + ms('P1D'), 'refund', { amount: 100, reason: 'sorry' }),
      hears(endsAt + ms('P1D') + 100, 'charge.refunded'),
    ];
    const run = await lesson({ visits, accountReadyAt: endsAt + ms('P3D') });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 400, refunded: 100, feeEarned: 60, transferred: 240 });
  });
  it('cancelled: the lesson is off, nothing is charged, people are told', async () => {
    const visits = [happens(startsAt - 10, (stripe) => stripe.cancelElsewhere()), hears(startsAt - 9, 'payment_intent.canceled')]; // prettier-ignore
    const run = await lesson({ visits });
    assertSettled(run);
    expect(lessonMachine.view(run.state)).toMatchObject({ state: 'cancelled', cancelReason: 'The hold was cancelled in Stripe', payment: { state: 'released', captured: 0, released: 450 } }); // prettier-ignore
    expect(alertsOf(run)).toContain('PAYMENT_CANCELED');
  });
  it('cancelled or expired before we could capture: found at the settlement, never recorded as captured', async () => {
    const gone = await lesson({ visits: [happens(endsAt - 1, (stripe) => stripe.cancelElsewhere())] });
    const expired = await lesson({ visits: [happens(endsAt - 1, (stripe) => (stripe.intent.captureBefore = endsAt - 1))] }); // prettier-ignore
    for (const run of [gone, expired]) {
      assertSettled(run);
      expect(moneyOf(run)).toMatchObject({ captured: 0, released: 450, transferred: 0 });
      expect(run.state.payment.chargedAt).toBeNull();
    }
    expect(lessonMachine.view(expired.state).cancelReason).toBe('The hold expired');
  });
  it('a hold that dies during a dispute ends it: nothing is left to decide', async () => {
    const at = startsAt + 60_000;
    const visits = [
      says(at, 'dispute', { by: 'student', reason: 'no' }),
      happens(at + 1, (stripe) => stripe.cancelElsewhere()),
      hears(at + 2, 'payment_intent.canceled'),
    ];
    const run = await lesson({ visits });
    assertSettled(run);
    expect(lessonMachine.view(run.state)).toMatchObject({ state: 'cancelled', dispute: { outcome: { by: 'system', outcome: 'refund' } } }); // prettier-ignore
  });
  it.each(['payment_intent.canceled', 'charge.captured'])('news of our own release (%s) does not rename who cancelled, or why', async (type) => {
    const at = startsAt - ms('PT30H');
    const visits = [says(at, 'cancel', { by: 'student', reason: 'ill' }), hears(at + 100, type)];
    const run = await lesson({ visits });
    assertSettled(run);
    expect(lessonMachine.view(run.state)).toMatchObject({ cancelledBy: 'student', cancelReason: 'ill' });
    expect(alertsOf(run)).toEqual([]);
  }); // prettier-ignore
  it('news of our own capture do not raise an alarm or change the division', async () => {
    const run = await lesson({ visits: [hears(endsAt + 100, 'charge.captured'), hears(endsAt + 400, 'charge.captured')] });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, transferred: 360, feeEarned: 90 });
    expect(alertsOf(run)).toEqual([]);
  }); // prettier-ignore
});

describe('a person settles before the time (L9)', () => {
  const at = endsAt - ms('PT5M');
  it('captures part of the hold: the rest is released, the part divided', async () => {
    const run = await lesson({ visits: [says(at, 'capture', { amount: 200, reason: 'agreed' })] });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 200, released: 250, feeEarned: 40, transferred: 160 });
  });
  it('releases the hold: nobody is charged', async () => {
    const run = await lesson({ visits: [says(at, 'release', { by: 'ada', reason: 'agreed' })] });
    assertSettled(run);
    expect(lessonMachine.view(run.state)).toMatchObject({ state: 'cancelled', cancelledBy: 'ada', cancelReason: 'agreed', payment: { captured: 0, released: 450 } }); // prettier-ignore
  });
  it.each([
    [451, 'more than the hold'],
    [49, 'less than Stripe charges'],
  ])('cannot capture %i, %s', async (amount) => {
    const run = await lesson({ visits: [says(at, 'capture', { amount, reason: 'x' })] });
    assertSettled(run);
    expect(run.told.at(-1)).toMatchObject({ name: 'capture', accepted: false });
    expect(moneyOf(run).captured).toBe(450);
  });
  it.each([
    [undefined, { refunded: 450, feeEarned: 0, transferred: 0 }, 'cancelled', 'refunded'],
    [150, { refunded: 150, feeEarned: 60, transferred: 240 }, 'completed', 'partially_refunded'],
  ])('refunds %s of the captured money before the transfer', async (amount, money, state, paymentState) => {
    const visits = [says(endsAt + ms('P1D'), 'refund', { ...(amount && { amount }), reason: 'sorry' })];
    const run = await lesson({ visits, accountReadyAt: endsAt + ms('P2D') });
    assertSettled(run);
    expect(moneyOf(run)).toMatchObject({ captured: 450, ...money });
    expect(heldOf(moneyOf(run))).toBe(0);
    expect(lessonMachine.view(run.state)).toMatchObject({ state, payment: { state: paymentState } });
  });
  it('never refunds more than was captured, a fraction of a currency’s step, or what was already transferred', async () => {
    const after = endsAt + ms('P1D');
    const tooMuch = await lesson({ visits: [says(after, 'refund', { amount: 451, reason: 'x' })], accountReadyAt: after + 10 });
    const tooFine = await lesson({ visits: [says(after, 'refund', { amount: 15, reason: 'x' })], accountReadyAt: after + 10 }, { amount: 4500, currency: 'kwd' });
    const tooLate = await lesson({ visits: [says(after, 'refund', { reason: 'x' })] });
    for (const run of [tooMuch, tooFine, tooLate]) {
      assertSettled(run);
      expect(run.told.at(-1)).toMatchObject({ name: 'refund', accepted: false });
      expect(movesOf(run).some((move) => move.startsWith('refund'))).toBe(false);
    }
  }); // prettier-ignore
});
