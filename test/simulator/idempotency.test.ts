import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day, openHouse, refusal, type House } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const price = { amount: 1000, currency: 'usd' } as const;

describe('one key', () => {
  it('makes one payment however often it is sent, and says that it repeated itself', async () => {
    const first = await house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' });
    const second = await house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' });
    expect(second.id).toBe(first.id);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(second.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
    expect((await house.stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it('makes a second payment when a day has passed, because Stripe has forgotten it', async () => {
    const first = await house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' });
    await house.advance(day - 60);
    expect((await house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' })).id).toBe(first.id);
    await house.advance(61);
    expect((await house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' })).id).not.toBe(first.id);
  });

  it('keeps refusing a transfer after the balance was filled, until a new key is used', async () => {
    const { id: destination } = await house.payee();
    const wanted = { ...price, destination };
    expect((await refusal(house.stripe.transfers.create(wanted, { idempotencyKey: 'k' }))).code).toBe(
      'balance_insufficient',
    );
    await house.fund(5000);
    expect((await refusal(house.stripe.transfers.create(wanted, { idempotencyKey: 'k' }))).code).toBe(
      'balance_insufficient',
    );
    await house.stripe.transfers.create(wanted, { idempotencyKey: 'k2' });
    expect((await house.stripe.transfers.list({ destination })).data).toHaveLength(1);
  });

  it('repeats a decline without asking the bank again', async () => {
    const declined = { ...price, confirm: true, payment_method: 'pm_card_chargeDeclined' };
    await refusal(house.stripe.paymentIntents.create(declined, { idempotencyKey: 'k' }));
    expect(
      (await refusal(house.stripe.paymentIntents.create(declined, { idempotencyKey: 'k' }))).status,
    ).toBe(402);
    expect((await house.stripe.charges.list()).data).toHaveLength(1);
  });

  it('is refused with other parameters or at another endpoint', async () => {
    await house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' });
    const other = await refusal(
      house.stripe.paymentIntents.create({ ...price, amount: 1001 }, { idempotencyKey: 'k' }),
    );
    expect([other.status, other.type]).toEqual([400, 'StripeIdempotencyError']);
    expect((await refusal(house.stripe.customers.create({}, { idempotencyKey: 'k' }))).type).toBe(
      'StripeIdempotencyError',
    );
  });

  it('means two different things on two accounts', async () => {
    const { id: stripeAccount } = await house.payee();
    const mine = await house.stripe.customers.create({}, { idempotencyKey: 'k' });
    const theirs = await house.stripe.customers.create({}, { idempotencyKey: 'k', stripeAccount });
    expect(theirs.id).not.toBe(mine.id);
  });

  it('is not used up by a request that was malformed', async () => {
    expect(
      (await refusal(house.stripe.paymentIntents.create({ ...price, amount: 1 }, { idempotencyKey: 'k' })))
        .code,
    ).toBe('amount_too_small');
    expect((await house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' })).status).toBe(
      'requires_payment_method',
    );
  });

  it.each([
    [{ kind: 'rate_limit' }, 429, 'rate_limit'],
    [{ kind: 'lock_timeout' }, 429, 'lock_timeout'],
    [{ kind: 'key_in_use' }, 409, 'idempotency_key_in_use'],
    [{ kind: 'status_before', status: 401 }, 401, undefined],
  ])('is not used up by %j', async (fault, status, code) => {
    await house.control('POST', '/faults', { method: 'POST', path: '/v1/payment_intents', fault });
    const met = await refusal(house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' }));
    expect([met.status, met.code]).toEqual([status, code]);
    expect((await house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' })).object).toBe(
      'payment_intent',
    );
    expect((await house.stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it('is busy while its first request is still under way, and answers the same afterwards', async () => {
    await house.control('POST', '/faults', {
      method: 'POST',
      path: '/v1/payment_intents',
      fault: { kind: 'delay', ms: 150 },
    });
    const slow = house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    const busy = await refusal(house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' }));
    expect([busy.status, busy.code, busy.type]).toEqual([409, 'idempotency_key_in_use', 'StripeAPIError']);
    const { id } = await slow;
    expect((await house.stripe.paymentIntents.create(price, { idempotencyKey: 'k' })).id).toBe(id);
    expect((await house.stripe.paymentIntents.list()).data).toHaveLength(1);
  });
});
