import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CalendarRefused, CalendarUnclear } from '../../activities/calendar/calendar.ts';
import { failure, hour, noon, openCalendar, request } from './house.ts';
import type { CalendarHouse } from './house.ts';

let house: CalendarHouse;
beforeEach(async () => {
  house = await openCalendar();
});
afterEach(() => house.close());

const arm = (kind: string, times?: number) =>
  house.control('POST', '/faults', { kind, ...(times === undefined ? {} : { times }) });

const standing = async () => (await house.shown()).filter(({ status }) => status === 'accepted');

describe('a session that is paid', () => {
  it('is in the calendar once, at its time, for whoever paid', async () => {
    const booking = await house.calendar.book(request());
    expect(booking).toEqual({ uid: booking.uid, startsAt: noon + 25 * hour, status: 'accepted' });
    expect(await house.shown()).toMatchObject([
      {
        uid: booking.uid,
        start: '2026-11-22T13:00:00.000Z',
        end: '2026-11-22T13:45:00.000Z',
        eventTypeId: 7,
        attendees: [{ name: 'Grace', email: 'grace@example.com', timeZone: 'Europe/Berlin' }],
        metadata: { operation: 'booking:b1:book', workflow_id: 'booking:b1' },
      },
    ]);
  });

  it('is found by its operation, and nobody else’s is found instead', async () => {
    const booking = await house.calendar.book(request());
    await house.calendar.book(request({ operation: 'booking:b2:book', startsAt: noon + 30 * hour }));
    expect(await house.calendar.find(request())).toEqual(booking);
    expect(await house.calendar.find(request({ operation: 'booking:b3:book' }))).toBeNull();
    expect(await house.calendar.find(request({ eventTypeId: 8 }))).toBeNull();
  });

  it('is found behind two pages of others by the same person', async () => {
    const others = Array.from({ length: 205 }, (_, index) =>
      request({ operation: `booking:o${index}:book`, startsAt: noon + (26 + index) * hour }),
    );
    for (const other of others) await house.calendar.book(other);
    const booking = await house.calendar.book(request());
    expect(await house.calendar.find(request())).toEqual(booking);
  });

  it('shares its slot with other people, but never with another session of the same person', async () => {
    await house.calendar.book(request());
    const attendee = { name: 'Alan', email: 'alan@example.com', timeZone: 'UTC' };
    await house.calendar.book(request({ operation: 'booking:b2:book', attendee }));
    const refused = await failure(house.calendar.book(request({ operation: 'booking:b3:book' })));
    expect(refused).toBeInstanceOf(CalendarRefused);
    expect(await standing()).toHaveLength(2);
  });
});

describe('a definite no', () => {
  it('is told as one, with a code for machines and a reason for people', async () => {
    await arm('refuse');
    const refused = await failure(house.calendar.book(request()));
    expect(refused).toBeInstanceOf(CalendarRefused);
    expect(refused).toMatchObject({
      code: 'not_bookable',
      detail: 'The host is not available at this time.',
    });
    expect(await house.shown()).toEqual([]);
  });

  it('meets whoever wants to book the past', async () => {
    expect(await failure(house.calendar.book(request({ startsAt: noon })))).toMatchObject({
      code: 'not_bookable',
    });
    expect(await house.shown()).toEqual([]);
  });

  it('that answers the repetition of what was done is no refusal: the booking stands', async () => {
    await arm('drop_after');
    await failure(house.calendar.book(request()));
    await arm('refuse');
    const booking = await house.calendar.book(request());
    expect(await house.shown()).toMatchObject([{ uid: booking.uid, status: 'accepted' }]);
  });

  it('names a booking that is not there', async () => {
    expect(await failure(house.calendar.cancel('nothing', 'ill'))).toMatchObject({ code: 'not_found' });
    expect(await failure(house.calendar.move('nothing', noon + 30 * hour, 'ill'))).toMatchObject({
      code: 'not_found',
    });
  });
});

describe('an answer that never comes', () => {
  it('leaves nothing where the request never arrived', async () => {
    await arm('drop_before');
    expect(await failure(house.calendar.book(request()))).toBeInstanceOf(CalendarUnclear);
    expect(await house.calendar.find(request())).toBeNull();
    expect(await house.shown()).toEqual([]);
  });

  it('leaves one booking, which a look before the retry finds', async () => {
    await arm('drop_after');
    expect(await failure(house.calendar.book(request()))).toBeInstanceOf(CalendarUnclear);
    const found = await house.calendar.find(request());
    expect(await house.shown()).toMatchObject([{ uid: found?.uid, status: 'accepted' }]);
  });

  it('leaves two bookings behind whoever retries without looking', async () => {
    await arm('drop_after');
    await failure(house.calendar.book(request()));
    await house.calendar.book(request());
    expect(await standing()).toHaveLength(2);
  });
});

