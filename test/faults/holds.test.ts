import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../house/eventually.ts';
import { alertsOf, arm, calm, passWithoutWorker, requests, troubles } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { command, hourMs, minuteMs, show, travel } from '../house/lessons.ts';
import { paidInFull } from '../house/stories.ts';
import type { Life } from '../house/writes.ts';
import { bookAttended, travelPastEnd, workflowIdOf } from '../house/writes.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => {
  await house.close();
});
afterEach(async () => {
  await calm(house);
});

const captureBeforeOf = async ({ id }: Life): Promise<number> => {
  const { payment } = await show(house, id);
  return Date.parse(String((payment as unknown as { captureBefore: string }).captureBefore));
};

describe('a hold that runs out', () => {
  it('while the worker is down: found gone, nothing is recorded as captured or transferred, people are told', async () => {
    const life = await bookAttended(house);
    await passWithoutWorker(house, (await captureBeforeOf(life)) + hourMs);
    await travel(house, 'PT1H');
    expect(await show(house, life.id)).toMatchObject({
      state: 'cancelled',
      cancelReason: 'The hold expired',
      needsAttention: null,
      payment: {
        state: 'released',
        authorized: 450,
        captured: 0,
        released: 450,
        transferred: 0,
        feeEarned: 0,
        chargedAt: null,
      },
    });
    expect(await alertsOf(house, life, 'PAYMENT_CANCELED')).not.toEqual([]);
    expect((await house.stripe.transfers.list({ transfer_group: workflowIdOf(life) })).data).toEqual([]);
    await checkBooks(house);
  });
});

describe('a dispute that outlives the hold', () => {
  it.each([
    ['release', {}, { state: 'completed', payment: paidInFull }],
    [
      'refund',
      {},
      {
        state: 'cancelled',
        payment: { state: 'refunded', captured: 450, refunded: 450, transferred: 0, feeEarned: 0, held: 0 },
      },
    ],
    [
      'split',
      { payeeBps: 5000 },
      {
        state: 'completed',
        payment: { captured: 450, refunded: 225, feeEarned: 45, transferred: 180, paidOut: 180, held: 0 },
      },
    ],
  ])('is captured to the platform and divided by the later word: %s', async (outcome, more, end) => {
    const life = await bookAttended(house);
    const opened = await command(house, life.id, 'dispute', { by: 'student', reason: 'the tutor left' });
    expect(opened.status, JSON.stringify(opened.body)).toBe(200);
    const dies = await captureBeforeOf(life);
    await travel(house, dies - 6 * hourMs - minuteMs);
    expect(await show(house, life.id)).toMatchObject({ state: 'disputed', payment: { captured: 0 } });
    await travel(house, dies + hourMs);
    expect(await show(house, life.id)).toMatchObject({
      state: 'disputed',
      payment: { captured: 450, held: 450, transferred: 0, released: 0 },
    });
    const resolved = await command(house, life.id, 'resolve', { outcome, ...more, reason: 'heard both' });
    expect(resolved.status, JSON.stringify(resolved.body)).toBe(200);
    await travel(house, 'P3D');
    expect(await show(house, life.id)).toMatchObject({ ...end, needsAttention: null });
    await checkBooks(house);
  });
});

describe('a status of a payment that this version does not know', () => {
  /** From now on every look at the payment sees the word. */
  const say = async (life: Life): Promise<void> => {
    const path = `/v1/payment_intents/${life.paymentIntentId}`;
    const body = { ...(await house.stripe.paymentIntents.retrieve(life.paymentIntentId)), status: 'zzz_new' };
    await arm(house, { method: 'GET', path }, { fault: { kind: 'status_before', status: 200, body }, times: 100 });
  };
  const expectParked = async (life: Life): Promise<void> => {
    await eventually(() => show(house, life.id), ({ state }) => state === 'parked');
    expect(await show(house, life.id)).toMatchObject({
      needsAttention: { reason: 'refused_by_stripe', lastError: expect.stringContaining('zzz_new') },
      payment: { captured: 0, released: 0, transferred: 0 },
    });
    expect(await alertsOf(house, life, 'PARKED')).toMatchObject([{ resolvedAt: null }]);
  };
  const heal = async (life: Life): Promise<void> => {
    await calm(house);
    const answer = await command(house, life.id, 'retry', { reason: 'a new version was deployed' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await travelPastEnd(house, life);
    await travel(house, 'P3D');
    expect(await show(house, life.id)).toMatchObject({ state: 'completed', needsAttention: null, payment: paidInFull });
    await checkBooks(house);
  };

  it('met by a look before the end: parked with an alert, nothing is guessed, and it goes on when the word is known', async () => {
    const life = await bookAttended(house);
    await say(life);
    const answer = await command(house, life.id, 'sync', { reason: 'look' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await expectParked(life);
    const writes = (await requests(house)).filter(({ method, path }) => method === 'POST' && path.includes(life.paymentIntentId));
    expect(writes).toEqual([]);
    await heal(life);
  });

  it('met while a lost capture is looked for: the capture that happened is booked once, when the word is known', async () => {
    const life = await bookAttended(house);
    await arm(house, { path: `/v1/payment_intents/${life.paymentIntentId}/capture` }, troubles['connection lost after the effect']);
    await say(life);
    await travelPastEnd(house, life);
    await expectParked(life);
    await heal(life);
    const operations = await house.store.listOperations(workflowIdOf(life));
    const captures = operations.filter(({ kind, result }) => (kind === 'capture' || kind === 'adoption') && result === 'effect');
    expect(captures).toHaveLength(1);
  });
}); // prettier-ignore
