import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { alertsOf, arm, calm, requests } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { command, show, travel } from '../house/lessons.ts';
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
  await house.sim('POST', '/webhooks', {});
});

const operationsOf = async (life: Life, kind: string) =>
  (await house.store.listOperations(workflowIdOf(life))).filter((one) => one.kind === kind);
const transfersOf = async (life: Life) =>
  (await house.stripe.transfers.list({ transfer_group: workflowIdOf(life) })).data;

/** Stripe refuses the write this often, with this code. */
const refuse = (path: string, code: string, times: number, account?: string): Promise<void> => {
  const body = { error: { type: 'invalid_request_error', code, message: 'No.' } };
  return arm(house, { path, ...(account === undefined ? {} : { account }) }, { fault: { kind: 'status_before', status: 400, body }, times });
}; // prettier-ignore

describe('the tutor’s account cannot receive money', () => {
  const setTransfers = (life: Life, transfers: string): Promise<unknown> =>
    house.sim('POST', `/accounts/${life.account.stripeId}`, { capabilities: { transfers } });

  it('for 20 days: she is paid by itself and no try was burned, whether its news arrive or are lost', async () => {
    const [told, looked] = [await bookAttended(house), await bookAttended(house)];
    for (const life of [told, looked]) await setTransfers(life, 'inactive');
    await travelPastEnd(house, looked);
    await travel(house, 'P20D');
    for (const life of [told, looked]) {
      expect(await show(house, life.id)).toMatchObject({
        state: 'settling',
        needsAttention: null,
        payment: { captured: 450, transferred: 0, held: 450 },
      });
    }
    expect((await requests(house)).filter(({ path, method }) => method === 'POST' && path === '/v1/transfers')).toEqual([]);
    await setTransfers(told, 'active');
    await travel(house, 'PT1M');
    const isPaid = { state: 'completed', payment: { transferred: 360, feeEarned: 90 } };
    expect(await show(house, told.id)).toMatchObject(isPaid);
    expect(await show(house, looked.id)).toMatchObject({ state: 'settling' });
    await house.sim('POST', '/webhooks', { lose: 1 });
    await setTransfers(looked, 'active');
    await travel(house, 'PT6H1M');
    expect(await show(house, looked.id)).toMatchObject(isPaid);
    await travel(house, 'P3D');
    for (const life of [told, looked]) {
      expect(await show(house, life.id)).toMatchObject({ payment: paidInFull });
      expect(await operationsOf(life, 'transfer')).toMatchObject([
        { key: `${workflowIdOf(life)}:transfer`, generation: 1, result: 'effect' },
      ]);
      expect(await transfersOf(life)).toHaveLength(1);
    }
    await checkBooks(house);
  }); // prettier-ignore

  it('and we have not heard of it: what Stripe says to the transfer is a wait and no lost try', async () => {
    const life = await bookAttended(house);
    await house.sim('POST', '/webhooks', { lose: 1 });
    await setTransfers(life, 'inactive');
    await travelPastEnd(house, life);
    await travel(house, 'P2D');
    const waiting = { state: 'settling', needsAttention: null, payment: { held: 450 } };
    expect(await show(house, life.id)).toMatchObject(waiting);
    await setTransfers(life, 'active');
    await travel(house, 'PT6H1M');
    expect(await show(house, life.id)).toMatchObject({ state: 'completed', payment: { transferred: 360 } });
    expect(await alertsOf(house, life, 'PARKED')).toEqual([]);
    expect(await transfersOf(life)).toHaveLength(1);
    await checkBooks(house);
  });
});

describe('the payout finds too little on her balance', () => {
  it('waits, asks again and pays once, without a person', async () => {
    const life = await bookAttended(house);
    await travelPastEnd(house, life);
    await refuse('/v1/payouts', 'balance_insufficient', 3, life.account.stripeId);
    await travel(house, 'P2DT30M');
    expect(await show(house, life.id)).toMatchObject({
      needsAttention: null,
      payment: { transferred: 360, paidOut: 0 },
    });
    await travel(house, 'P1D');
    expect(await show(house, life.id)).toMatchObject({ needsAttention: null, payment: paidInFull });
    expect(await house.stripe.payouts.list({}, { stripeAccount: life.account.stripeId })).toMatchObject({
      data: [{ amount: 360 }],
    });
    expect(await alertsOf(house, life, 'PARKED')).toEqual([]);
    await checkBooks(house);
  });
});

/** A refused transfer is tried again after seconds of its own: on a busy machine they pass after the journey's end. */
const patient = { timeout: 90_000, interval: 100 };
const becomes = (life: Life, expected: object): Promise<void> =>
  vi.waitFor(async () => {
    expect(await show(house, life.id)).toMatchObject(expected);
  }, patient);

describe('the transfer is refused', () => {
  const park = async (): Promise<Life> => {
    const life = await bookAttended(house);
    await refuse('/v1/transfers', 'insufficient_capabilities_for_transfer', 3);
    await travelPastEnd(house, life);
    await becomes(life, {
      state: 'parked',
      payment: { captured: 450, transferred: 0, held: 450 },
      needsAttention: {
        reason: 'refused_by_stripe',
        operation: 'transfer',
        attempts: 3,
        commands: ['retry', 'skip', 'refund'],
        retryAt: null,
      },
    });
    for (const type of ['TRANSFER_FAILED', 'PARKED'])
      expect(await alertsOf(house, life, type)).toMatchObject([{ resolvedAt: null }]);
    return life;
  };
  const help = async (life: Life, name: string): Promise<void> => {
    const answer = await command(house, life.id, name, { reason: 'looked into it' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await travel(house, 'P3D');
    await vi.waitFor(async () => {
      expect(await alertsOf(house, life, 'PARKED')).toMatchObject([{ resolvedBy: 'system' }]);
    }, patient);
    await checkBooks(house);
  };

  it('three times: parked; a retry makes one transfer', async () => {
    const life = await park();
    await help(life, 'retry');
    await becomes(life, {
      state: 'completed',
      needsAttention: null,
      payment: paidInFull,
    });
    expect(await transfersOf(life)).toHaveLength(1);
  });

  it('three times: parked; skipped, the money stays on the platform', async () => {
    const life = await park();
    await help(life, 'skip');
    await becomes(life, {
      state: 'completed',
      payment: { captured: 450, transferred: 0, held: 450, paidOut: 0 },
    });
    expect(await transfersOf(life)).toEqual([]);
  });

  it('three times: parked; refunded, the student has all of it back', async () => {
    const life = await park();
    await help(life, 'refund');
    await becomes(life, {
      state: 'cancelled',
      payment: { state: 'refunded', captured: 450, refunded: 450, held: 0 },
    });
    expect(await transfersOf(life)).toEqual([]);
  });

  it('for good: parked at once, since no other try can succeed without a person', async () => {
    const life = await bookAttended(house);
    await refuse('/v1/transfers', 'account_closed', 1);
    await travelPastEnd(house, life);
    await becomes(life, {
      state: 'parked',
      needsAttention: { attempts: 1, operation: 'transfer' },
    });
    await help(life, 'retry');
    await becomes(life, { state: 'completed', payment: paidInFull });
    expect(await transfersOf(life)).toHaveLength(1);
  });
});
