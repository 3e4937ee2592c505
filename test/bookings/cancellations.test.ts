import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bookPaid, inCalendar, mailsOf, openAlertsOf, openProvider, ordered, session, setTerms, showBooking, startIn, untilBooking,
} from '../house/bookings.ts'; // prettier-ignore
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { travel } from '../house/lessons.ts';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openProvider(house);
  const cancelTiers = [
    { atLeastBeforeStart: 'P7D', chargeBps: 0 },
    { atLeastBeforeStart: 'P1D', chargeBps: 2500 },
    { atLeastBeforeStart: 'PT0S', chargeBps: 10_000 },
  ];
  await setTerms(house, 'tiers', { cancelTiers });
});
afterAll(async () => {
  await house.close();
});

/** Both heard of the booking and of its end, the payer of a refund too. */
function mailsOfCancelled({ attendee }: ShownBooking, isRefunded: boolean): string[] {
  const both = ['booking_confirmed', 'booking_cancelled'];
  const mails = [attendee.email, 'tutor@example.org'].flatMap((to) => both.map((kind) => `${kind} ${to}`));
  return [...mails, ...(isRefunded ? [`refund_processed ${attendee.email}`] : [])].toSorted();
}

describe('a cancellation', () => {
  const cases = [
    { by: 'attendee', when: 'eight days before', hoursAhead: 192, policy: 'tiers', kept: 0, fee: 0 },
    { by: 'attendee', when: 'three days before', hoursAhead: 72, policy: 'tiers', kept: 1250, fee: 125 },
    { by: 'attendee', when: 'an hour before', hoursAhead: 1, policy: 'tiers', kept: 5000, fee: 500 },
    {
      by: 'attendee',
      when: 'two days before, as usual,',
      hoursAhead: 48,
      policy: 'default',
      kept: 0,
      fee: 0,
    },
    {
      by: 'attendee',
      when: 'two hours before, as usual,',
      hoursAhead: 2,
      policy: 'default',
      kept: 2500,
      fee: 250,
    },
    { by: 'provider', when: 'an hour before', hoursAhead: 1, policy: 'tiers', kept: 0, fee: 0 },
    { by: 'admin', when: 'an hour before', hoursAhead: 1, policy: 'tiers', kept: 0, fee: 0 },
  ];
  const given = new Map<(typeof cases)[number], ShownBooking>();

  it.each(cases)('by the $by $when costs $kept at once', async (one) => {
    const { by, hoursAhead, policy, kept } = one;
    const booking = await bookPaid(house, provider, { startTime: startIn(house, hoursAhead), policy });
    given.set(one, booking);
    await ordered(house, booking.id, 'cancel', { by, reason: 'ill' });
    const over = await untilBooking(
      house,
      booking.id,
      ({ payment, calendar }) => payment['refunded'] === 5000 - kept && calendar.cancelled,
    );
    expect(over).toMatchObject({
      state: 'cancelled',
      cancelledBy: by,
      cancelReason: 'ill',
      payment: { held: kept, transferred: 0 },
    });
    expect(await inCalendar(house, booking.id)).toEqual([]);
    expect(await mailsOf(house, booking.id)).toEqual(mailsOfCancelled(booking, kept < 5000));
    await checkBooks(house);
  });

  it('leaves the provider their share of what was kept, when the window is over', async () => {
    await travel(house, 'P9D');
    for (const [{ kept, fee }, { id }] of given) {
      const { payment } = await showBooking(house, id);
      const share = kept - fee;
      expect(payment).toMatchObject({
        refunded: 5000 - kept,
        feeEarned: fee,
        transferred: share,
        paidOut: share,
        held: 0,
      });
    }
    await checkBooks(house);
  });
});

it('a session that is called off can be booked by somebody else', async () => {
  const booking = await bookPaid(house, provider);
  await ordered(house, booking.id, 'cancel', { by: 'attendee', reason: 'ill' });
  // An outcome that was written down meanwhile may hide the order from lists and seats for a moment.
  await untilBooking(house, booking.id, ({ state }) => state === 'cancelled');
  const next = await bookPaid(house, provider, { startTime: booking.startsAt });
  expect(await inCalendar(house, next.id)).toEqual([booking.startsAt]);
  await untilBooking(house, booking.id, ({ status }) => status === 'REFUNDED');
  await checkBooks(house);
});

describe('a group session that is called off', () => {
  it('pays every seat back on its own: one in dispute is reported, one whose bank refuses waits in sight of people', async () => {
    const eventTypes = [{ id: 1, title: 'Group', duration: 60, seats: 3 }];
    const school = await openProvider(house, { eventTypes });
    const { startTime } = session(house, school);
    const opened = [];
    for (const [seat, card] of [
      ['A', 'pm_card_visa'],
      ['B', 'pm_card_refundFail'],
      ['C', 'pm_card_visa'],
    ]) {
      opened.push(await bookPaid(house, school, { startTime, seat }, card));
    }
    const [well, bounced, disputed] = opened.map(({ id }) => id) as [string, string, string];
    await ordered(house, disputed, 'dispute', { by: 'attendee', reason: 'not as described' });
    const body = { provider: school.id, eventTypeId: 1, startTime, by: 'provider', reason: 'ill' };
    const answer = await house.request('POST', '/api/sessions/cancel', {
      role: 'app',
      body,
      key: crypto.randomUUID(),
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.body['data']).toEqual([
      { booking: well, accepted: true },
      { booking: bounced, accepted: true },
      {
        booking: disputed,
        accepted: false,
        problem: expect.objectContaining({ code: 'command_refused', status: 409 }),
      },
    ]);
    await untilBooking(house, well, ({ status }) => status === 'REFUNDED');
    await travel(house, 'P1DT1H');
    expect(await showBooking(house, well)).toMatchObject({
      status: 'REFUNDED',
      payment: { held: 0 },
      needsAttention: null,
    });
    expect(await showBooking(house, bounced)).toMatchObject({
      state: 'parked',
      needsAttention: { reason: 'refund_failed' },
      payment: { refunded: 0, held: 5000 },
    });
    expect(await openAlertsOf(house, bounced)).toEqual(['PARKED', 'REFUND_FAILED']);
    expect(await showBooking(house, disputed)).toMatchObject({ state: 'disputed', payment: { held: 5000 } });
    expect(await inCalendar(house, disputed)).toEqual([startTime]);
    await checkBooks(house);
  });
});
