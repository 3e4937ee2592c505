import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iso } from '../../domain/time.ts';
import { openHouse } from '../house/house.ts';
import type { House } from '../house/house.ts';
import { hourMs, openAccount } from '../house/lessons.ts';
import { commandLineOf, json } from './command-line.ts';

// Bookings, bank disputes and accounts by hand: each order goes over HTTP to a real house.

let house: House;
let holdfast: Awaited<ReturnType<typeof commandLineOf>>;
let account: string;
let booked = 0;

beforeAll(async () => {
  house = await openHouse();
  holdfast = await commandLineOf(house);
  account = (await openAccount(house)).id;
  const eventTypes = [{ id: 1, title: 'An hour', duration: 60, seats: 1 }];
  const provider = { id: 'prov', username: 'anna', account, defaultPrice: 4999, currency: 'usd', eventTypes };
  const answer = await house.request('POST', '/api/providers', { body: provider });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
});
afterAll(() => house.close());

/** A booking an hour after the one before, unpaid. */
async function book(): Promise<string> {
  booked += 1;
  const startTime = iso(Math.ceil(house.clock.now() / 1000) * 1000 + (24 + 2 * booked) * hourMs);
  const attendee = { name: 'A', email: 'a@example.org', timeZone: 'Europe/Berlin' };
  const body = { id: `bok_${booked}`, provider: 'prov', eventTypeId: 1, startTime, attendee };
  const answer = await house.request('POST', '/api/bookings', { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return body.id;
}

const bookingOf = async (id: string) => (await house.request('GET', `/api/bookings/${id}`)).body;
const paymentOf = async (id: string) => (await bookingOf(id))['payment'];
const becomes = (id: string, state: string) =>
  expect.poll(() => bookingOf(id), { timeout: 90_000 }).toMatchObject({ state });

async function bookAndPay(): Promise<string> {
  const id = await book();
  expect(await holdfast(`trigger checkout.session.completed --booking ${id}`)).toMatchObject({ code: 0 });
  await becomes(id, 'confirmed');
  return id;
}

describe('a checkout that is triggered', () => {
  it('is paid for, and the booking is confirmed and shown with its money', async () => {
    const id = await bookAndPay();
    const shown = await holdfast(`bookings show ${id}`);
    expect(shown.out).toMatch(/captured +49\.99 USD/);
    expect((await holdfast(`bookings timeline ${id}`)).out).toMatch(/49\.99 USD/);
    expect((await holdfast(`bookings list --account ${account} --quiet`)).out.split('\n')).toContain(id);
  });

  it('takes nothing when the card is declined, nor when it expires: the booking is cancelled', async () => {
    const id = await book();
    expect(await holdfast(`trigger checkout.session.declined --booking ${id}`)).toMatchObject({ code: 0 });
    expect(await bookingOf(id)).toMatchObject({ state: 'awaiting_payment', payment: { captured: 0 } });
    expect(await holdfast(`trigger checkout.session.expired --booking ${id}`)).toMatchObject({ code: 0 });
    await becomes(id, 'cancelled');
    expect(await paymentOf(id)).toMatchObject({ captured: 0 });
  });

  it('is refunded in full when the calendar refuses the hour', async () => {
    const id = await book();
    expect(await holdfast('trigger calendar.refused')).toMatchObject({ code: 0 });
    expect(await holdfast(`trigger checkout.session.completed --booking ${id}`)).toMatchObject({ code: 0 });
    await expect
      .poll(() => paymentOf(id), { timeout: 90_000 })
      .toMatchObject({ captured: 4999, refunded: 4999 });
  });
});

describe('money of a booking by hand', () => {
  it('refunds nothing while nobody said yes, then exactly what was asked, and the diagnosis agrees', async () => {
    const id = await bookAndPay();
    expect(await holdfast(`bookings refund ${id} --amount 1000 --reason late`)).toMatchObject({ code: 2 });
    expect(await paymentOf(id)).toMatchObject({ refunded: 0 });
    expect(await holdfast(`bookings refund ${id} --amount 10.00 --reason late --yes`)).toMatchObject({
      code: 2,
    });
    const ran = await holdfast(`bookings refund ${id} --amount 1000 --reason late --yes --json`);
    expect(json(ran.out)).toMatchObject({ accepted: true });
    await expect.poll(() => paymentOf(id), { timeout: 90_000 }).toMatchObject({ refunded: 1000 });
    const found = json((await holdfast(`diagnose booking:${id} --json`)).out);
    expect(found).toMatchObject({ differences: [], stripe: { amountReceived: 4999, amountRefunded: 1000 } });
    expect(json((await holdfast(`diagnose ${id} --json`)).out)).toMatchObject({ booking: id });
  });

  it('splits a disputed booking so that a third is the side of the provider and the rest goes back', async () => {
    const id = await bookAndPay();
    const complaint = { by: 'attendee', reason: 'half the session was lost' };
    expect((await house.request('POST', `/api/bookings/${id}/dispute`, { body: complaint })).status).toBe(
      200,
    );
    const order = `bookings resolve ${id} --outcome split --payee-bps 3333 --reason heard`;
    expect(await holdfast(order)).toMatchObject({ code: 2 });
    expect(await holdfast(`${order} --yes`)).toMatchObject({ code: 0 });
    await expect.poll(() => paymentOf(id), { timeout: 90_000 }).toMatchObject({ refunded: 3333 });
    expect((await holdfast(`bookings show ${id}`)).out).toMatch(/split, 16\.66 USD/);
    expect(await holdfast(`${order} --yes`)).toMatchObject({ code: 4 });
  });

  it('finds no booking that is not there', async () => {
    expect(await holdfast('bookings show nobody')).toMatchObject({ code: 3 });
    expect(await holdfast('diagnose nobody')).toMatchObject({ code: 3 });
  });
});

describe('a dispute at the bank', () => {
  const disputed = async (): Promise<{ id: string; dispute: string }> => {
    const id = await bookAndPay();
    expect(await holdfast(`trigger charge.dispute.created --booking ${id}`)).toMatchObject({ code: 0 });
    await becomes(id, 'disputed');
    const [dispute] = (await bookingOf(id))['bankDisputes'] as unknown as { id: string }[];
    await expect
      .poll(() => holdfast(`disputes show ${dispute?.id}`), { timeout: 90_000 })
      .toMatchObject({ code: 0 });
    return { id, dispute: dispute?.id ?? '' };
  };

  it('is answered by hand, and when it is won the booking goes on with its money', async () => {
    const { id, dispute } = await disputed();
    expect((await holdfast('disputes list')).out).toMatch(
      new RegExp(`${dispute} .*49\\.99 USD.*booking:${id}`),
    );
    expect(await holdfast(`disputes submit ${dispute} --reason ready`)).toMatchObject({ code: 2 });
    expect(await holdfast(`disputes submit ${dispute} --reason ready --yes`)).toMatchObject({ code: 0 });
    const stateOf = async () => json((await holdfast(`disputes show ${dispute} --json`)).out)['stripeStatus'];
    await expect.poll(stateOf, { timeout: 90_000 }).toBe('under_review');
    expect(await holdfast(`trigger charge.dispute.won --booking ${id}`)).toMatchObject({ code: 0 });
    await becomes(id, 'confirmed');
    expect(await paymentOf(id)).toMatchObject({ disputed: 0 });
  });

  it('is given up only by somebody who says yes, and then the payer keeps the money', async () => {
    const { id, dispute } = await disputed();
    expect(await holdfast(`disputes accept ${dispute} --reason fair`)).toMatchObject({ code: 2 });
    expect(await paymentOf(id)).toMatchObject({ state: 'DISPUTED' });
    expect(await holdfast(`disputes accept ${dispute} --reason fair --yes`)).toMatchObject({ code: 0 });
    const stateOf = async () => json((await holdfast(`disputes show ${dispute} --json`)).out)['state'];
    await expect.poll(stateOf, { timeout: 90_000 }).toBe('lost');
    await expect.poll(() => paymentOf(id), { timeout: 90_000 }).toMatchObject({ disputed: 4999 });
  });
});

describe('accounts', () => {
  it('are frozen and let go by hand, with what they owe', async () => {
    expect(await holdfast(`accounts freeze ${account}`)).toMatchObject({ code: 2 });
    expect(await holdfast(`accounts freeze --reason check`)).toMatchObject({ code: 2 });
    expect(await holdfast(`accounts freeze ${account} --reason check`)).toMatchObject({ code: 0 });
    expect((await holdfast(`accounts show ${account}`)).out).toMatch(/frozen/);
    expect((await holdfast('accounts list')).out).toMatch(new RegExp(`${account} .*frozen`));
    expect(await holdfast(`accounts unfreeze ${account} --reason checked`)).toMatchObject({ code: 0 });
    const shown = json((await holdfast(`accounts show ${account} --json`)).out);
    expect(shown).toMatchObject({ frozen: false, debt: [] });
  });

  it('are frozen all at once', async () => {
    expect(await holdfast('accounts freeze --all --reason storm')).toMatchObject({ code: 0 });
    expect(await house.store.isFrozenAll()).toBe(true);
    expect(await holdfast('accounts unfreeze --all --reason over')).toMatchObject({ code: 0 });
    expect(await house.store.isFrozenAll()).toBe(false);
  });
});
