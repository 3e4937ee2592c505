import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day, openHouse, refusal, type House, idIn } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

type Status = Stripe.PaymentIntent.Status;

const arrange: Record<string, () => Promise<Stripe.PaymentIntent>> = {
  requires_payment_method: () => house.stripe.paymentIntents.create({ amount: 1000, currency: 'usd' }),
  requires_confirmation: () =>
    house.stripe.paymentIntents.create({ amount: 1000, currency: 'usd', payment_method: 'pm_card_visa' }),
  requires_action: () =>
    house.stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      payment_method: 'pm_card_authenticationRequired',
      confirm: true,
    }),
  processing: () =>
    house.stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      payment_method: 'pm_usBankAccount_processing',
      confirm: true,
    }),
  requires_capture: () => house.hold(1000),
  succeeded: () => house.fund(1000),
  canceled: async () => house.stripe.paymentIntents.cancel((await house.hold(1000)).id),
};

const act: Record<string, (id: string) => Promise<{ status: string | null }>> = {
  confirm: (id) => house.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }),
  capture: (id) => house.stripe.paymentIntents.capture(id),
  cancel: (id) => house.stripe.paymentIntents.cancel(id),
  refund: (id) => house.stripe.refunds.create({ payment_intent: id }),
};

const legal: Record<string, Record<string, string>> = {
  requires_payment_method: { confirm: 'succeeded', cancel: 'canceled' },
  requires_confirmation: { confirm: 'succeeded', cancel: 'canceled' },
  requires_action: { confirm: 'succeeded', cancel: 'canceled' },
  processing: {},
  requires_capture: { capture: 'succeeded', cancel: 'canceled' },
  succeeded: { refund: 'succeeded' },
  canceled: {},
};

const rows = Object.keys(arrange).flatMap((status) =>
  Object.keys(act).map((call) => [status, call, legal[status]?.[call] ?? 'refused'] as const),
);

describe('what may be done to a payment in each of its states', () => {
  it.each(rows)('%s: %s ends %s', async (status: Status, call, outcome) => {
    const intent = await arrange[status]?.();
    expect(intent?.status).toBe(status);
    const done = act[call]?.(intent?.id ?? '') ?? Promise.reject(new Error(call));
    const met =
      outcome === 'refused'
        ? await refusal(done).then(
            ({ status: http, code, error }) => `${http} ${code} ${error.payment_intent?.status ?? ''}`,
          )
        : (await done).status;
    expect(met).toBe(outcome === 'refused' ? `400 payment_intent_unexpected_state ${status}` : outcome);
  });
});

describe('a hold', () => {
  it('takes part of the money once and lets the rest go', async () => {
    const before = await house.books();
    const hold = await house.hold(100);
    const captured = await house.stripe.paymentIntents.capture(hold.id, { amount_to_capture: 70 }, {});
    expect([captured.amount_received, captured.amount_capturable]).toEqual([70, 0]);
    expect(
      (await refusal(house.stripe.paymentIntents.capture(hold.id, { amount_to_capture: 30 }))).code,
    ).toBe('payment_intent_unexpected_state');
    const after = await house.books();
    const gained =
      (after.accounts['platform']?.['usd']?.pending ?? 0) -
      (before.accounts['platform']?.['usd']?.pending ?? 0);
    expect(gained).toBe(70);
  });

  it('refuses to take more than it holds', async () => {
    const hold = await house.hold(100);
    expect(
      (await refusal(house.stripe.paymentIntents.capture(hold.id, { amount_to_capture: 101 }))).code,
    ).toBe('amount_too_large');
    expect((await house.stripe.paymentIntents.retrieve(hold.id)).status).toBe('requires_capture');
  });

  it('looks refunded when released but never was money', async () => {
    const before = await house.books();
    const hold = await house.hold(500);
    await house.stripe.paymentIntents.cancel(hold.id, { cancellation_reason: 'requested_by_customer' });
    const charge = await house.stripe.charges.retrieve(idIn(hold.latest_charge));
    expect([
      charge.captured,
      charge.amount_captured,
      charge.amount_refunded,
      charge.balance_transaction,
    ]).toEqual([false, 0, 500, null]);
    expect((await house.stripe.balanceTransactions.list({ source: charge.id })).data).toEqual([]);
    expect(await house.books()).toEqual(before);
  });

  it.each([
    ['pm_card_visa', true, 4 * day + 18 * 3600],
    ['pm_card_visa', false, 7 * day],
    ['pm_card_mastercard', true, 7 * day],
    ['pm_card_amex', false, 7 * day],
  ])(
    'on %s, customer absent %s, lasts %d seconds and then ends for good',
    async (card, offSession, seconds) => {
      const own = await openHouse();
      const held = await own.stripe.paymentIntents.create({
      amount: 1000, currency: 'usd', capture_method: 'manual', confirm: true, payment_method: card, off_session: offSession, expand: ['latest_charge'],
    }); // prettier-ignore
      const charge = held.latest_charge as Stripe.Charge;
      expect((charge.payment_method_details?.card?.capture_before ?? 0) - charge.created).toBe(seconds);
      await own.advance(seconds - 60);
      expect((await own.stripe.paymentIntents.retrieve(held.id)).status).toBe('requires_capture');
      await own.advance(61);
      const gone = await own.stripe.paymentIntents.retrieve(held.id);
      expect([gone.status, gone.cancellation_reason, gone.amount_received]).toEqual([
        'canceled',
        'automatic',
        0,
      ]);
      const types = (await own.stripe.events.list({ limit: 3 })).data;
      expect(types.map((event) => event.type)).toEqual([
        'payment_intent.canceled',
        'charge.refunded',
        'charge.expired',
      ]);
      expect(types.map((event) => event.request)).toEqual(
        types.map(() => ({ id: null, idempotency_key: null })),
      );
      const [released] = (await own.stripe.refunds.list({ payment_intent: held.id })).data;
      expect([released?.reason, released?.balance_transaction]).toEqual(['expired_uncaptured_charge', null]);
      await own.close();
    },
  );
});

