import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day, openHouse, refusal, type House, idIn } from './house.ts';

let house: House;
let payee: Stripe.Account;
beforeEach(async () => {
  house = await openHouse();
  payee = await house.payee();
});
afterEach(() => house.close());

const charge = async (
  amount: number,
  card = 'pm_card_visa',
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
) => {
  const paid = await house.stripe.paymentIntents.create({
    amount,
    currency: 'usd',
    confirm: true,
    payment_method: card,
    ...more,
  });
  return idIn(paid.latest_charge);
};
const transfer = (amount: number, source?: string, more: Partial<Stripe.TransferCreateParams> = {}) =>
  house.stripe.transfers.create({
    amount,
    currency: 'usd',
    destination: payee.id,
    ...(source ? { source_transaction: source } : {}),
    ...more,
  });
const balance = async (account: string) =>
  (await house.books()).accounts[account]?.['usd'] ?? { available: 0, pending: 0 };
const payout = (amount: number) =>
  house.stripe.payouts.create({ amount, currency: 'usd' }, { stripeAccount: payee.id });

describe('a transfer', () => {
  it('without a source needs available money and is never retried when it comes', async () => {
    await charge(1000);
    expect((await refusal(transfer(800))).code).toBe('balance_insufficient');
    await house.advance(2 * day);
    expect((await house.stripe.transfers.list({ destination: payee.id })).data).toEqual([]);
    expect((await transfer(800)).amount).toBe(800);
    expect(await balance(payee.id)).toEqual({ available: 800, pending: 0 });
  });

  it('from a charge that has not settled succeeds at once and arrives with the charge', async () => {
    const source = await charge(1000);
    await transfer(800, source);
    expect(await balance(payee.id)).toEqual({ available: 0, pending: 800 });
    expect(await balance('platform')).toEqual({ available: 0, pending: 200 });
    await house.advance(2 * day - 5);
    expect(await balance(payee.id)).toEqual({ available: 0, pending: 800 });
    await house.advance(10);
    expect(await balance(payee.id)).toEqual({ available: 800, pending: 0 });
    expect(await balance('platform')).toEqual({ available: 200, pending: 0 });
  });

  it('from a charge never exceeds it, alone or together with others', async () => {
    const source = await charge(1000);
    expect((await refusal(transfer(1001, source))).status).toBe(400);
    await transfer(600, source);
    expect((await refusal(transfer(401, source))).message).toContain('400 left');
    await transfer(400, source);
    expect((await house.stripe.transfers.list({ destination: payee.id })).data).toHaveLength(2);
  });

  it('from a held charge takes no more than what was captured', async () => {
    const hold = await house.hold(1000);
    const source = idIn(hold.latest_charge);
    expect((await refusal(transfer(100, source))).status).toBe(400);
    await house.stripe.paymentIntents.capture(hold.id, { amount_to_capture: 700 });
    expect((await refusal(transfer(701, source))).status).toBe(400);
    expect((await transfer(700, source)).amount).toBe(700);
  });

  it('is refused in another currency than the one its charge settled in, and from an intent instead of a charge', async () => {
    const source = await charge(1000, 'pm_card_visa', { currency: 'eur' });
    expect((await refusal(transfer(500, source))).error.param).toBe('currency');
    expect((await refusal(transfer(500, 'pi_1'))).code).toBe('resource_missing');
  });

  it('is refused while the account may not receive, and goes through when it may again', async () => {
    const source = await charge(1000);
    await house.control('POST', `/accounts/${payee.id}`, { capabilities: { transfers: 'inactive' } });
    expect((await refusal(transfer(800, source))).message).toContain(
      'at least one of the following capabilities enabled: transfers',
    );
    await house.control('POST', `/accounts/${payee.id}`, { capabilities: { transfers: 'active' } });
    expect((await transfer(800, source)).amount).toBe(800);
  });

  it('is found by its group and by the group that Stripe makes up', async () => {
    const grouped = await charge(1000, 'pm_card_visa', { transfer_group: 'lesson:1' });
    const lone = await charge(1000);
    await transfer(500, grouped, { metadata: { op_id: 'a' } });
    const { payment_intent: intent } = await house.stripe.charges.retrieve(lone);
    expect((await transfer(500, lone)).transfer_group).toBe(`group_${idIn(intent)}`);
    const [found] = (await house.stripe.transfers.list({ transfer_group: 'lesson:1' })).data;
    expect([found?.metadata['op_id'], found?.source_transaction]).toEqual(['a', grouped]);
  });
});

