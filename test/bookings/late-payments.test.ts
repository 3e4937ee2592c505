import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  inCalendar, mailsOf, openCheckout, openProvider, pay, payLate, showBooking, untilBooking,
} from '../house/bookings.ts'; // prettier-ignore
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import { eventually } from '../house/eventually.ts';
import { arm, assertStruck, calm, cutOff, requests } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { travel } from '../house/lessons.ts';

// Money and the news of it come when they like: before the checkout is over, after, in the same moment, or never.

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openProvider(house);
});
afterEach(async () => {
  await house.sim('POST', '/webhooks', {});
});
afterAll(async () => {
  await house.close();
});

const loseAllNews = () => house.sim('POST', '/webhooks', { lose: 1 });

/** A checkout that expired unpaid; its story is over. */
async function expired(): Promise<ShownBooking> {
  const opened = await openCheckout(house, provider);
  await travel(house, 'PT31M');
  expect(await showBooking(house, opened.id)).toMatchObject({ state: 'cancelled', status: 'FAILED' });
  expect(await house.store.findAgreement(`booking:${opened.id}`)).toMatchObject({ open: false });
  return opened;
}

const isRefunded = ({ status }: ShownBooking): boolean => status === 'REFUNDED';

/** All of it came and all of it went back, by one refund. */
const refundedOnce = {
  state: 'cancelled',
  calendar: { uid: null },
  payment: { captured: 5000, refunded: 5000, held: 0, refundIds: [expect.any(String)] },
};

describe('money that lands after the checkout expired', () => {
  it('goes back by itself, although the booking’s story is over', async () => {
    const opened = await expired();
    await payLate(house, opened);
    expect(await untilBooking(house, opened.id, isRefunded)).toMatchObject(refundedOnce);
    expect(await inCalendar(house, opened.id)).toEqual([]);
    expect((await mailsOf(house, opened.id)).join()).toContain('refund_processed');
    await checkBooks(house);
  });

  it('goes back also where every word of Stripe about it was lost', async () => {
    const opened = await expired();
    await loseAllNews();
    await payLate(house, opened);
    expect(await showBooking(house, opened.id)).toMatchObject({ payment: { captured: 0 } });
    await travel(house, 'PT20M');
    expect(await untilBooking(house, opened.id, isRefunded)).toMatchObject(refundedOnce);
    await checkBooks(house);
  });
});

describe('a customer who pays in the very moment the checkout is closed', () => {
  /** Answers while time passes on and Stripe is about to refuse, since the checkout is paid. */
  async function payAsItCloses(opened: ShownBooking): Promise<{ readonly passing: Promise<void> }> {
    const path = `/v1/checkout/sessions/${opened.payment.sessionId}/expire`;
    await loseAllNews();
    await arm(house, { path }, { fault: { kind: 'delay', ms: 1_500 }, times: 1 });
    const passing = travel(house, 'PT31M');
    await eventually(
      () => requests(house),
      (seen) => seen.some((one) => one.path === path),
    );
    await pay(house, opened);
    return { passing };
  }

  it('has the booking: Stripe, asked to expire it, says that it is paid', async () => {
    const opened = await openCheckout(house, provider);
    const { passing } = await payAsItCloses(opened);
    await passing;
    await assertStruck(house);
    expect(await showBooking(house, opened.id)).toMatchObject({
      state: 'confirmed',
      status: 'SUCCEEDED',
      payment: { captured: 5000, refunded: 0, held: 5000 },
    });
    expect(await inCalendar(house, opened.id)).toEqual([opened.startsAt]);
    await checkBooks(house);
  });

  it('has the booking also after an outage in which we never heard that: no operation is left without an end', async () => {
    const opened = await openCheckout(house, provider);
    const { passing } = await payAsItCloses(opened);
    await cutOff(house);
    await passing;
    await travel(house, 'PT10M');
    expect(await showBooking(house, opened.id)).toMatchObject({
      needsAttention: { operation: 'expireCheckout' },
    });
    await calm(house);
    await travel(house, 'PT2H');
    expect(await showBooking(house, opened.id)).toMatchObject({
      state: 'confirmed',
      payment: { captured: 5000 },
    });
    const operations = await house.store.listOperations(`booking:${opened.id}`);
    expect(operations.filter(({ kind }) => kind === 'expireCheckout')).toMatchObject([
      { status: 'done', result: 'none', outcome: { type: 'captured' } },
    ]);
    await checkBooks(house);
  });
});

describe('the news that a booking is paid', () => {
  it('told five times and in any order books once', async () => {
    await house.sim('POST', '/webhooks', { hold: true, duplicate: 4, shuffle: true, seed: 7 });
    const opened = await openCheckout(house, provider);
    await pay(house, opened);
    await house.sim('POST', '/webhooks/flush');
    const booked = await untilBooking(house, opened.id, ({ state }) => state === 'confirmed');
    expect(booked).toMatchObject({ status: 'SUCCEEDED', payment: { captured: 5000, held: 5000 } });
    await travel(house, 'PT5M');
    expect(await inCalendar(house, opened.id)).toEqual([opened.startsAt]);
    expect(await mailsOf(house, opened.id)).toHaveLength(2);
    await checkBooks(house);
  });

  it('never told is found before the checkout is given up', async () => {
    await loseAllNews();
    const opened = await openCheckout(house, provider);
    await pay(house, opened);
    await travel(house, 'PT31M');
    expect(await showBooking(house, opened.id)).toMatchObject({ state: 'confirmed', status: 'SUCCEEDED' });
    expect(await inCalendar(house, opened.id)).toEqual([opened.startsAt]);
    await checkBooks(house);
  });
});
