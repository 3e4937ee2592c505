import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  inCalendar, mailsOf, openAlertsOf, openCheckout, openProvider, order, ordered, pay, showBooking, untilBooking,
} from '../house/bookings.ts'; // prettier-ignore
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import { assertStruck } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { travel } from '../house/lessons.ts';

// Paid, and then the provider's calendar says no, says nothing, or says it too late.

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openProvider(house);
});
afterAll(async () => {
  await house.close();
});

/** As often as a move is tried before its story waits for a person. */
const allTries = 8;

type Trouble = 'refuse' | 'drop_before' | 'drop_after';

const calendarWill = async (kind: Trouble, times = 1): Promise<void> => {
  const answer = await house.request('POST', '/_dev/calendar/faults', { body: { kind, times } });
  expect(answer).toMatchObject({ status: 200, body: { kind, times } });
};

/** A booking that is paid while the calendar is in trouble. */
async function paidInto(trouble: Trouble, times = 1, paymentMethod = 'pm_card_visa'): Promise<ShownBooking> {
  const opened = await openCheckout(house, provider);
  await calendarWill(trouble, times);
  await pay(house, opened, paymentMethod);
  return opened;
}

/** A booking whose seat nobody knows of: the calendar was asked as often as it is ever asked. */
async function unknownSeat(): Promise<ShownBooking> {
  const opened = await paidInto('drop_before', allTries);
  await untilBooking(house, opened.id, ({ payment }) => payment['captured'] === 5000);
  await travel(house, 'PT10M');
  const parked = await showBooking(house, opened.id);
  const needsAttention = { reason: 'no_clear_answer', operation: 'bookCalendar', commands: ['retry'] };
  expect(parked).toMatchObject({ state: 'parked', needsAttention, payment: { held: 5000 } });
  expect(await openAlertsOf(house, opened.id)).toEqual(['PARKED']);
  return parked;
}

describe('a calendar that says no', () => {
  it('has the customer’s money sent back at once, with the reason, and the customer told', async () => {
    const opened = await paidInto('refuse');
    const over = await untilBooking(house, opened.id, ({ status }) => status === 'REFUNDED');
    expect(over).toMatchObject({
      state: 'cancelled',
      cancelReason: 'booking_creation_failed',
      calendar: { uid: null },
      payment: { captured: 5000, refunded: 5000, held: 0 },
    });
    const refund = await house.stripe.refunds.retrieve(over.payment.refundIds[0] ?? '');
    expect(refund).toMatchObject({ amount: 5000, reason: 'requested_by_customer', status: 'succeeded' });
    expect(await mailsOf(house, opened.id)).toEqual([
      expect.stringMatching(/^booking_failed_refunded a\d+@example.org$/),
    ]);
    expect(await inCalendar(house, opened.id)).toEqual([]);
    await checkBooks(house);
  });

  it('has a person look where that refund is refused, and the money goes back once it can', async () => {
    const body = { error: { type: 'invalid_request_error', message: 'No refund.' } };
    const fault = { kind: 'status_before', status: 400, body };
    await house.sim('POST', '/faults', { method: 'POST', path: '/v1/refunds', fault, times: 1 });
    const opened = await paidInto('refuse');
    const parked = await untilBooking(house, opened.id, ({ state }) => state === 'parked');
    await assertStruck(house);
    expect(parked).toMatchObject({
      needsAttention: { operation: 'refund' },
      payment: { captured: 5000, refunded: 0, held: 5000 },
    });
    expect(await openAlertsOf(house, opened.id)).toEqual(['PARKED', 'REFUND_FAILED']);
    await ordered(house, opened.id, 'retry', { reason: 'Stripe was asked' });
    const over = await untilBooking(house, opened.id, ({ status }) => status === 'REFUNDED');
    expect(over).toMatchObject({ needsAttention: null, payment: { refunded: 5000, held: 0 } });
    await checkBooks(house);
  });

  it('and a bank that sends the refund back a day later leave the money with us, in sight of people', async () => {
    const opened = await paidInto('refuse', 1, 'pm_card_refundFail');
    await untilBooking(house, opened.id, ({ status }) => status === 'REFUNDED');
    await travel(house, 'P2D');
    const parked = await untilBooking(house, opened.id, ({ state }) => state === 'parked');
    expect(parked).toMatchObject({
      needsAttention: { reason: 'refund_failed', operation: 'refund' },
      payment: { captured: 5000, refunded: 0, held: 5000, transferred: 0 },
    });
    expect(await openAlertsOf(house, opened.id)).toEqual(['PARKED', 'REFUND_FAILED']);
    await checkBooks(house);
  });
});

describe('a calendar that loses the connection', () => {
  it.each([
    ['after it booked', 'drop_after'],
    ['before it booked', 'drop_before'],
  ] as const)('%s has the session once', async (_, trouble) => {
    const opened = await paidInto(trouble);
    const booked = await untilBooking(house, opened.id, ({ state }) => state === 'confirmed');
    expect(booked).toMatchObject({ payment: { captured: 5000, held: 5000 }, needsAttention: null });
    expect(await inCalendar(house, opened.id)).toEqual([opened.startsAt]);
    expect(await mailsOf(house, opened.id)).toHaveLength(2);
    await checkBooks(house);
  });

  it('until all tries are used up is asked again by the hour, and the booking stands', async () => {
    const { id, startsAt } = await unknownSeat();
    await travel(house, 'PT1H');
    const booked = await showBooking(house, id);
    expect(booked).toMatchObject({ state: 'confirmed', needsAttention: null, payment: { held: 5000 } });
    expect(await inCalendar(house, id)).toEqual([startsAt]);
    expect(await openAlertsOf(house, id)).toEqual([]);
    await checkBooks(house);
  });

  it('and is cancelled on before it answered keeps no seat, whatever it did', async () => {
    const { id } = await unknownSeat();
    const refused = await order(house, id, 'refund', { reason: 'tired of waiting' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'not_ready' } });
    await calendarWill('drop_after');
    await ordered(house, id, 'cancel', { by: 'admin', reason: 'tired of waiting' });
    const over = await untilBooking(
      house,
      id,
      ({ status, calendar }) => status === 'REFUNDED' && calendar.cancelled,
    );
    expect(over).toMatchObject({
      state: 'cancelled',
      payment: { refunded: 5000, held: 0 },
      needsAttention: null,
    });
    expect(await inCalendar(house, id)).toEqual([]);
    expect((await mailsOf(house, id)).join()).not.toContain('booking_confirmed');
    await checkBooks(house);
  });
});

it('a fault the stand-in calendar does not know is refused with its own words', async () => {
  const answer = await house.request('POST', '/_dev/calendar/faults', { body: { kind: 'earthquake' } });
  expect(answer).toMatchObject({
    status: 422,
    body: { code: 'invalid', errors: [{ detail: expect.stringMatching(/^kind must be/) }] },
  });
  await checkBooks(house);
});
