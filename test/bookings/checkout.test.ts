import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bookPaid, inCalendar, mailsOf, openAlertsOf, openCheckout, openProvider, ordered, pay, session, showBooking, untilBooking,
} from '../house/bookings.ts'; // prettier-ignore
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import { eventually } from '../house/eventually.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { travel } from '../house/lessons.ts';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openProvider(house);
});
afterAll(async () => {
  await house.close();
});

const start = (body: object) => house.request('POST', '/api/bookings', { role: 'app', body });

const atStripe = (booking: ShownBooking) =>
  house.stripe.checkout.sessions.retrieve(booking.payment.sessionId);

/** Somebody else can have the hour that this booking gave up. */
async function isFreeAgain({ startsAt }: ShownBooking): Promise<void> {
  const next = await openCheckout(house, provider, { startTime: startsAt });
  await ordered(house, next.id, 'cancel', { by: 'attendee', reason: 'only looking' });
  await untilBooking(house, next.id, ({ payment }) => payment.checkoutStatus === 'expired');
}

describe('a checkout', () => {
  it('asked for twice is one booking with one checkout, and other content under its id is a conflict', async () => {
    const body = session(house, provider);
    const [first, again] = [await start(body), await start(body)];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body['checkout']).toEqual(first.body['checkout']);
    expect(first.body['checkout']).toMatchObject({
      sessionId: expect.stringMatching(/^cs_/),
      url: expect.any(String),
    });
    const other = await start({ ...body, amount: 6000 });
    expect(other).toMatchObject({ status: 409, body: { code: 'id_conflict' } });
    const { data } = await house.stripe.checkout.sessions.list({ limit: 100 });
    const ours = data.filter((one) => one.client_reference_id === `booking:${body.id}`);
    expect(ours).toHaveLength(1);
    await checkBooks(house);
  });

  it('stays open for a customer whose first card is declined, and asks nobody twice for the money', async () => {
    const opened = await openCheckout(house, provider);
    await house.sim('POST', `/checkout/sessions/${opened.payment.sessionId}/fail`, {});
    const tried = await untilBooking(house, opened.id, ({ payment }) => payment.failureCode !== null);
    expect(tried).toMatchObject({ state: 'awaiting_payment', status: 'PENDING', payment: { captured: 0 } });
    await pay(house, opened);
    const paid = await untilBooking(house, opened.id, ({ state }) => state === 'confirmed');
    expect(paid).toMatchObject({ status: 'SUCCEEDED', payment: { captured: 5000, held: 5000 } });
    expect((await mailsOf(house, opened.id)).join()).not.toContain('payment_failed');
    await checkBooks(house);
  });

  it('that nobody pays is over after half an hour, at Stripe too, and its seat is free again', async () => {
    const opened = await openCheckout(house, provider);
    await travel(house, 'PT29M');
    expect(await showBooking(house, opened.id)).toMatchObject({
      state: 'awaiting_payment',
      status: 'PENDING',
    });
    await travel(house, 'PT2M');
    expect(await showBooking(house, opened.id)).toMatchObject({
      state: 'cancelled',
      status: 'FAILED',
      cancelledBy: 'system',
      payment: { captured: 0, refunded: 0 },
    });
    expect(await atStripe(opened)).toMatchObject({ status: 'expired', payment_status: 'unpaid' });
    await isFreeAgain(opened);
    await checkBooks(house);
  });

  it('of a booking that is cancelled before it is paid takes no money any more', async () => {
    const opened = await openCheckout(house, provider);
    await ordered(house, opened.id, 'cancel', { by: 'attendee', reason: 'changed my mind' });
    const over = await untilBooking(house, opened.id, ({ payment }) => payment.checkoutStatus === 'expired');
    expect(over).toMatchObject({ state: 'cancelled', status: 'FAILED', cancelledBy: 'attendee' });
    expect(await atStripe(opened)).toMatchObject({ status: 'expired' });
    await expect(pay(house, opened)).rejects.toThrow(/expired/);
    await isFreeAgain(opened);
    await checkBooks(house);
  });
});

