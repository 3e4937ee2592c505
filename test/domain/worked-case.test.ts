import { expect, it } from 'vitest';
import { heldOf } from '../../domain/payment/books.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { lessonInput, utc } from './lessons.ts';
import { assertSettled, liveLesson, movesOf, says } from './world.ts';

// L8 of the specification: the slot is 23:00 to 23:25, the real call lasts 57 seconds, both ends are called.
const visits = [
  says(utc('2026-12-01T23:02:10Z'), 'join', { party: 'student' }),
  says(utc('2026-12-01T23:02:24Z'), 'join', { party: 'tutor' }),
  says(utc('2026-12-01T23:03:21Z'), 'callEnd', { party: 'tutor' }),
  says(utc('2026-12-01T23:03:22Z'), 'end', { party: 'student' }),
];

it('a $4.50 lesson whose call lasted a minute pays the tutor $3.60 and the platform $0.90', async () => {
  const run = await liveLesson(lessonInput(), { visits });
  assertSettled(run);
  expect(run.outcome).toBe('completed');
  expect(movesOf(run)).toEqual(['authorize 450', 'capture 450', 'transfer 360', 'payOut 360']);
  const { payment, state, cancelledBy } = lessonMachine.view(run.state);
  expect({ state, cancelledBy }).toEqual({ state: 'completed', cancelledBy: null });
  expect(payment).toMatchObject({
    state: 'captured',
    platformFee: 90,
    payeeAmount: 360,
    captured: 450,
    feeEarned: 90,
    transferred: 360,
    paidOut: 360,
    held: 0,
    refunded: 0,
    released: 0,
    payoutId: 'po_1',
    transferId: 'tr_1',
    chargeId: 'ch_1',
  });
});

it('nothing is captured before the scheduled end, however often the call is ended', async () => {
  const run = await liveLesson(lessonInput(), { visits });
  const capture = run.stripe.requests.find(({ move }) => move.type === 'capture');
  expect(capture?.at).toBe(utc('2026-12-01T23:25:00Z'));
  expect(run.state.payment.chargedAt).toBe(utc('2026-12-01T23:25:00.300Z'));
});

it('between call-end and the scheduled end the lesson is ended early and the money is only held', async () => {
  const run = await liveLesson(lessonInput(), { visits, until: utc('2026-12-01T23:10:00Z') });
  const { state, payment } = lessonMachine.view(run.state);
  expect(state).toBe('ended_early');
  expect(payment).toMatchObject({ state: 'authorized', authorized: 450, captured: 0 });
  expect(run.told.map(({ message }) => message)).toEqual([
    'Joined',
    'Joined',
    'Call ended early, awaiting the scheduled end',
    'Already ended early, awaiting finalization',
  ]);
});

it('each party keeps the time at which it left', async () => {
  const run = await liveLesson(lessonInput(), { visits });
  expect(lessonMachine.view(run.state).attendance).toEqual({
    student: { joinedAt: '2026-12-01T23:02:10.000Z', leftAt: '2026-12-01T23:03:22.000Z' },
    tutor: { joinedAt: '2026-12-01T23:02:24.000Z', leftAt: '2026-12-01T23:03:21.000Z' },
  });
});

it('the tutor is paid out only when the funds are there, two days after the capture', async () => {
  const run = await liveLesson(lessonInput(), { visits });
  const payOut = run.stripe.requests.find(({ move }) => move.type === 'payOut');
  expect(payOut?.at).toBeGreaterThanOrEqual(utc('2026-12-03T23:25:00Z'));
  expect(payOut?.at).toBeLessThan(utc('2026-12-03T23:26:00Z'));
  expect(heldOf(run.state.payment.money)).toBe(0);
});
