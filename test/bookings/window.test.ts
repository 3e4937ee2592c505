import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iso } from '../../domain/time.ts';
import { bookPaid, mailsOf, openAlertsOf, openProvider, setTerms, showBooking } from '../house/bookings.ts';
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { hourMs, minuteMs, travel } from '../house/lessons.ts';

const dayMs = 24 * hourMs;
const windowMs = 72 * hourMs;

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openProvider(house);
});
afterAll(async () => {
  await house.close();
});

/** The next full hour this long from now. */
const hourIn = (ms: number): number => Math.ceil((house.clock.now() + ms) / hourMs) * hourMs;

/** The money stays a minute before the window ends and is with the provider a minute after it. */
async function isPaidAt({ id }: ShownBooking, endsAt: number): Promise<void> {
  expect((await showBooking(house, id)).hold.endsAt).toBe(iso(endsAt));
  await travel(house, endsAt - minuteMs);
  const before = await showBooking(house, id);
  expect(before).toMatchObject({ status: 'SUCCEEDED', payment: { held: 5000, transferred: 0 } });
  await travel(house, endsAt + minuteMs);
  const after = await showBooking(house, id);
  expect(after).toMatchObject({ status: 'TRANSFERRED', payment: { held: 0, transferred: 4500 } });
}

describe('a paid booking', () => {
  it('is held to the end of its window, then transferred and paid out once, and both are told once', async () => {
    const booked = await bookPaid(house, provider);
    expect(booked).toMatchObject({
      status: 'SUCCEEDED',
      payment: { captured: 5000, held: 5000, platformFee: 500, payeeAmount: 4500, transferred: 0 },
      calendar: { uid: expect.any(String) },
    });
    await isPaidAt(booked, Date.parse(booked.endsAt) + windowMs);
    expect(await showBooking(house, booked.id)).toMatchObject({
      state: 'completed',
      transferAttempts: 1,
      payment: { feeEarned: 500 },
    });
    await travel(house, 'P3D');
    expect(await showBooking(house, booked.id)).toMatchObject({ payment: { paidOut: 4500 } });
    // Whoever is told of money is told once.
    expect(await mailsOf(house, booked.id)).toEqual([
      expect.stringMatching(/^booking_confirmed a\d+@example.org$/),
      'booking_confirmed tutor@example.org',
      'payout_processed tutor@example.org',
    ]);
    await checkBooks(house);
  });

  it('ten days ahead is not paid out before its session, however long ago the checkout was', async () => {
    const startsAt = hourIn(10 * dayMs);
    const booked = await bookPaid(house, provider, { startTime: iso(startsAt) });
    await travel(house, startsAt - minuteMs);
    expect(await showBooking(house, booked.id)).toMatchObject({
      state: 'confirmed',
      payment: { held: 5000 },
    });
    await isPaidAt(booked, startsAt + hourMs + windowMs);
    await checkBooks(house);
  });

  it('is paid 72 hours after the payment where the policy counts from there', async () => {
    await setTerms(house, 'from-payment', { hold: { anchor: 'payment', for: 'PT72H' } });
    const startTime = iso(hourIn(20 * dayMs));
    const booked = await bookPaid(house, provider, { startTime, policy: 'from-payment' });
    expect(booked.hold).toMatchObject({ anchor: 'payment', startedAt: booked.payment.chargedAt });
    await isPaidAt(booked, Date.parse(String(booked.payment.chargedAt)) + windowMs);
    await checkBooks(house);
  });
});

const amounts = [
  { what: 'in yen, which have no cents', currency: 'jpy', amount: 5001, fee: 500, payee: 4501 },
  { what: 'in dinars, whose last digit is always 0', currency: 'kwd', amount: 5050, fee: 510, payee: 4540 },
  { what: 'without a fee', currency: 'usd', amount: 4999, policy: 'no-fee', fee: 0, payee: 4999 },
  { what: 'with a fee of 499.5, which is 500', currency: 'usd', amount: 4995, fee: 500, payee: 4495 },
  { what: 'at 3.33 %', currency: 'eur', amount: 101, policy: 'odd-fee', fee: 3, payee: 98 },
  { what: 'one cent above the least Stripe charges', currency: 'usd', amount: 51, fee: 5, payee: 46 },
];

describe('a booking', () => {
  const booked = new Map<string, ShownBooking>();
  beforeAll(async () => {
    await setTerms(house, 'no-fee', { platformFeeBps: 0 });
    await setTerms(house, 'odd-fee', { platformFeeBps: 333 });
    for (const { what, currency, amount, policy = 'default' } of amounts) {
      booked.set(what, await bookPaid(house, provider, { currency, amount, policy }));
    }
    await travel(house, 'P10D');
  });

  it.each(amounts)('$what is divided to the unit', async ({ what, amount, fee, payee }) => {
    const before = booked.get(what)?.payment;
    expect(before).toMatchObject({ captured: amount, platformFee: fee, payeeAmount: payee, held: amount });
    expect(await showBooking(house, booked.get(what)?.id ?? '')).toMatchObject({
      status: 'TRANSFERRED',
      needsAttention: null,
      payment: { feeEarned: fee, transferred: payee, paidOut: payee, refunded: 0, held: 0 },
    });
  });

  it('of every amount leaves true books', async () => {
    await checkBooks(house);
  });
});

describe('a booking far ahead', () => {
  it('of a hundred days is told to people at once and still not paid before its window ends', async () => {
    const startsAt = hourIn(100 * dayMs);
    const booked = await bookPaid(house, provider, { startTime: iso(startsAt) });
    expect(await openAlertsOf(house, booked.id)).toEqual(['HOLD_EXPIRING']);
    await travel(house, startsAt - dayMs);
    expect(await showBooking(house, booked.id)).toMatchObject({ payment: { held: 5000, transferred: 0 } });
    await isPaidAt(booked, startsAt + hourMs + windowMs);
    await checkBooks(house);
  });

  it('on both sides of a changeover to summer time is settled by the hours that really pass', async () => {
    const year = new Date(house.clock.now()).getUTCFullYear() + 1;
    const day = lastSundayOfMarch(year);
    // Clocks in Berlin go from 02:00 to 03:00: the second session begins the very moment the first one ends.
    const winter = await bookPaid(house, provider, { startTime: `${day}T01:00:00+01:00` });
    const summer = await bookPaid(house, provider, { startTime: `${day}T03:00:00+02:00` });
    expect(winter).toMatchObject({ startsAt: `${day}T00:00:00.000Z`, endsAt: summer.startsAt });
    expect(summer.startsAt).toBe(`${day}T01:00:00.000Z`);
    await isPaidAt(winter, Date.parse(`${day}T01:00:00Z`) + windowMs);
    expect(await showBooking(house, summer.id)).toMatchObject({ payment: { held: 5000, transferred: 0 } });
    await isPaidAt(summer, Date.parse(`${day}T02:00:00Z`) + windowMs);
    await checkBooks(house);
  });
});

function lastSundayOfMarch(year: number): string {
  const last = new Date(Date.UTC(year, 2, 31));
  return iso(last.getTime() - last.getUTCDay() * dayMs).slice(0, 10);
}