describe('a session that moves', () => {
  const later = noon + 48 * hour;

  it('stands at its new time only, under a new uid that its operation finds', async () => {
    const booking = await house.calendar.book(request());
    const moved = await house.calendar.move(booking.uid, later, 'the train is late');
    expect(moved).toEqual({ uid: moved.uid, startsAt: later, status: 'accepted' });
    expect(moved.uid).not.toBe(booking.uid);
    expect(await standing()).toMatchObject([
      { uid: moved.uid, rescheduledFromUid: booking.uid, reschedulingReason: 'the train is late' },
    ]);
    expect(await house.calendar.find(request())).toEqual(moved);
  });

  it('moves once when the answer is lost and it is asked again', async () => {
    const { uid } = await house.calendar.book(request());
    await arm('drop_after');
    expect(await failure(house.calendar.move(uid, later, 'ill'))).toBeInstanceOf(CalendarUnclear);
    const moved = await house.calendar.move(uid, later, 'ill');
    expect(await house.shown()).toMatchObject([{ uid, status: 'cancelled' }, { uid: moved.uid }]);
  });

  it('moves once when two ask for the same move at the same time', async () => {
    const { uid } = await house.calendar.book(request());
    const move = () => house.calendar.move(uid, later, 'ill');
    const [one, other] = await Promise.all([move(), move()]);
    expect(other).toEqual(one);
    expect(await house.shown()).toMatchObject([{ uid, status: 'cancelled' }, { uid: one.uid }]);
  });

  it('stays where it is when the new time is refused', async () => {
    const { uid } = await house.calendar.book(request());
    await arm('refuse');
    expect(await failure(house.calendar.move(uid, later, 'ill'))).toBeInstanceOf(CalendarRefused);
    expect(await house.shown()).toMatchObject([{ uid, status: 'accepted' }]);
  });

  it('moves on from wherever it was moved to', async () => {
    const { uid } = await house.calendar.book(request());
    await house.calendar.move(uid, later, 'ill');
    const again = await house.calendar.move(uid, later + hour, 'still ill');
    expect(await standing()).toMatchObject([{ uid: again.uid, start: '2026-11-23T13:00:00.000Z' }]);
  });
});

describe('a session that is cancelled', () => {
  it('is cancelled by two cancellations as by one', async () => {
    const { uid } = await house.calendar.book(request());
    await house.calendar.cancel(uid, 'ill');
    await house.calendar.cancel(uid, 'ill');
    expect(await house.shown()).toMatchObject([{ uid, status: 'cancelled', cancellationReason: 'ill' }]);
    expect(await house.calendar.find(request())).toMatchObject({ uid, status: 'cancelled' });
  });

  it('frees its time for the same person', async () => {
    const { uid } = await house.calendar.book(request());
    await house.calendar.cancel(uid, 'ill');
    await house.calendar.book(request({ operation: 'booking:b2:book' }));
    expect(await standing()).toMatchObject([{ metadata: { operation: 'booking:b2:book' } }]);
  });

  it('is gone wherever it was moved to', async () => {
    const { uid } = await house.calendar.book(request());
    await house.calendar.move(uid, noon + 48 * hour, 'ill');
    await house.calendar.cancel(uid, 'ill');
    expect(await standing()).toEqual([]);
  });

  it('is gone although the answer was lost', async () => {
    const { uid } = await house.calendar.book(request());
    await arm('drop_after');
    expect(await failure(house.calendar.cancel(uid, 'ill'))).toBeInstanceOf(CalendarUnclear);
    await house.calendar.cancel(uid, 'ill');
    expect(await standing()).toEqual([]);
  });

  it('is gone for both who cancel it at the same time', async () => {
    const { uid } = await house.calendar.book(request());
    await Promise.all([house.calendar.cancel(uid, 'ill'), house.calendar.cancel(uid, 'ill')]);
    expect(await house.shown()).toMatchObject([{ uid, status: 'cancelled' }]);
  });

  it('stands when the cancellation is refused', async () => {
    const { uid } = await house.calendar.book(request());
    await arm('refuse');
    expect(await failure(house.calendar.cancel(uid, 'ill'))).toBeInstanceOf(CalendarRefused);
    expect(await standing()).toHaveLength(1);
  });
});
