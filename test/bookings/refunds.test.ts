import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { order, ordered, setTerms, showBooking, untilBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import { arm, assertStruck, calm, cutOff, troubles } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { travel, writes } from '../house/lessons.ts';
import {
  accuse,
  alertsOf,
  becomes,
  bookSoon,
  debtOf,
  fund,
  openGroupProvider,
  refundsOf,
  transfersOf,
  workflowIdOf,
} from '../house/booking-money.ts';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openGroupProvider(house);
  await fund(house, 100_000);
  // Paid the moment it is booked: what matters here is what happens afterwards.
  await setTerms(house, 'at-once', { hold: { anchor: 'payment', for: 'PT0S' } });
});
afterAll(async () => {
  await house.close();
});
afterEach(async () => {
  await checkBooks(house);
});

const reason = 'agreed with both';
/** Of a provider of their own, whom no other booking's debt concerns. */
const bookTransferred = async (): Promise<ShownBooking> => {
  const booked = await bookSoon(house, await openGroupProvider(house), { policy: 'at-once' });
  return await becomes(house, booked, { transferred: 4500 });
};
const succeeded = (refunds: readonly Stripe.Refund[]) =>
  refunds.filter(({ status }) => status === 'succeeded');

describe('a refund by an admin', () => {
  it('of a part in the window leaves the provider their share of the rest, later', async () => {
    const booked = await bookSoon(house, provider);
    await ordered(house, booked.id, 'refund', { reason, amount: 2000 });
    await becomes(house, booked, { refunded: 2000 });
    expect(await showBooking(house, booked.id)).toMatchObject({
      state: 'settling',
      status: 'PARTIALLY_REFUNDED',
      payment: { held: 3000, transferred: 0 },
    });
    await travel(house, 'P4D');
    expect(await showBooking(house, booked.id)).toMatchObject({
      payment: { refunded: 2000, feeEarned: 300, transferred: 2700, held: 0 },
    });
    expect(await transfersOf(house, booked)).toHaveLength(1);
  });

  it('of everything in the window leaves the provider nothing', async () => {
    const booked = await bookSoon(house, provider);
    await ordered(house, booked.id, 'refund', { reason });
    await becomes(house, booked, { refunded: 5000, held: 0 });
    expect(await showBooking(house, booked.id)).toMatchObject({ state: 'cancelled', status: 'REFUNDED' });
    expect(await transfersOf(house, booked)).toEqual([]);
  });

  it('after the transfer takes back what the provider had too much, first', async () => {
    const [part, whole] = [await bookTransferred(), await bookTransferred()];
    await ordered(house, part.id, 'refund', { reason, amount: 2000 });
    await ordered(house, whole.id, 'refund', { reason });
    await becomes(house, part, {
      refunded: 2000,
      transferred: 4500,
      reversed: 1800,
      feeEarned: 300,
      advanced: 0,
      held: 0,
    });
    await becomes(house, whole, {
      refunded: 5000,
      transferred: 4500,
      reversed: 4500,
      feeEarned: 0,
      advanced: 0,
      held: 0,
    });
    for (const booking of [part, whole]) expect(await refundsOf(house, booking)).toHaveLength(1);
    await travel(house, 'P3D');
    expect(await showBooking(house, part.id)).toMatchObject({ payment: { paidOut: 2700 } });
    expect(await showBooking(house, whole.id)).toMatchObject({ payment: { paidOut: 0 } });
  });

  it('after the payout takes the ended story up again; what the provider’s balance lacks becomes their debt', async () => {
    const poor = await openGroupProvider(house);
    const atOnce = { policy: 'at-once' };
    const [part, whole] = [await bookSoon(house, poor, atOnce), await bookSoon(house, poor, atOnce)];
    await travel(house, 'P3D');
    for (const { id } of [part, whole]) {
      expect(await showBooking(house, id)).toMatchObject({ payment: { paidOut: 4500 } });
      expect((await house.store.findAgreement(`booking:${id}`))?.open).toBe(false);
    }
    await ordered(house, part.id, 'refund', { reason, amount: 2000 });
    await ordered(house, whole.id, 'refund', { reason });
    await becomes(house, part, { refunded: 2000, reversed: 0, advanced: 1800, feeEarned: 300, held: 0 });
    await becomes(house, whole, { refunded: 5000, reversed: 0, advanced: 4500, feeEarned: 0, held: 0 });
    expect(await debtOf(house, poor)).toEqual([{ currency: 'usd', amount: 6300 }]);
  });

  it('is refused while the bank disputes the payment, for the payer would be paid twice', async () => {
    const booked = await bookTransferred();
    const { id } = await accuse(house, booked);
    await becomes(house, booked, { disputed: 5000 });
    // The lists hear of an outcome a moment before the story that asked for it does.
    await travel(house, 'PT1S');
    const refused = await order(house, booked.id, 'refund', { reason });
    expect([refused.status, refused.body['code']]).toEqual([409, 'command_refused']);
    await house.sim('POST', `/disputes/${id}/lose`, {});
    await travel(house, 'PT1M');
    expect(await refundsOf(house, booked)).toEqual([]);
    const nothingLeft = await order(house, booked.id, 'refund', { reason });
    expect(nothingLeft.status).toBe(409);
  });

  it('ordered twice at once, 60 of 100 each: is made once, the other admin is refused', async () => {
    const booked = await bookSoon(house, provider, { amount: 10_000 });
    await arm(house, { path: '/v1/refunds' }, { fault: { kind: 'delay', ms: 1_000 }, times: 1 });
    const answers = await Promise.all(
      [1, 2].map(() => order(house, booked.id, 'refund', { reason, amount: 6000 })),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    await becomes(house, booked, { refunded: 6000 });
    await assertStruck(house);
    expect(await refundsOf(house, booked)).toMatchObject([{ amount: 6000 }]);
    expect(await showBooking(house, booked.id)).toMatchObject({ payment: { held: 4000 } });
  });
});

describe('a refund that is not done when it is made', () => {
  it('pending at the bank for a day counts as given back, once', async () => {
    const booked = await bookSoon(house, provider, { paymentMethod: 'pm_card_pendingRefund' });
    await ordered(house, booked.id, 'refund', { reason });
    await becomes(house, booked, { refunded: 5000 });
    expect(await refundsOf(house, booked)).toMatchObject([{ status: 'pending' }]);
    await travel(house, 'P2D');
    expect(await refundsOf(house, booked)).toMatchObject([{ status: 'succeeded' }]);
    expect(await showBooking(house, booked.id)).toMatchObject({
      status: 'REFUNDED',
      needsAttention: null,
      payment: { refunded: 5000, held: 0 },
    });
  });

  it('sent back by the bank after six days: a person is asked, and it is sent once more under a new key', async () => {
    const booked = await bookSoon(house, provider);
    await ordered(house, booked.id, 'refund', { reason });
    await becomes(house, booked, { refunded: 5000 });
    await travel(house, 'P6D');
    const [first] = await refundsOf(house, booked);
    await house.sim('POST', `/refunds/${first?.id}/fail`, {});
    const parked = await untilBooking(house, booked.id, ({ state }) => state === 'parked');
    expect(parked).toMatchObject({
      payment: { refunded: 0, held: 5000 },
      needsAttention: { reason: 'refund_failed', operation: 'refund', commands: ['retry', 'skip'] },
    });
    expect(await alertsOf(house, booked, 'REFUND_FAILED')).toMatchObject([{ resolvedAt: null }]);
    await checkBooks(house);
    await ordered(house, booked.id, 'retry', { reason: 'they have a new card' });
    await becomes(house, booked, { refunded: 5000, held: 0 });
    expect(await showBooking(house, booked.id)).toMatchObject({ status: 'REFUNDED', needsAttention: null });
    const refunds = await refundsOf(house, booked);
    expect(refunds.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
    const made = (await house.store.listOperations(workflowIdOf(booked))).filter(
      ({ kind }) => kind === 'refund',
    );
    expect(new Set(made.map(({ key }) => key)).size).toBe(2);
  });
});

describe('between taking back and giving back', () => {
  it('answers are lost and the worker goes: one reversal, one refund', async () => {
    const booked = await bookTransferred();
    await arm(house, { path: '/v1/transfers/*/reversals' }, troubles['connection lost after the effect']);
    await cutOff(house, { path: '/v1/refunds' });
    await ordered(house, booked.id, 'refund', { reason });
    await becomes(house, booked, { reversed: 4500, refunded: 0 });
    await house.stopWorker();
    await calm(house);
    await arm(house, { path: '/v1/refunds' }, troubles['connection lost after the effect']);
    await house.startWorker();
    await travel(house, 'PT10M');
    await becomes(house, booked, { reversed: 4500, refunded: 5000, feeEarned: 0, advanced: 0, held: 0 });
    await assertStruck(house);
    expect(succeeded(await refundsOf(house, booked))).toHaveLength(1);
    const [transfer] = await transfersOf(house, booked);
    expect((await house.stripe.transfers.listReversals(transfer?.id ?? '')).data).toHaveLength(1);
    expect((await writes(house, /\/reversals$/)).length).toBeGreaterThan(1);
  });
});
