import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, refusal, type House, idIn } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const raw = async (path: string, body: string) => {
  const answer = await fetch(`${house.sim.url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_x' },
    body,
  });
  const { error } = (await answer.json()) as { error: { code?: string; param?: string; type: string } };
  return [answer.status, error.code, error.param];
};

describe('a parameter', () => {
  it.each([
    ['amount=100&currency=usd&foo=1', 'parameter_unknown', 'foo'],
    [
      'amount=100&currency=usd&payment_method_options[card][foo]=1',
      'parameter_unknown',
      'payment_method_options[card][foo]',
    ],
    [
      'amount=100&currency=usd&payment_method_options[sepa][x]=1',
      'parameter_unknown',
      'payment_method_options[sepa]',
    ],
    [
      'amount=100&currency=usd&payment_method_types[0]=card',
      'payment_method_types_no_longer_supported',
      'payment_method_types',
    ],
    ['amount=100&currency=usd&__proto__[x]=1', 'parameter_unknown', '__proto__'],
    ['amount=100&currency=usd&constructor=1', 'parameter_unknown', 'constructor'],
    ['currency=usd', 'parameter_missing', 'amount'],
    ['amount=100', 'parameter_missing', 'currency'],
    ['amount=ten&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['amount=1.5&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['amount=-5&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['amount=100000000&currency=usd', 'amount_too_large', 'amount'],
    ['amount=49&currency=usd', 'amount_too_small', 'amount'],
    ['amount=29&currency=gbp', 'amount_too_small', 'amount'],
    ['amount=100&currency=usd&confirm=yes', 'parameter_invalid_boolean', 'confirm'],
    ['amount=100&currency=usd&capture_method=later', 'parameter_invalid', 'capture_method'],
    ['amount=100&currency=usd&metadata[a][b]=1', 'parameter_invalid_string', 'metadata[a]'],
    ['amount=100&currency=usd&customer=cus_x', 'resource_missing', 'customer'],
    ['amount=100&currency=usd&payment_method=pm_card_nope', 'resource_missing', 'payment_method'],
    ['%E0%A4%A=1', 'parameter_invalid', 'body'],
  ])('that is wrong makes no payment: %s', async (body, code, param) => {
    const before = (await house.stripe.paymentIntents.list()).data.length;
    expect(await raw('/v1/payment_intents', body)).toEqual([400, code, param]);
    expect((await house.stripe.paymentIntents.list()).data).toHaveLength(before);
  });

  it('of metadata is merged, emptied by name, and cleared as a whole', async () => {
    const { id } = await house.stripe.customers.create({ metadata: { a: '1', b: '2' } });
    expect((await house.stripe.customers.update(id, { metadata: { b: '', c: '3' } })).metadata).toEqual({
      a: '1',
      c: '3',
    });
    expect((await house.stripe.customers.update(id, { metadata: '' })).metadata).toEqual({});
  });
});

describe('an unknown thing', () => {
  it('is 404 by path and 400 by parameter', async () => {
    expect((await refusal(house.stripe.paymentIntents.retrieve('pi_none'))).status).toBe(404);
    expect((await refusal(house.stripe.refunds.create({ charge: 'ch_none' }))).status).toBe(400);
    expect(await raw('/v1/nonsense', '')).toEqual([404, undefined, undefined]);
  });

  it('under /_sim is said in JSON', async () => {
    const answers = await Promise.all([
      fetch(`${house.sim.url}/_sim/nonsense`),
      fetch(`${house.sim.url}/_sim/clock`, { method: 'POST' }),
      fetch(`${house.sim.url}/_sim/clock/advance`, { method: 'POST', body: '{"seconds":-1}' }),
      fetch(`${house.sim.url}/_sim/clock/advance`, { method: 'POST', body: '{' }),
      fetch(`${house.sim.url}/_sim/payment_intents/pi_none/succeed`, { method: 'POST' }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([404, 405, 422, 400, 404]);
    for (const answer of answers) expect(await answer.json()).toHaveProperty('error.message');
  });
});

describe('expansion', () => {
  it('follows ids through objects and lists', async () => {
    const { id: customer } = await house.stripe.customers.create({ name: 'S' });
    const paid = await house.stripe.paymentIntents.create({
      amount: 500, currency: 'usd', customer, confirm: true, payment_method: 'pm_card_visa',
      expand: ['latest_charge.balance_transaction', 'customer', 'payment_method'],
    }); // prettier-ignore
    const charge = paid.latest_charge as Stripe.Charge;
    expect([
      (charge.balance_transaction as Stripe.BalanceTransaction).net,
      (paid.customer as Stripe.Customer).name,
    ]).toEqual([500, 'S']);
    expect((paid.payment_method as Stripe.PaymentMethod).card?.last4).toBe('4242');
    const [listed] = (await house.stripe.paymentIntents.list({ customer, expand: ['data.latest_charge'] }))
      .data;
    expect(listed?.latest_charge).toMatchObject({ id: charge.id });
    expect(
      (await refusal(house.stripe.paymentIntents.retrieve(paid.id, { expand: ['amount'] }))).message,
    ).toContain('cannot be expanded');
    expect(
      (await refusal(house.stripe.paymentIntents.retrieve(paid.id, { expand: ['no_such'] }))).message,
    ).toContain('cannot be expanded');
  });
});

describe('a list', () => {
  it('pages both ways through 120 transfers of one group without losing one', async () => {
    await house.fund(100_000);
    const payee = await house.payee();
    const made: string[] = [];
    for (let at = 0; at < 120; at++)
      made.push(
        (
          await house.stripe.transfers.create({
            amount: 100,
            currency: 'usd',
            destination: payee.id,
            transfer_group: 'many',
          })
        ).id,
      );
    const first = await house.stripe.transfers.list({ transfer_group: 'many', limit: 100 });
    expect([first.data.length, first.has_more]).toEqual([100, true]);
    const all: string[] = [];
    for await (const row of house.stripe.transfers.list({ transfer_group: 'many', limit: 50 }))
      all.push(row.id);
    expect(all).toEqual([...made].reverse());
    const back = await house.stripe.transfers.list({
      transfer_group: 'many',
      limit: 5,
      ending_before: made[0] ?? '',
    });
    expect(back.data.map((row) => row.id)).toEqual(made.slice(1, 6).reverse());
    expect((await refusal(house.stripe.transfers.list({ limit: 101 }))).status).toBe(400);
    expect((await refusal(house.stripe.transfers.list({ starting_after: 'tr_none' }))).code).toBe(
      'resource_missing',
    );
  });

  it('of events is cut by type, by moment and by page', async () => {
    const own = await openHouse();
    await own.stripe.customers.create({});
    await own.advance(100);
    const hold = await own.hold(1000);
    const of = async (params: Stripe.EventListParams) =>
      (await own.stripe.events.list(params)).data.map((event) => event.type);
    expect(await of({ type: 'customer.*' })).toEqual(['customer.created']);
    expect(await of({ types: ['charge.succeeded', 'customer.created'] })).toEqual([
      'charge.succeeded',
      'customer.created',
    ]);
    expect(await of({ created: { lt: hold.created } })).toEqual(['customer.created']);
    expect(await of({ created: { gte: hold.created }, limit: 1 })).toEqual([
      'payment_intent.amount_capturable_updated',
    ]);
    await own.advance(31 * 86_400);
    expect(await of({ type: 'customer.created' })).toEqual([]);
    await own.close();
  });

  it('of balance transactions shows fees once they are set', async () => {
    await house.control('POST', '/fees', { bps: 290, fixed: 30 });
    const paid = await house.fund(1000);
    const [line] = (await house.stripe.balanceTransactions.list({ source: idIn(paid.latest_charge) })).data;
    expect([line?.type, line?.amount, line?.fee, line?.net, line?.status]).toEqual([
      'charge',
      1000,
      59,
      941,
      'available',
    ]);
    await house.control('POST', '/fees', {});
    expect((await house.books()).balanced).toBe(true);
  });
});