describe('a bank debit', () => {
  it('is no money until the bank says so: no calendar, no expiry, then a booking like any other', async () => {
    const opened = await openCheckout(house, provider);
    await pay(house, opened, 'pm_usBankAccount_processing');
    await untilBooking(house, opened.id, ({ status }) => status === 'PROCESSING');
    await travel(house, 'PT1H');
    const waiting = await showBooking(house, opened.id);
    expect(waiting).toMatchObject({
      status: 'PROCESSING',
      calendar: { uid: null },
      payment: { captured: 0 },
    });
    expect(await inCalendar(house, opened.id)).toEqual([]);
    await house.sim('POST', `/payment_intents/${waiting.payment.paymentIntentId}/succeed`, {});
    const paid = await untilBooking(house, opened.id, ({ state }) => state === 'confirmed');
    expect(paid).toMatchObject({ status: 'SUCCEEDED', payment: { captured: 5000, held: 5000 } });
    expect(await inCalendar(house, opened.id)).toEqual([paid.startsAt]);
    await checkBooks(house);
  });

  it('that the bank refuses days later ends the booking, and the customer is told', async () => {
    const opened = await openCheckout(house, provider);
    await pay(house, opened, 'pm_usBankAccount_processing');
    const waiting = await untilBooking(house, opened.id, ({ status }) => status === 'PROCESSING');
    await house.sim('POST', `/payment_intents/${waiting.payment.paymentIntentId}/fail`, {});
    const failed = await untilBooking(house, opened.id, ({ state }) => state === 'cancelled');
    expect(failed).toMatchObject({ status: 'FAILED', payment: { captured: 0, refunded: 0 } });
    expect(await mailsOf(house, opened.id)).toEqual([expect.stringMatching(/^payment_failed a\d+@/)]);
    expect(await openAlertsOf(house, opened.id)).toEqual(['PAYMENT_FAILED']);
    expect(await inCalendar(house, opened.id)).toEqual([]);
    await isFreeAgain(opened);
    await checkBooks(house);
  });
});

describe('an hour', () => {
  it('that somebody is paying for or has bought is nobody else’s', async () => {
    const opened = await openCheckout(house, provider);
    const rival = () => start(session(house, provider, { startTime: opened.startsAt }));
    expect(await rival()).toMatchObject({ status: 409, body: { code: 'slot_taken' } });
    await pay(house, opened);
    await untilBooking(house, opened.id, ({ state }) => state === 'confirmed');
    expect(await rival()).toMatchObject({ status: 409, body: { code: 'slot_taken' } });
    const { rows } = await house.store.listAgreements({ limit: 100 });
    const there = rows.filter((row) => row.settlesAt === Date.parse(opened.endsAt) + 72 * 3_600_000);
    expect(there.map(({ id }) => id)).toEqual([opened.id]);
    await checkBooks(house);
  });

  it('with three seats is sold three times, each labelled seat once', async () => {
    const eventTypes = [{ id: 1, title: 'Group', duration: 60, seats: 3 }];
    const school = await openProvider(house, { eventTypes });
    const { startTime } = session(house, school);
    const sold = [];
    for (const seat of ['A', 'B', 'C']) {
      if (seat === 'C') {
        const same = await start(session(house, school, { startTime, seat: 'B' }));
        expect(same).toMatchObject({ status: 409, body: { code: 'slot_taken' } });
      }
      sold.push(await bookPaid(house, school, { startTime, seat }));
    }
    const fourth = await start(session(house, school, { startTime, seat: 'D' }));
    expect(fourth).toMatchObject({ status: 409, body: { code: 'slot_taken' } });
    for (const { id } of sold) expect(await inCalendar(house, id)).toEqual([startTime]);
    await checkBooks(house);
  });

  it('of a provider who cannot receive transfers is sold to nobody', async () => {
    const away = await openProvider(house);
    await house.sim('POST', `/accounts/${away.account.stripeId}`, {
      capabilities: { transfers: 'inactive' },
    });
    await eventually(
      () => house.store.findAccount(away.account.id),
      (account) => account?.transfersEnabled === false,
    );
    const body = session(house, away);
    expect(await start(body)).toMatchObject({ status: 409, body: { code: 'not_ready' } });
    expect((await house.request('GET', `/api/bookings/${body.id}`)).status).toBe(404);
    await house.sim('POST', `/accounts/${away.account.stripeId}`, { capabilities: { transfers: 'active' } });
    expect((await start(body)).status).toBe(201);
    await checkBooks(house);
  });
});
