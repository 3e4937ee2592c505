import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookPaid, openProvider, showBooking } from '../house/bookings.ts';
import type { Provider } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { hourMs, travel } from '../house/lessons.ts';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openProvider(house);
});
afterAll(async () => {
  await house.close();
});

describe('a paid booking', () => {
  it('is held to the end of its window, then transferred and paid out once', async () => {
    const booked = await bookPaid(house, provider);
    expect(booked).toMatchObject({
      status: 'SUCCEEDED',
      payment: { captured: 5000, held: 5000, platformFee: 500, payeeAmount: 4500, transferred: 0 },
      calendar: { uid: expect.any(String) },
    });
    const endsAt = Date.parse(booked.hold.endsAt ?? '');
    expect(endsAt).toBe(Date.parse(booked.endsAt) + 72 * hourMs);
    await travel(house, endsAt - 60_000);
    expect(await showBooking(house, booked.id)).toMatchObject({ status: 'SUCCEEDED' });
    await travel(house, 'PT2M');
    expect(await showBooking(house, booked.id)).toMatchObject({
      state: 'completed',
      status: 'TRANSFERRED',
      transferAttempts: 1,
      payment: { feeEarned: 500, transferred: 4500, held: 0 },
    });
    await travel(house, 'P3D');
    expect(await showBooking(house, booked.id)).toMatchObject({ payment: { paidOut: 4500 } });
    await checkBooks(house);
  });
});
