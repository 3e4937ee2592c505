import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day, idIn, openHouse, openListener, refusal, secret, type House } from './house.ts';

let house: House;
let payee: Stripe.Account;
beforeEach(async () => {
  house = await openHouse();
  payee = await house.payee();
});
afterEach(async () => {
  expect(await house.books()).toMatchObject({ balanced: true, violations: [] });
  await house.close();
});

const balance = async (account: string) =>
  (await house.books()).accounts[account]?.['usd'] ?? { available: 0, pending: 0 };
const events = async (account?: string) =>
  (await house.stripe.events.list({ limit: 100 }, account ? { stripeAccount: account } : {})).data.reverse();
const transfer = async (amount: number, card = 'pm_card_bypassPending') => {
  const { latest_charge: charge } = await house.stripe.paymentIntents.create({
    amount,
    currency: 'usd',
    confirm: true,
    payment_method: card,
  });
  return house.stripe.transfers.create({
    amount,
    currency: 'usd',
    destination: payee.id,
    source_transaction: idIn(charge),
  });
};
const reverse = (id: string, amount?: number) =>
  house.stripe.transfers.createReversal(id, amount === undefined ? {} : { amount });

describe('a reversal', () => {
  it('tells the platform what was taken back and pages through its parts', async () => {
    const { id } = await transfer(1000);
    for (let part = 1; part <= 12; part++) await reverse(id, part);
    const told = (await events()).filter((event) => event.type === 'transfer.reversed');
    expect(told).toHaveLength(12);
    expect(told[11]?.data.object).toMatchObject({ id, amount_reversed: 78, reversed: false });
    const kept = await house.stripe.transfers.retrieve(id);
    expect([kept.reversals.data.length, kept.reversals.has_more]).toEqual([10, true]);
    const amounts: number[] = [];
    for await (const row of house.stripe.transfers.listReversals(id, { limit: 5 })) amounts.push(row.amount);
    expect(amounts).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect((await refusal(reverse(id, 923))).message).toContain('922');
    await reverse(id);
    expect(await house.stripe.transfers.retrieve(id)).toMatchObject({
      amount_reversed: 1000,
      reversed: true,
    });
  });

  it('takes no more than the payee still has, and what is left can be taken later', async () => {
    const { id } = await transfer(1000);
    await house.stripe.payouts.create({ amount: 700, currency: 'usd' }, { stripeAccount: payee.id });
    expect((await refusal(reverse(id))).code).toBe('balance_insufficient');
    await reverse(id, 300);
    expect([await balance(payee.id), await balance('platform')]).toEqual([
      { available: 0, pending: 0 },
      { available: 300, pending: 0 },
    ]);
    expect((await refusal(reverse(id, 1))).code).toBe('balance_insufficient');
    await transfer(500);
    expect((await reverse(id, 500)).amount).toBe(500);
  });

  it('takes nothing from an account that is in the red, not even money still on its way', async () => {
    const first = await transfer(1000);
    await house.stripe.payouts.create({ amount: 1000, currency: 'usd' }, { stripeAccount: payee.id });
    const own = await house.stripe.paymentIntents.create(
      { amount: 600, currency: 'usd', confirm: true, payment_method: 'pm_card_bypassPending' },
      { stripeAccount: payee.id },
    );
    await house.stripe.payouts.create({ amount: 600, currency: 'usd' }, { stripeAccount: payee.id });
    await house.control('POST', '/disputes', { charge: own.latest_charge, reason: 'fraudulent' });
    expect(await balance(payee.id)).toEqual({ available: -600, pending: 0 });
    expect((await refusal(reverse(first.id, 1))).code).toBe('balance_insufficient');
    const second = await transfer(1000, 'pm_card_visa');
    expect((await refusal(reverse(second.id))).code).toBe('balance_insufficient');
    await reverse(second.id, 400);
    expect(await balance(payee.id)).toEqual({ available: -600, pending: 600 });
    const heard = (await events(payee.id)).filter((event) => event.type.startsWith('charge.dispute.'));
    expect(heard.map((event) => event.account)).toEqual([payee.id, payee.id]);
  });

  it('after a chargeback makes the platform whole, and the won money can be transferred again', async () => {
    const { id, source_transaction: charge } = await transfer(1000);
    const dispute = await house.control<Stripe.Dispute>('POST', '/disputes', { charge, reason: 'general' });
    expect((await balance('platform')).available).toBe(-1000);
    await reverse(id);
    expect((await balance('platform')).available).toBe(0);
    await house.control('POST', `/disputes/${dispute.id}/win`);
    const again = { amount: 1000, currency: 'usd', destination: payee.id };
    await house.stripe.transfers.create(again);
    expect([(await balance('platform')).available, (await balance(payee.id)).available]).toEqual([0, 1000]);
  });
});

