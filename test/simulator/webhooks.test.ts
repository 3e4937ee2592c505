import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day, openHouse, openListener, secret, type House, type Listener } from './house.ts';

let house: House;
let listener: Listener;
let connect: Listener;
beforeEach(async () => {
  listener = await openListener();
  connect = await openListener();
  house = await openHouse({
    endpoints: [
      { url: listener.url, secret, connect: false },
      { url: connect.url, secret: 'whsec_connect', connect: true },
    ],
  });
});
afterEach(async () => {
  await house.close();
  await listener.close();
  await connect.close();
});

const types = (from: Listener = listener) => from.heard.map(({ event }) => event.type);
const holdTypes = ['payment_intent.created', 'charge.succeeded', 'payment_intent.amount_capturable_updated'];

describe('an event', () => {
  it('arrives signed so that only the right secret opens it', async () => {
    const hold = await house.stripe.paymentIntents.create(
      {
        amount: 1000,
        currency: 'usd',
        capture_method: 'manual',
        confirm: true,
        payment_method: 'pm_card_visa',
      },
      { idempotencyKey: 'k' },
    );
    await expect.poll(() => types()).toEqual(holdTypes);
    for (const { body, signature } of listener.heard) {
      const event = house.stripe.webhooks.constructEvent(body, signature, secret);
      expect([event.api_version, event.livemode, event.request]).toEqual([
        '2026-10-28.endive',
        false,
        { id: hold.lastResponse.requestId, idempotency_key: 'k' },
      ]);
      expect(() => house.stripe.webhooks.constructEvent(body, signature, 'whsec_other')).toThrow('signature');
      expect(() => house.stripe.webhooks.constructEvent(`${body} `, signature, secret)).toThrow('signature');
    }
  });

  it('carries the object as it was, not as it is', async () => {
    const hold = await house.hold(1000);
    await house.stripe.paymentIntents.capture(hold.id);
    await expect.poll(() => types()).toContain('payment_intent.succeeded');
    const held = listener.heard.find(
      ({ event }) => event.type === 'payment_intent.amount_capturable_updated',
    );
    expect(held?.event.data.object).toMatchObject({ status: 'requires_capture' });
  });

  it('about a connected account goes to the Connect endpoint with the account named', async () => {
    const payee = await house.payee();
    await expect
      .poll(() => types(connect))
      .toEqual(['account.updated', 'capability.updated', 'account.updated']);
    expect(connect.heard.map(({ event }) => event.account)).toEqual([payee.id, payee.id, payee.id]);
    expect(listener.heard).toEqual([]);
  });

  it('is tried again for three days, freshly signed each time, and then given up', async () => {
    listener.answerWith(500);
    await house.stripe.customers.create({});
    await house.advance(4 * day);
    const tries = listener.heard.length;
    expect(tries).toBeGreaterThan(5);
    const stamps = listener.heard.map(({ signature }) => Number(/t=(\d+)/.exec(signature)?.[1]));
    expect(new Set(stamps).size).toBe(tries);
    expect((stamps.at(-1) ?? 0) - (stamps[0] ?? 0)).toBeLessThanOrEqual(3 * day);
    expect(new Set(listener.heard.map(({ event }) => event.id)).size).toBe(1);
    await house.advance(4 * day);
    expect(listener.heard).toHaveLength(tries);
  });

  it('arrives when the listener is back, and is listed as undelivered until then', async () => {
    listener.answerWith(503);
    await house.stripe.customers.create({});
    await expect.poll(() => listener.heard.length).toBe(1);
    const missed = (await house.stripe.events.list({ delivery_success: false })).data;
    expect(missed.map((event) => [event.type, event.pending_webhooks])).toEqual([['customer.created', 1]]);
    listener.answerWith(200);
    await house.advance(300);
    expect(listener.heard).toHaveLength(2);
    expect((await house.stripe.events.list({ delivery_success: false })).data).toEqual([]);
  });
});

describe('the delivery policy', () => {
  it('sends as many copies as asked', async () => {
    await house.control('POST', '/webhooks', { duplicate: 2 });
    await house.stripe.customers.create({});
    await expect.poll(() => types()).toEqual(['customer.created', 'customer.created', 'customer.created']);
    expect(new Set(listener.heard.map(({ event }) => event.id)).size).toBe(1);
  });

  it('holds everything back until it is flushed, in an order that the seed fixes', async () => {
    const orders: string[][] = [];
    for (const seed of [7, 7, 8, 9]) {
      await house.control('POST', '/webhooks', { hold: true, shuffle: true, seed });
      for (const name of 'abcdef') await house.stripe.customers.create({ name });
      expect(listener.heard).toEqual([]);
      const { sent } = await house.control<{ sent: number }>('POST', '/webhooks/flush');
      expect(sent).toBe(6);
      orders.push(
        listener.heard.splice(0).map(({ event }) => String((event.data.object as Stripe.Customer).name)),
      );
    }
    expect(orders.map((order) => [...order].sort().join(''))).toEqual([
      'abcdef',
      'abcdef',
      'abcdef',
      'abcdef',
    ]);
    expect(new Set(orders.map((order) => order.join(''))).size).toBeGreaterThan(1);
  });

  it('loses events for good, which only the list and a resend can bring', async () => {
    await house.control('POST', '/webhooks', { lose: 1 });
    await house.stripe.customers.create({});
    await house.advance(4 * day);
    expect(listener.heard).toEqual([]);
    const [event] = (await house.stripe.events.list({ delivery_success: false })).data;
    await house.control('POST', '/webhooks/resend', { event: event?.id });
    expect(types()).toEqual(['customer.created']);
  });

  it('delays by the simulator clock', async () => {
    await house.control('POST', '/webhooks', { delaySeconds: 3 * day });
    await house.stripe.customers.create({});
    await house.advance(3 * day - 10);
    expect(listener.heard).toEqual([]);
    await house.advance(20);
    expect(types()).toEqual(['customer.created']);
  });

  it('lets an endpoint made through the API hear what it asked for', async () => {
    const extra = await openListener();
    const made = await house.stripe.webhookEndpoints.create({
      url: extra.url,
      enabled_events: ['customer.created'],
    });
    await house.stripe.customers.create({});
    await house.hold(1000);
    await expect.poll(() => types(extra)).toEqual(['customer.created']);
    const [{ body, signature } = { body: '', signature: '' }] = extra.heard;
    expect(house.stripe.webhooks.constructEvent(body, signature, made.secret ?? '').type).toBe(
      'customer.created',
    );
    await extra.close();
  });
});
