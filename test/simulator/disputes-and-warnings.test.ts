import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day, idIn, openHouse, openListener, refusal, secret, type House } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  expect(await house.books()).toMatchObject({ balanced: true, violations: [] });
  await house.close();
});

const bank = (path: string, body: object = {}) => house.control<Stripe.Dispute>('POST', path, body);
const charged = async (amount: number) => idIn((await house.fund(amount)).latest_charge);
const accuse = async (more: object = {}, amount = 1000) => {
  const charge = await charged(amount);
  return bank('/disputes', { charge, reason: 'product_not_received', ...more });
};
const read = (id: string) => house.stripe.disputes.retrieve(id);
const available = async () => (await house.books()).accounts['platform']?.['usd']?.available;
const told = async () =>
  (await house.stripe.events.list({ limit: 100 })).data
    .map((event) => event.type)
    .filter((type) => type.startsWith('charge.dispute.'))
    .map((type) => type.slice('charge.dispute.'.length))
    .reverse();
const pay = (card: string) =>
  house.stripe.paymentIntents.create({ amount: 1000, currency: 'usd', confirm: true, payment_method: card });
const inquiry = { status: 'warning_needs_response' };

describe('an inquiry', () => {
  it('moves no money and ends by itself after sixty days, answered or not', async () => {
    const [silent, answered] = [await accuse(inquiry), await accuse(inquiry)];
    const sent = await house.stripe.disputes.update(answered.id, { evidence: { uncategorized_text: 'x' } });
    expect([sent.status, sent.is_charge_refundable]).toEqual(['warning_under_review', true]);
    await house.advance(59 * day);
    expect((await read(silent.id)).evidence_details.past_due).toBe(true);
    await house.advance(day);
    for (const { id } of [silent, answered]) expect((await read(id)).status).toBe('warning_closed');
    expect([await available(), (await house.stripe.balanceTransactions.list({ type: 'adjustment' })).data]).toEqual([2000, []]); // prettier-ignore
  });

  it('can be settled by a refund, and then no longer be charged back', async () => {
    const { id, charge } = await accuse(inquiry);
    await house.stripe.refunds.create({ charge: idIn(charge) });
    await expect(bank(`/disputes/${id}/escalate`)).rejects.toThrow(/^409 .*Nothing is left/);
    expect((await bank(`/disputes/${id}/close`)).status).toBe('warning_closed');
    expect([await available(), await told()]).toEqual([0, ['created', 'closed']]);
  });

  it('that escalates charges back what was not refunded and asks for a new answer', async () => {
    const { id, charge } = await accuse(inquiry);
    await house.stripe.disputes.update(id, { evidence: { uncategorized_text: 'x' } });
    await house.stripe.refunds.create({ charge: idIn(charge), amount: 400 });
    await expect(bank(`/disputes/${id}/lose`)).rejects.toThrow('409');
    const after = await bank(`/disputes/${id}/escalate`);
    expect([after.status, after.amount, after.is_charge_refundable, await available()]).toEqual([
      'needs_response', 600, false, 0,
    ]); // prettier-ignore
    expect(after.payment_method_details?.card?.case_type).toBe('chargeback');
    const answered = await house.stripe.disputes.update(id, { submit: true });
    expect([answered.status, answered.evidence_details.submission_count]).toEqual(['under_review', 1]);
    await bank(`/disputes/${id}/win`);
    expect(await available()).toBe(600);
    expect(await told()).toEqual([
      'created', 'updated', 'updated', 'funds_withdrawn', 'updated', 'closed', 'funds_reinstated',
    ]); // prettier-ignore
  });
});