describe('an account in trouble', () => {
  it('is told about in one event for the account and one for each capability that changed', async () => {
    await house.control('POST', `/accounts/${payee.id}`, {
      capabilities: { transfers: 'inactive' },
      payouts_enabled: false,
      requirements: {
        currently_due: ['individual.verification.document'],
        disabled_reason: 'requirements.past_due',
      },
    });
    await house.control('POST', `/accounts/${payee.id}`, { capabilities: { transfers: 'inactive' } });
    const types = (await events(payee.id)).map((event) => event.type);
    expect(types.slice(-3)).toEqual(['capability.updated', 'account.updated', 'account.updated']);
    expect(await house.stripe.accounts.retrieve(payee.id)).toMatchObject({
      capabilities: { transfers: 'inactive' },
      payouts_enabled: false,
      requirements: {
        currently_due: ['individual.verification.document'],
        disabled_reason: 'requirements.past_due',
      },
    });
  });

  it('that is rejected receives and is paid nothing more, while transfers can still be taken back', async () => {
    const { id } = await transfer(1000);
    await house.control('POST', `/accounts/${payee.id}/reject`, { reason: 'rejected.fraud' });
    const account = await house.stripe.accounts.retrieve(payee.id);
    expect([account.payouts_enabled, account.requirements?.disabled_reason]).toEqual([
      false,
      'rejected.fraud',
    ]);
    const transfers = await house.stripe.accounts.retrieveCapability(payee.id, 'transfers');
    expect([transfers.status, transfers.requirements?.disabled_reason]).toEqual([
      'inactive',
      'rejected.other',
    ]);
    expect((await refusal(transfer(500))).status).toBe(400);
    const payout = house.stripe.payouts.create({ amount: 1, currency: 'usd' }, { stripeAccount: payee.id });
    expect((await refusal(payout)).code).toBe('payouts_not_allowed');
    await expect(house.control('POST', `/accounts/${payee.id}/onboard`)).rejects.toThrow('409');
    expect((await reverse(id)).amount).toBe(1000);
  });

  it('that takes its access away is out of reach, and the platform hears of it', async () => {
    const listener = await openListener();
    await house.close();
    house = await openHouse({ endpoints: [{ url: listener.url, secret, connect: true }] });
    payee = await house.payee();
    await house.control('POST', `/accounts/${payee.id}/deauthorize`);
    await house.advance(1);
    await listener.close();
    const heard = listener.heard.map(({ event }) => [event.type, event.account]);
    expect(heard[heard.length - 1]).toEqual(['account.application.deauthorized', payee.id]);
    expect((await refusal(house.stripe.balance.retrieve({}, { stripeAccount: payee.id }))).status).toBe(403);
    expect((await refusal(transfer(500))).code).toBe('resource_missing');
  });
});

describe('a refund that the bank sends back', () => {
  it('weeks after it succeeded returns the money to the platform and says so twice', async () => {
    const { id: intent } = await house.fund(1000);
    const { id } = await house.stripe.refunds.create({ payment_intent: intent });
    await house.advance(29 * day);
    await house.control('POST', `/refunds/${id}/fail`, { failure_reason: 'expired_or_canceled_card' });
    const failed = await house.stripe.refunds.retrieve(id, { expand: ['failure_balance_transaction'] });
    expect(failed).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      failure_balance_transaction: { type: 'refund_failure', amount: 1000, source: id },
    });
    expect(await balance('platform')).toEqual({ available: 1000, pending: 0 });
    const types = (await events()).map((event) => event.type);
    expect(types.slice(-2)).toEqual(['refund.updated', 'refund.failed']);
    await expect(house.control('POST', `/refunds/${id}/fail`)).rejects.toThrow('409');
  });

  it('returns it to where it came from: pending money is not available sooner', async () => {
    const paid = await house.stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
    });
    const { id } = await house.stripe.refunds.create({ payment_intent: paid.id });
    await house.control('POST', `/refunds/${id}/fail`);
    expect(await balance('platform')).toEqual({ available: 0, pending: 1000 });
    await house.advance(2 * day);
    expect(await balance('platform')).toEqual({ available: 1000, pending: 0 });
  });

  it('is never a released hold or the payee side of a reversal, which no bank ever saw', async () => {
    const hold = await house.hold(1000);
    await house.stripe.paymentIntents.cancel(hold.id);
    const [released] = (await house.stripe.refunds.list({ payment_intent: hold.id })).data;
    await expect(house.control('POST', `/refunds/${released?.id}/fail`)).rejects.toThrow('409');
    const { id } = await transfer(1000);
    const { destination_payment_refund: mirrored } = await reverse(id);
    await expect(house.control('POST', `/refunds/${idIn(mirrored)}/fail`)).rejects.toThrow('409');
    expect(await balance('platform')).toEqual({ available: 1000, pending: 0 });
  });
});
