import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHouse, refusal, sdkFor, type House } from './house.ts';
import Stripe from 'stripe';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const price = { amount: 1000, currency: 'usd' } as const;
const arm = (fault: object, more: object = {}) =>
  house.control('POST', '/faults', { method: 'POST', path: '/v1/payment_intents', fault, ...more });
const intents = async () => (await house.stripe.paymentIntents.list()).data.length;
const create = (idempotencyKey = 'k') => house.stripe.paymentIntents.create(price, { idempotencyKey });

describe('an answer that never comes', () => {
  it('dropped before execution leaves no payment', async () => {
    // The SDK repeats a broken connection once by itself, so two drops make one failed call.
    await arm({ kind: 'drop_before' }, { times: 2 });
    expect((await refusal(create())).type).toBe('StripeConnectionError');
    expect(await intents()).toBe(0);
  });

  it('dropped after execution leaves one payment, which the same key finds again', async () => {
    await arm({ kind: 'drop_after' }, { times: 2 });
    expect((await refusal(create())).type).toBe('StripeConnectionError');
    expect(await intents()).toBe(1);
    expect((await create()).lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await intents()).toBe(1);
  });

  it('cut in the middle of its body leaves one payment, which the same key finds again', async () => {
    await arm({ kind: 'cut_body_after' });
    expect((await refusal(create())).type).toBe('StripeConnectionError');
    expect(await intents()).toBe(1);
    await create();
    expect(await intents()).toBe(1);
  });

  it('delayed beyond the patience of the caller still executes', async () => {
    await arm({ kind: 'delay', ms: 200 });
    const hasty = new Stripe('sk_test_x', {
      host: '127.0.0.1',
      port: house.sim.port,
      protocol: 'http',
      maxNetworkRetries: 0,
      timeout: 50,
    });
    expect((await refusal(hasty.paymentIntents.create(price, { idempotencyKey: 'z' }))).type).toBe(
      'StripeConnectionError',
    );
    expect(await intents()).toBe(0);
    await expect.poll(intents, { timeout: 2000 }).toBe(1);
  });
});

describe('a server error', () => {
  it('before execution is remembered under the key although nothing happened', async () => {
    await arm({ kind: 'status_before', status: 500 });
    expect((await refusal(create())).status).toBe(500);
    expect((await refusal(create())).status).toBe(500);
    expect(await intents()).toBe(0);
    await create('other');
    expect(await intents()).toBe(1);
  });

  it('after execution is remembered under the key although the payment exists', async () => {
    await arm({ kind: 'status_after', status: 503 });
    expect((await refusal(create())).status).toBe(503);
    expect((await refusal(create())).status).toBe(503);
    expect(await intents()).toBe(1);
  });

  it('gives back the body that was asked for', async () => {
    const body = {
      error: { type: 'invalid_request_error', code: 'balance_insufficient', message: 'No money.' },
    };
    await arm({ kind: 'status_before', status: 400, body });
    expect((await refusal(create())).code).toBe('balance_insufficient');
  });
});

describe('faults', () => {
  it('speak in the order they were armed, a spent one making room for the next', async () => {
    await arm({ kind: 'rate_limit' });
    await arm({ kind: 'lock_timeout' }, { times: 2 });
    const codes = [
      (await refusal(create())).code,
      (await refusal(create())).code,
      (await refusal(create())).code,
    ];
    expect(codes).toEqual(['rate_limit', 'lock_timeout', 'lock_timeout']);
    expect((await create()).object).toBe('payment_intent');
  });

  it('wait for the nth request and look at account and pattern only', async () => {
    const { id: stripeAccount } = await house.payee();
    await house.control('POST', '/faults', {
      method: 'GET',
      path: '/v1/*/none',
      fault: { kind: 'rate_limit' },
    });
    await house.control('POST', '/faults', {
      method: 'GET',
      path: '/v1/bal*',
      account: stripeAccount,
      nth: 2,
      fault: { kind: 'rate_limit' },
    });
    await house.stripe.balance.retrieve();
    await house.stripe.balance.retrieve();
    await house.stripe.balance.retrieve({}, { stripeAccount });
    expect((await refusal(house.stripe.balance.retrieve({}, { stripeAccount }))).code).toBe('rate_limit');
    await house.stripe.balance.retrieve({}, { stripeAccount });
  });

  it('strike only the request whose parameters have what they name', async () => {
    const params = { metadata: { order: '2' }, amount: 1000 };
    await arm({ kind: 'rate_limit' }, { params });
    const asked = (order: string) =>
      house.stripe.paymentIntents.create({ amount: 1000, currency: 'usd', metadata: { order } });
    await asked('1');
    await house.stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    expect((await refusal(asked('2'))).code).toBe('rate_limit');
    await asked('2');
  });

  it('can hide from a list what has just happened', async () => {
    await create();
    await house.control('POST', '/faults', {
      method: 'GET',
      path: '/v1/payment_intents',
      fault: { kind: 'stale_list' },
    });
    expect(await intents()).toBe(0);
    expect(await intents()).toBe(1);
  });

  it('are written down with the request they struck', async () => {
    await arm({ kind: 'lock_timeout' });
    await refusal(create('logged'));
    const { data } = await house.control<{ data: Record<string, unknown>[] }>('GET', '/requests');
    expect(data.at(-1)).toMatchObject({
      method: 'POST', path: '/v1/payment_intents', params: { amount: '1000', currency: 'usd' },
      idempotencyKey: 'logged', account: null, status: 429, replayed: false, fault: 'lock_timeout',
    }); // prettier-ignore
    const since = await house.control<{ data: unknown[] }>(
      'GET',
      `/requests?since=${String(data.at(-1)?.['id'])}`,
    );
    expect(since.data).toEqual([]);
  });

  it.each([
    [{ path: '/v1/x', fault: { kind: 'explode' } }, 422],
    [{ path: '/v1/x', fault: { kind: 'delay' } }, 422],
    [{ path: '/v1/x', times: 0, fault: { kind: 'drop_before' } }, 422],
    [{ path: '/v1/x', extra: 1, fault: { kind: 'drop_before' } }, 422],
    [{ fault: { kind: 'drop_before' } }, 422],
  ])('that make no sense are refused: %j', async (body, status) => {
    const answer = await fetch(`${house.sim.url}/_sim/faults`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });
});

describe('the door', () => {
  it('is shut to a live key, to no key and to accounts that are not ours', async () => {
    expect((await refusal(sdkFor(house.sim.port, 'sk_live_real').balance.retrieve())).status).toBe(401);
    expect((await fetch(`${house.sim.url}/v1/balance`)).status).toBe(401);
    expect((await refusal(house.stripe.balance.retrieve({}, { stripeAccount: 'acct_nobody' }))).status).toBe(
      403,
    );
    const { id } = await house.payee();
    await house.control('POST', `/accounts/${id}/deauthorize`);
    expect((await refusal(house.stripe.balance.retrieve({}, { stripeAccount: id }))).status).toBe(403);
  });

  it('lets 25 requests a second through to one endpoint when limits are enforced', async () => {
    const second = await openHouse({ now: () => 1_800_000_000_000 });
    await second.control('POST', '/limits', { enforce: true });
    const asked = Array.from({ length: 40 }, () => second.stripe.balance.retrieve());
    const answers = await Promise.allSettled(asked);
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(25);
    await second.advance(1);
    expect((await second.stripe.balance.retrieve()).object).toBe('balance');
    await second.close();
  });
});