describe('a reversal', () => {
  it('brings money back in parts until nothing is left', async () => {
    await house.fund(1000);
    const { id } = await transfer(800);
    await house.stripe.transfers.createReversal(id, { amount: 300, metadata: { op_id: 'r' } });
    expect((await refusal(house.stripe.transfers.createReversal(id, { amount: 501 }))).status).toBe(400);
    await house.stripe.transfers.createReversal(id);
    expect((await refusal(house.stripe.transfers.createReversal(id))).status).toBe(400);
    const after = await house.stripe.transfers.retrieve(id);
    expect([after.reversed, after.amount_reversed, after.reversals.data.length]).toEqual([true, 800, 2]);
    expect(
      (await house.stripe.transfers.listReversals(id)).data.map((row) => row.metadata?.['op_id']),
    ).toEqual([undefined, 'r']);
    expect(await balance('platform')).toEqual({ available: 1000, pending: 0 });
  });

  it('is refused when the payee has been paid out', async () => {
    await house.fund(1000);
    const { id } = await transfer(800);
    await payout(800);
    expect((await refusal(house.stripe.transfers.createReversal(id))).code).toBe('balance_insufficient');
    expect((await house.stripe.transfers.retrieve(id)).amount_reversed).toBe(0);
  });
});

describe('a payout', () => {
  it('needs available money, leaves, and is called paid when the clock gets there', async () => {
    await transfer(800, await charge(1000));
    expect((await refusal(payout(800))).code).toBe('balance_insufficient');
    await house.advance(2 * day);
    const { id } = await payout(800);
    const status = async () =>
      (await house.stripe.payouts.retrieve(id, {}, { stripeAccount: payee.id })).status;
    expect(await status()).toBe('pending');
    await house.advance(day);
    expect(await status()).toBe('in_transit');
    await house.advance(day);
    expect(await status()).toBe('paid');
    expect((await refusal(house.stripe.payouts.retrieve(id))).status).toBe(404);
  });

  it('that fails after it was called paid gives the money back', async () => {
    await house.fund(1000);
    await transfer(800);
    const { id } = await payout(800);
    await house.control('POST', `/payouts/${id}/pay`);
    const failed = await house.control<Stripe.Payout>('POST', `/payouts/${id}/fail`, {
      failure_code: 'account_closed',
    });
    expect([failed.status, failed.failure_code]).toEqual(['failed', 'account_closed']);
    expect(await balance(payee.id)).toEqual({ available: 800, pending: 0 });
    const types = (
      await house.stripe.events.list({ types: ['payout.paid', 'payout.failed'] }, { stripeAccount: payee.id })
    ).data;
    expect(types.map((event) => [event.type, event.account])).toEqual([
      ['payout.failed', payee.id],
      ['payout.paid', payee.id],
    ]);
  });

  it('can be called off while it is pending and not later', async () => {
    await house.fund(1000);
    await transfer(800);
    const [first, second] = [await payout(300), await payout(300)];
    expect((await house.stripe.payouts.cancel(first.id, {}, { stripeAccount: payee.id })).status).toBe(
      'canceled',
    );
    await house.advance(day);
    expect(
      (await refusal(house.stripe.payouts.cancel(second.id, {}, { stripeAccount: payee.id }))).status,
    ).toBe(400);
    expect((await balance(payee.id)).available).toBe(500);
    expect(
      (await house.stripe.payouts.list({ status: 'canceled' }, { stripeAccount: payee.id })).data,
    ).toHaveLength(1);
  });

  it('is refused while payouts are switched off', async () => {
    await house.fund(1000);
    await transfer(800);
    await house.control('POST', `/accounts/${payee.id}`, { payouts_enabled: false });
    expect((await refusal(payout(100))).code).toBe('payouts_not_allowed');
  });
});

describe('an account', () => {
  it('can do nothing before its form is filled in and everything after', async () => {
    const fresh = await house.stripe.accounts.create({
      type: 'express',
      country: 'GB',
      email: 't@example.org',
      capabilities: { transfers: { requested: true } },
    });
    expect([
      fresh.capabilities?.transfers,
      fresh.payouts_enabled,
      fresh.details_submitted,
      fresh.default_currency,
    ]).toEqual(['inactive', false, false, 'gbp']);
    const link = await house.stripe.accountLinks.create({
      account: fresh.id,
      type: 'account_onboarding',
      refresh_url: 'https://a',
      return_url: 'https://b',
    });
    expect(link.url).toContain(fresh.id);
    await house.control('POST', `/accounts/${fresh.id}/onboard`);
    const ready = await house.stripe.accounts.retrieve(fresh.id);
    expect([ready.capabilities?.transfers, ready.payouts_enabled, ready.requirements?.currently_due]).toEqual(
      ['active', true, []],
    );
  });

  it('keeps the payout schedule that either way of setting it gives', async () => {
    await house.stripe.balanceSettings.update(
      { payments: { payouts: { schedule: { interval: 'manual' } } } },
      { stripeAccount: payee.id },
    );
    expect((await house.stripe.accounts.retrieve(payee.id)).settings?.payouts?.schedule.interval).toBe(
      'manual',
    );
    await house.stripe.accounts.update(payee.id, {
      settings: { payouts: { schedule: { interval: 'weekly', weekly_anchor: 'monday' } } },
    });
    expect(
      (await house.stripe.balanceSettings.retrieve({}, { stripeAccount: payee.id })).payments.payouts
        ?.schedule?.interval,
    ).toBe('weekly');
  });
});
