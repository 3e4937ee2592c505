import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day, openHouse, refusal, type House, idIn } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const pay = (amount: number, card: string) =>
  house.stripe.paymentIntents.create({ amount, currency: 'usd', confirm: true, payment_method: card });
const refund = (intent: string, amount?: number) =>
  house.stripe.refunds.create({ payment_intent: intent, ...(amount ? { amount } : {}) });
const platform = async () => (await house.books()).accounts['platform']?.['usd'];

describe('a refund', () => {
  it('comes in parts, never more than was taken', async () => {
    const { id } = await house.fund(1000);
    await refund(id, 600);
    expect((await refusal(refund(id, 600))).message).toContain('400');
    await refund(id, 400);
    expect((await refusal(refund(id))).code).toBe('charge_already_refunded');
    expect((await house.stripe.refunds.list({ payment_intent: id })).data.map((row) => row.amount)).toEqual([
      400, 600,
    ]);
    expect(await platform()).toEqual({ available: 0, pending: 0 });
  });

  it('of a partly captured hold gives back only what was captured', async () => {
    const hold = await house.hold(1000);
    await house.stripe.paymentIntents.capture(hold.id, { amount_to_capture: 700 });
    expect((await refusal(refund(hold.id, 701))).status).toBe(400);
    await refund(hold.id);
    const charge = await house.stripe.charges.retrieve(idIn(hold.latest_charge), { expand: ['refunds'] });
    expect([charge.amount_refunded, charge.refunded, charge.refunds?.data.length]).toEqual([1000, true, 1]);
    expect(await platform()).toEqual({ available: 0, pending: 0 });
  });

  it('does nothing to the transfer made from its charge', async () => {
    await house.fund(5000);
    const payee = await house.payee();
    const paid = await pay(1000, 'pm_card_visa');
    const { id } = await house.stripe.transfers.create({
      amount: 800,
      currency: 'usd',
      destination: payee.id,
      source_transaction: idIn(paid.latest_charge),
    });
    await refund(paid.id);
    expect((await house.stripe.transfers.retrieve(id)).amount_reversed).toBe(0);
  });

  it('that looked fine can fail a day later and brings the money back', async () => {
    const { id } = await pay(1000, 'pm_card_refundFail');
    const first = await refund(id);
    expect(first.status).toBe('succeeded');
    await house.advance(day);
    const failed = await house.stripe.refunds.retrieve(first.id);
    expect([failed.status, failed.failure_reason]).toEqual(['failed', 'lost_or_stolen_card']);
    await house.advance(2 * day);
    expect(await platform()).toEqual({ available: 1000, pending: 0 });
    expect((await house.stripe.charges.retrieve(idIn(failed.charge))).amount_refunded).toBe(0);
    expect((await house.stripe.events.list({ type: 'refund.failed' })).data).toHaveLength(1);
  });

  it('can stay pending until the bank has decided, either way', async () => {
    const { id } = await pay(1000, 'pm_card_pendingRefund');
    const [first, second] = [await refund(id, 300), await refund(id, 300)];
    expect([first.status, first.pending_reason]).toEqual(['pending', 'processing']);
    expect((await house.control<Stripe.Refund>('POST', `/refunds/${second.id}/fail`)).status).toBe('failed');
    await house.advance(day);
    expect((await house.stripe.refunds.retrieve(first.id)).status).toBe('succeeded');
    expect((await refund(id)).amount).toBe(700);
  });

  it('waits for money that the balance does not have and goes out when it comes', async () => {
    const { id } = await house.fund(1000);
    await house.stripe.payouts.create({ amount: 900, currency: 'usd' });
    const waiting = await refund(id);
    expect([waiting.status, waiting.pending_reason, waiting.balance_transaction]).toEqual([
      'pending',
      'insufficient_funds',
      null,
    ]);
    await pay(2000, 'pm_card_visa');
    await house.advance(2 * day);
    const paid = await house.stripe.refunds.retrieve(waiting.id);
    expect([paid.status, paid.pending_reason]).toEqual(['succeeded', undefined]);
    expect(await platform()).toEqual({ available: 1100, pending: 0 });
  });

  it('cannot be called off once it is under way', async () => {
    const { id } = await house.fund(1000);
    expect((await refusal(house.stripe.refunds.cancel((await refund(id)).id))).status).toBe(400);
  });
});
