import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iso } from '../../domain/time.ts';
import {
  bookPaid, inCalendar, openProvider, order, ordered, session, showBooking, startIn, untilBooking,
} from '../house/bookings.ts'; // prettier-ignore
import type { Provider } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { hourMs, minuteMs, travel } from '../house/lessons.ts';

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

/** A session that begins in two hours. */
const soon = () => bookPaid(house, provider, { startTime: startIn(house, 2) });

describe('a move to another time', () => {
  it('takes calendar, seat and window along, and leaves the old hour to others', async () => {
    const booking = await bookPaid(house, provider);
    const startTime = iso(Date.parse(booking.startsAt) + 24 * hourMs);
    await ordered(house, booking.id, 'reschedule', { startTime });
    const moved = await untilBooking(
      house,
      booking.id,
      ({ calendar }) => calendar.uid !== booking.calendar.uid,
    );
    const endsAt = Date.parse(startTime) + hourMs;
    expect(moved).toMatchObject({
      state: 'confirmed',
      startsAt: startTime,
      hold: { endsAt: iso(endsAt + windowMs) },
    });
    expect(await inCalendar(house, booking.id)).toEqual([startTime]);
    const taken = await house.request('POST', '/api/bookings', {
      role: 'app',
      body: session(house, provider, { startTime }),
    });
    expect(taken).toMatchObject({ status: 409, body: { code: 'slot_taken' } });
    const other = await bookPaid(house, provider, { startTime: booking.startsAt });
    const back = await order(house, booking.id, 'reschedule', { startTime: other.startsAt });
    expect(back).toMatchObject({ status: 409, body: { code: 'slot_taken' } });
    await travel(house, Date.parse(startTime) + minuteMs);
    const late = await order(house, booking.id, 'reschedule', { startTime: iso(endsAt + 24 * hourMs) });
    expect(late).toMatchObject({ status: 409, body: { code: 'command_refused' } });
    await travel(house, endsAt + windowMs - minuteMs);
    expect(await showBooking(house, booking.id)).toMatchObject({ payment: { held: 5000, transferred: 0 } });
    await travel(house, endsAt + windowMs + minuteMs);
    expect(await showBooking(house, booking.id)).toMatchObject({ payment: { held: 0, transferred: 4500 } });
    await checkBooks(house);
  });
});

describe('a session that somebody missed', () => {
  it('is paid back at once where the provider did not come, and paid at the window’s end where the attendee did not', async () => {
    const [noProvider, noAttendee] = [await soon(), await soon()];
    const early = await order(house, noProvider.id, 'no-show', { party: 'provider' });
    expect(early).toMatchObject({ status: 409, body: { code: 'command_refused' } });
    await travel(house, Date.parse(noAttendee.startsAt) + minuteMs);
    await ordered(house, noProvider.id, 'no-show', { party: 'provider' });
    await ordered(house, noAttendee.id, 'no-show', { party: 'attendee' });
    const refunded = await untilBooking(house, noProvider.id, ({ status }) => status === 'REFUNDED');
    expect(refunded).toMatchObject({
      state: 'cancelled',
      cancelReason: 'No-show by the provider',
      payment: { refunded: 5000 },
    });
    const endsAt = Date.parse(noAttendee.endsAt) + windowMs;
    await travel(house, endsAt - minuteMs);
    expect(await showBooking(house, noAttendee.id)).toMatchObject({
      payment: { held: 5000, transferred: 0 },
    });
    await travel(house, endsAt + minuteMs);
    expect(await showBooking(house, noAttendee.id)).toMatchObject({
      state: 'completed',
      payment: { transferred: 4500, feeEarned: 500, refunded: 0, held: 0 },
    });
    await checkBooks(house);
  });
});
