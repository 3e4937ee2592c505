import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Provider, ShownBooking } from '../house/bookings.ts';
import {
  bookPaid,
  openProvider,
  order,
  ordered,
  setTerms,
  showBooking,
  startIn,
  untilBooking,
} from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import {
  alertsOf,
  becomes,
  bookSoon,
  fund,
  openGroupProvider,
  travelToWindowEnd,
} from '../house/booking-money.ts';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openGroupProvider(house);
  await fund(house, 100_000);
  await setTerms(house, 'short', { hold: { anchor: 'payment', for: 'PT3H' } });
});
afterAll(async () => {
  await house.close();
});

describe('an early warning of fraud', () => {
  const warn = ({ payment }: ShownBooking) =>
    house.sim('POST', '/early_fraud_warnings', { charge: payment.chargeId });

  it('keeps the money until a person decides', async () => {
    const booked = await bookSoon(house, provider, { policy: 'short' });
    await warn(booked);
    await untilBooking(house, booked.id, ({ state }) => state === 'disputed');
    expect(await alertsOf(house, booked, 'FRAUD_WARNING')).toHaveLength(1);
    await travelToWindowEnd(house, booked);
    expect(await showBooking(house, booked.id)).toMatchObject({ payment: { held: 5000, transferred: 0 } });
    expect(
      (await order(house, booked.id, 'resolve', { outcome: 'release', reason: 'we know them' })).status,
    ).toBe(200);
    await becomes(house, booked, { transferred: 4500 });
  });

  it('gives back at once what the policy holds too small to argue about, and keeps what is larger', async () => {
    const terms = { kind: 'booking', fraudWarning: { action: 'refund', refundUpTo: 5000 } };
    expect((await house.request('PUT', '/api/admin/policies/wary', { body: terms })).status).toBe(201);
    const own = await openProvider(house);
    const [small, large] = [
      await bookSoon(house, own, { policy: 'wary' }),
      await bookSoon(house, provider, { policy: 'wary', amount: 5001 }),
    ];
    await warn(small);
    await warn(large);
    await becomes(house, small, { refunded: 5000, held: 0 });
    await untilBooking(house, large.id, ({ state }) => state === 'disputed');
    expect(await showBooking(house, large.id)).toMatchObject({ payment: { held: 5001, refunded: 0 } });
    await checkBooks(house);
  });

  it('leaves a cancelled booking cancelled, its tier what it was, and its seat to others', async () => {
    const own = await openProvider(house);
    const cancelTiers = [{ atLeastBeforeStart: 'PT0S', chargeBps: 5000 }];
    await setTerms(house, 'half', { cancelTiers, hold: { anchor: 'payment', for: 'PT3H' } });
    const when = { startTime: startIn(house, 2), policy: 'half' };
    const booked = await bookPaid(house, own, when);
    await ordered(house, booked.id, 'cancel', { by: 'attendee', reason: 'ill' });
    await untilBooking(house, booked.id, ({ calendar }) => calendar.cancelled);
    await warn(booked);
    await untilBooking(house, booked.id, ({ state }) => state === 'disputed');
    const other = await bookPaid(house, own, when);
    expect(other).toMatchObject({ calendar: { cancelled: false } });
    await ordered(house, booked.id, 'resolve', { outcome: 'release', reason: 'we know them' });
    await travelToWindowEnd(house, booked);
    const after = await becomes(house, booked, { refunded: 2500, transferred: 2250, held: 0 });
    expect(after).toMatchObject({ state: 'cancelled', cancelledBy: 'attendee', cancelReason: 'ill' });
    await checkBooks(house);
  });
});
