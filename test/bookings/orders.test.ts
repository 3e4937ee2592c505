import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookingRacers, raceBookings } from '../../proof/races/bookings.ts';
import { ordersOf } from '../../proof/races/orders.ts';
import type { Ended } from '../../proof/races/race.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';

// Six things race within one booking, here on the real server: every 24th of the 720 orders, each a booking of its own.
// `npm run races` lives all of them.

/** Every 24th shares its first two places with no other, so each pair of beginnings is met once. */
const sample = ordersOf(bookingRacers).filter((_, index) => index % 24 === 0);

describe('dispute, resolve, cancel, refund, the end of the window and a chargeback, in 30 of their orders', () => {
  let house: House;
  let ended: Ended[] = [];

  beforeAll(async () => {
    house = await openHouse();
    ended = await raceBookings(house, sample, { twins: false });
  }, 300_000);
  afterAll(async () => {
    await house.close();
  });

  it('every booking has one fate, and every cent of every price went somewhere', async () => {
    expect(ended).toHaveLength(30);
    expect(ended.flatMap(({ order, problems }) => problems.map((one) => `${order}: ${one}`))).toEqual([]);
    await checkBooks(house);
  });

  it('the provider, the payer and the bank each come to their money in some of them', () => {
    const fates = ended.map(({ fate }) => fate);
    for (const who of ['provider', 'payer', 'bank']) {
      expect(fates.filter((fate) => fate.includes(who)), who).not.toHaveLength(0);
    }
  });

  it('no message waits for an answer: everything said was taken or refused', () => {
    expect(new Set(ended.flatMap(({ answers }) => answers))).toEqual(new Set([200, 409]));
  });
}); // prettier-ignore