describe('test cards', () => {
  it.each([
    ['pm_card_createDispute', 'needs_response', 'fraudulent', -1000],
    ['pm_card_createDisputeProductNotReceived', 'needs_response', 'product_not_received', -1000],
    ['pm_card_createDisputeInquiry', 'warning_needs_response', 'fraudulent', 0],
  ])('%s is disputed right after the charge', async (card, status, reason, balance) => {
    const { id } = await pay(card);
    const [found] = (await house.stripe.disputes.list({ payment_intent: id, expand: ['data.charge'] })).data;
    expect([found?.status, found?.reason, found?.charge]).toMatchObject([status, reason, { disputed: true }]);
    expect(await available()).toBe(balance);
    const types = (await house.stripe.events.list()).data.map((event) => event.type).reverse();
    expect(types.indexOf('charge.dispute.created')).toBeGreaterThan(
      types.indexOf('payment_intent.succeeded'),
    );
  });

  it('that dispute a held payment do so when it is captured, not before', async () => {
    const hold = await house.hold(1000, 'pm_card_createDispute');
    await house.advance(day);
    expect((await house.stripe.disputes.list()).data).toEqual([]);
    await house.stripe.paymentIntents.capture(hold.id, { amount_to_capture: 600 });
    expect((await house.stripe.disputes.list()).data.map((row) => row.amount)).toEqual([600]);
  });
});

describe('an early fraud warning', () => {
  const warnings = async () => (await house.stripe.radar.earlyFraudWarnings.list()).data;

  it('asks for nothing, moves nothing, and stops being actionable once all is refunded', async () => {
    const { id } = await pay('pm_card_createIssuerFraudRecord');
    const [warning] = await warnings();
    expect([warning?.actionable, warning?.payment_intent]).toEqual([true, id]);
    await house.stripe.refunds.create({ payment_intent: id, amount: 999 });
    expect((await warnings())[0]?.actionable).toBe(true);
    await house.stripe.refunds.create({ payment_intent: id });
    expect((await house.stripe.radar.earlyFraudWarnings.retrieve(warning?.id ?? '')).actionable).toBe(false);
    const types = (await house.stripe.events.list()).data.map((event) => event.type);
    expect(types.filter((type) => type.startsWith('radar.'))).toEqual([
      'radar.early_fraud_warning.updated',
      'radar.early_fraud_warning.created',
    ]);
  });

  it('comes too late for a charge that is disputed already, and stops being actionable by a dispute', async () => {
    const [early, late] = [await charged(1000), await charged(1000)];
    await bank('/early_fraud_warnings', { charge: early, fraudType: 'made_with_stolen_card' });
    await bank('/disputes', { charge: early, reason: 'fraudulent' });
    await bank('/disputes', { charge: late, reason: 'fraudulent' });
    await bank('/early_fraud_warnings', { charge: late });
    expect((await warnings()).map((row) => [row.charge, row.actionable])).toEqual([
      [late, false],
      [early, false],
    ]);
  });
});

describe('a list of disputes', () => {
  it('pages and finds by charge, payment and time', async () => {
    const made = [await accuse(), await accuse(inquiry), await accuse()];
    const { disputes } = house.stripe;
    const ids = async (params: Stripe.DisputeListParams) =>
      (await disputes.list(params)).data.map(({ id }) => id);
    const [first, second, third] = made.map((row) => row.id);
    expect(await ids({ limit: 2 })).toEqual([third, second]);
    expect(await ids({ limit: 2, starting_after: second ?? '' })).toEqual([first]);
    expect(await ids({ charge: idIn(made[1]?.charge) })).toEqual([second]);
    expect(await ids({ payment_intent: idIn(made[0]?.payment_intent) })).toEqual([first]);
    expect(await ids({ created: { gt: (made[2]?.created ?? 0) + 100 } })).toEqual([]);
    expect((await refusal(disputes.retrieve('du_none'))).status).toBe(404);
  });
});

describe('the news of a dispute', () => {
  it('can arrive in another order than it happened in', async () => {
    const listener = await openListener();
    const orders = new Set<string>();
    try {
      for (let seed = 1; seed <= 12; seed++) {
        const endpoint = { url: listener.url, secret, connect: false };
        const other = await openHouse({ endpoints: [endpoint], idTag: `news${seed}` });
        await other.control('POST', '/webhooks', { hold: true, shuffle: true, seed });
        const { latest_charge: charge } = await other.fund(1000);
        await other.control('POST', '/disputes', { charge, reason: 'fraudulent' });
        listener.heard.length = 0;
        await other.control('POST', '/webhooks/flush');
        await other.close();
        const types = listener.heard.map(({ event }) => event.type).filter((type) => type.startsWith('charge.dispute.')); // prettier-ignore
        expect([...types].sort()).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
        orders.add(types.join());
      }
    } finally {
      await listener.close();
    }
    expect(orders.size).toBe(2);
  });
});