describe('a card that the bank refuses', () => {
  it.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
  ])('%s takes no money and leaves the payment open for another card', async (card, code, declineCode) => {
    const open = await house.stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    const {
      status,
      code: met,
      error,
    } = await refusal(house.stripe.paymentIntents.confirm(open.id, { payment_method: card }));
    expect([status, met, error.decline_code, error.payment_intent?.status]).toEqual([
      402,
      code,
      declineCode,
      'requires_payment_method',
    ]);
    expect(error.payment_intent?.amount_received).toBe(0);
    expect(
      (await house.stripe.paymentIntents.confirm(open.id, { payment_method: 'pm_card_visa' })).status,
    ).toBe('succeeded');
  });

  it('needs the customer back when it wants authentication and they are absent', async () => {
    const { status, code, error } = await refusal(
      house.stripe.paymentIntents.create({
        amount: 1000,
        currency: 'usd',
        confirm: true,
        off_session: true,
        payment_method: 'pm_card_authenticationRequired',
      }),
    );
    expect([status, code, error.payment_intent?.status]).toEqual([
      402,
      'authentication_required',
      'requires_payment_method',
    ]);
  });

  it('may be charged in absence once it was saved with the customer present', async () => {
    const customer = await house.stripe.customers.create({ email: 's@example.org' });
    const setup = await house.stripe.setupIntents.create({
      customer: customer.id,
      payment_method: 'pm_card_authenticationRequiredOnSetup',
      confirm: true,
    });
    expect(setup.status).toBe('requires_action');
    const saved = await house.control<Stripe.SetupIntent>('POST', `/setup_intents/${setup.id}/succeed`);
    const later = await house.stripe.paymentIntents.create({
      amount: 1000, currency: 'usd', customer: customer.id, payment_method: idIn(saved.payment_method), confirm: true, off_session: true, capture_method: 'manual',
    }); // prettier-ignore
    expect(later.status).toBe('requires_capture');
    await house.stripe.paymentMethods.detach(idIn(saved.payment_method));
    const again = {
      amount: 1000,
      currency: 'usd',
      customer: customer.id,
      payment_method: idIn(saved.payment_method),
      confirm: true,
    };
    expect((await refusal(house.stripe.paymentIntents.create(again))).status).toBe(400);
  });

  it('is finished by the customer in the browser, with the secret and nothing else', async () => {
    const waiting = await house.stripe.paymentIntents.create({
      amount: 1000, currency: 'usd', capture_method: 'manual', confirm: true, payment_method: 'pm_card_authenticationRequired',
    }); // prettier-ignore
    expect(waiting.next_action?.type).toBe('use_stripe_sdk');
    const held = await house.control<Stripe.PaymentIntent>('POST', `/payment_intents/${waiting.id}/succeed`);
    expect([held.status, held.amount_capturable]).toEqual(['requires_capture', 1000]);
    const other = await house.control<Stripe.PaymentIntent>(
      'POST',
      `/payment_intents/${(await house.stripe.paymentIntents.create({ amount: 900, currency: 'usd' })).id}/require_action`,
    );
    const failed = await house.control<Stripe.PaymentIntent>('POST', `/payment_intents/${other.id}/fail`);
    expect([failed.status, failed.last_payment_error?.code]).toEqual([
      'requires_payment_method',
      'payment_intent_authentication_failure',
    ]);
  });
});

describe('a browser', () => {
  it('may confirm its own payment with the client secret and see no other', async () => {
    const { sdkFor } = await import('./house.ts');
    const browser = sdkFor(house.sim.port, 'pk_test_browser');
    const mine = await house.stripe.paymentIntents.create({
      amount: 700,
      currency: 'usd',
      capture_method: 'manual',
    });
    const theirs = await house.stripe.paymentIntents.create({ amount: 700, currency: 'usd' });
    const params = { payment_method: 'pm_card_visa', client_secret: mine.client_secret ?? '' };
    expect((await browser.paymentIntents.confirm(mine.id, params)).status).toBe('requires_capture');
    expect((await refusal(browser.paymentIntents.retrieve(theirs.id))).status).toBe(401);
    expect((await refusal(browser.paymentIntents.capture(mine.id))).status).toBe(404);
  });
});
