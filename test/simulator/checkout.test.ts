import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alone, lesson, openTill, type Session, type Till } from './checkouts.ts';
import { idIn, refusal } from './house.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill();
});
afterAll(async () => {
  expect((await till.house.books()).violations).toEqual([]);
  await till.house.close();
});

describe('a session that is paid', () => {
  it('takes the money once and tells so in the order in which it happened', async () => {
    await alone(async (till) => {
      const session = await till.open({ customer_email: 's@example.org' });
      const done = await till.play(session, 'complete');
      expect([done.status, done.payment_status, done.url]).toEqual(['complete', 'paid', null]);
      expect(done.customer_details?.email).toBe('s@example.org');
      const intent = await till.intentOf(done);
      expect([intent.status, intent.amount_received, intent.transfer_group, intent.metadata]).toEqual([
        'succeeded',
        5000,
        'booking:bok_1',
        { workflow_id: 'booking:bok_1' },
      ]);
      expect(await till.story()).toEqual([
        'payment_intent.created',
        'charge.succeeded',
        'payment_intent.succeeded',
        'checkout.session.completed',
      ]);
      await expect(till.play(session, 'complete')).rejects.toThrow(/409.*complete; this needs open/);
      await expect(till.play(session, 'fail')).rejects.toThrow(/409/);
      await expect(till.play(session, 'expire')).rejects.toThrow(/409/);
      expect((await refusal(till.house.stripe.checkout.sessions.expire(session.id))).status).toBe(400);
      expect(await till.taken()).toBe(5000);
    });
  });

  it('with a hold is complete and unpaid, and the hold may be cancelled directly', async () => {
    const payment = { ...lesson.payment_intent_data, capture_method: 'manual' as const };
    const done = await till.play(await till.open({ payment_intent_data: payment }), 'complete');
    expect([done.status, done.payment_status]).toEqual(['complete', 'unpaid']);
    const held = await till.intentOf(done);
    expect([held.status, held.amount_capturable]).toEqual(['requires_capture', 5000]);
    expect((await till.house.stripe.paymentIntents.cancel(held.id)).status).toBe('canceled');
  });

  it('keeps the card for later when the shop asked for it', async () => {
    const payment = { setup_future_usage: 'off_session' as const };
    const done = await till.play(
      await till.open({ payment_intent_data: payment, customer_email: 's@example.org' }),
      'complete',
    );
    const customer = idIn(done.customer);
    expect((await till.house.stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({
      email: 's@example.org',
    });
    const [saved] = (await till.house.stripe.customers.listPaymentMethods(customer)).data;
    const later = await till.house.stripe.paymentIntents.create({
      amount: 1000, currency: 'usd', customer, payment_method: saved?.id ?? '', confirm: true, off_session: true,
    }); // prettier-ignore
    expect(later.status).toBe('succeeded');
  });

  it.each([
    ['succeed', 'paid', 'checkout.session.async_payment_succeeded', 5000],
    ['fail', 'unpaid', 'checkout.session.async_payment_failed', 0],
  ])('by a bank debit is complete at once and %ss later: %s', async (bank, status, event, money) => {
    await alone(async (till) => {
      const bankDebit = { paymentMethod: 'pm_usBankAccount_processing' };
      const done = await till.play(await till.open(), 'complete', bankDebit);
      expect([done.status, done.payment_status]).toEqual(['complete', 'unpaid']);
      expect((await till.story()).slice(-2)).toEqual([
        'payment_intent.processing',
        'checkout.session.completed',
      ]);
      expect(await till.taken()).toBe(0);
      await till.house.control('POST', `/payment_intents/${idIn(done.payment_intent)}/${bank}`);
      expect((await till.again(done)).payment_status).toBe(status);
      expect((await till.story()).at(-1)).toBe(event);
      expect(await till.taken()).toBe(money);
    });
  });
});

describe('a session whose payer is refused', () => {
  it('stays open and charges the next card under the same payment', async () => {
    await alone(async (till) => {
      const session = await till.open();
      const failed = await till.play(session, 'fail');
      const tried = await till.play(session, 'complete', { paymentMethod: 'pm_card_chargeDeclined' });
      expect([failed.status, tried.status, tried.payment_intent]).toEqual([
        'open',
        'open',
        failed.payment_intent,
      ]);
      expect((await till.intentOf(tried)).status).toBe('requires_payment_method');
      const done = await till.play(session, 'complete');
      expect([done.status, done.payment_intent]).toEqual(['complete', failed.payment_intent]);
      expect((await till.story()).filter((type) => type.startsWith('checkout'))).toEqual([
        'checkout.session.completed',
      ]);
      expect((await till.story()).filter((type) => type === 'payment_intent.payment_failed')).toHaveLength(2);
      expect(await till.taken()).toBe(5000);
    });
  });

  it('waits for the bank to know them, and takes nothing until it does', async () => {
    await alone(async (till) => {
      const session = await till.open();
      const card = { paymentMethod: 'pm_card_authenticationRequired' };
      const asked = await till.play(session, 'complete', card);
      expect([asked.status, (await till.intentOf(asked)).status]).toEqual(['open', 'requires_action']);
      expect((await till.intentOf(await till.play(session, 'fail'))).status).toBe('requires_payment_method');
      await till.play(session, 'complete', card);
      expect(await till.taken()).toBe(0);
      expect((await till.play(session, 'complete')).payment_status).toBe('paid');
      expect(await till.taken()).toBe(5000);
    });
  });

  it('cannot have its payment confirmed or cancelled past the page', async () => {
    const intent = idIn((await till.play(await till.open(), 'fail')).payment_intent);
    const calls = [
      till.house.stripe.paymentIntents.cancel(intent),
      till.house.stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' }),
    ];
    for (const call of calls)
      expect(await refusal(call)).toMatchObject({ status: 400, code: 'payment_intent_unexpected_state' });
    expect((await till.house.stripe.paymentIntents.retrieve(intent)).amount_received).toBe(0);
  });
});

describe('a session that expires', () => {
  it.each([
    [
      'by the clock',
      (session: Session, till: Till) => till.house.advance(session.expires_at - session.created),
    ],
    ['by the shop', (session: Session, till: Till) => till.house.stripe.checkout.sessions.expire(session.id)],
    ['by hand', (session: Session, till: Till) => till.play(session, 'expire')],
  ])('%s cancels what was begun and takes no money any more', async (_, expire) => {
    await alone(async (till) => {
      const session = await till.open();
      await till.play(session, 'complete', { paymentMethod: 'pm_card_authenticationRequired' });
      await expire(session, till);
      const gone = await till.again(session);
      expect([gone.status, gone.payment_status, gone.url]).toEqual(['expired', 'unpaid', null]);
      expect((await till.intentOf(gone)).status).toBe('canceled');
      expect((await till.story()).slice(-2)).toEqual(['payment_intent.canceled', 'checkout.session.expired']);
      await expect(till.play(session, 'complete')).rejects.toThrow(/409.*is expired; this needs open/);
      expect((await refusal(till.house.stripe.checkout.sessions.expire(session.id))).status).toBe(400);
      expect(await till.taken()).toBe(0);
    });
  });

  it('at the tick at which it is paid either is paid or expires, never both', async () => {
    let now = Date.UTC(2026, 10, 21);
    const own = await openTill({ now: () => now });
    const expiresAt = now / 1000 + 1800;
    const early = await own.open({ expires_at: expiresAt });
    const late = await own.open({ expires_at: expiresAt });
    now = expiresAt * 1000 - 1;
    expect((await own.play(early, 'complete')).status).toBe('complete');
    now = expiresAt * 1000;
    await expect(own.play(late, 'complete')).rejects.toThrow(/409/);
    expect([(await own.again(early)).status, (await own.again(late)).status]).toEqual([
      'complete',
      'expired',
    ]);
    expect(await own.taken()).toBe(5000);
    await own.house.close();
  });

  it.each([true, false])('can still be paid late, with an attempt before: %s', async (tried) => {
    await alone(async (till) => {
      const session = await till.open();
      if (tried) await till.play(session, 'fail');
      const gone = await till.play(session, 'expire');
      const late = await till.play(session, 'complete', { late: true });
      expect([late.status, late.payment_status]).toEqual(['expired', 'unpaid']);
      expect(late.payment_intent).not.toBe(gone.payment_intent);
      expect(await till.intentOf(late)).toMatchObject({
        status: 'succeeded',
        amount_received: 5000,
        transfer_group: 'booking:bok_1',
        metadata: { workflow_id: 'booking:bok_1' },
      });
      expect((await till.story()).slice(-2)).toEqual(['charge.succeeded', 'payment_intent.succeeded']);
      await expect(till.play(session, 'complete', { late: true })).rejects.toThrow(/409/);
      expect(await till.taken()).toBe(5000);
    });
  });
});
