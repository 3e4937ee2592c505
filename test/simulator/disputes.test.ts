import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day, idIn, openHouse, refusal, type House } from './house.ts';

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

describe('a chargeback', () => {
  it('takes the amount and its fee even from an empty balance, and its loss keeps both', async () => {
    await house.control('POST', '/fees', { dispute: 1500 });
    const charge = await charged(1000);
    await house.stripe.payouts.create({ amount: 1000, currency: 'usd' });
    const { id, amount } = await bank('/disputes', { charge, reason: 'fraudulent' });
    expect([amount, await available()]).toEqual([1000, -2500]);
    const lost = await bank(`/disputes/${id}/lose`);
    expect([lost.status, lost.balance_transactions.length, await available()]).toEqual(['lost', 1, -2500]);
    expect(await told()).toEqual(['created', 'funds_withdrawn', 'closed']);
  });

  it('that is won gives the amount back and keeps the fee, on lines that name the dispute', async () => {
    await house.control('POST', '/fees', { dispute: 1500 });
    const { id } = await accuse();
    await bank(`/disputes/${id}/win`);
    expect(await available()).toBe(-500);
    const { balance_transactions: lines, status } = await read(id);
    expect(status).toBe('won');
    const seen = (await house.stripe.balanceTransactions.list({ source: id })).data;
    expect(lines).toEqual([...seen].reverse());
    expect(lines.map((row) => [row.type, row.reporting_category, row.amount, row.fee, row.net])).toEqual([
      ['adjustment', 'dispute', -1000, 1500, -2500],
      ['adjustment', 'dispute_reversal', 1000, 0, 1000],
    ]);
    expect(await told()).toEqual(['created', 'funds_withdrawn', 'closed', 'funds_reinstated']);
  });

  it('claims what is left of a charge, or the part that is named, and never more', async () => {
    const charge = await charged(1000);
    await house.stripe.refunds.create({ charge, amount: 300 });
    await expect(bank('/disputes', { charge, reason: 'general', amount: 701 })).rejects.toThrow('Only 700');
    const { id, amount } = await bank('/disputes', { charge, reason: 'general', amount: 200 });
    await expect(bank('/disputes', { charge, reason: 'general' })).rejects.toThrow('disputed already');
    await bank(`/disputes/${id}/lose`);
    const rest = await bank('/disputes', { charge, reason: 'general' });
    expect([amount, rest.amount, await available()]).toEqual([200, 500, 0]);
  });

  it('cannot claim money that was never taken or has gone back', async () => {
    const charge = await charged(1000);
    await house.stripe.refunds.create({ charge });
    await expect(bank('/disputes', { charge, reason: 'general' })).rejects.toThrow(/^409 .*Nothing is left/);
    const hold = await house.hold(1000);
    await expect(bank('/disputes', { paymentIntent: hold.id, reason: 'general' })).rejects.toThrow('409');
    await expect(bank('/disputes', { charge: 'ch_none', reason: 'general' })).rejects.toThrow('404');
    await expect(bank('/disputes', { reason: 'general' })).rejects.toThrow('422');
    expect(await told()).toEqual([]);
  });

  it('bars refunds of its charge for good, even when it is won', async () => {
    const { id, charge } = await accuse({ amount: 400 });
    expect((await house.stripe.charges.retrieve(idIn(charge))).disputed).toBe(true);
    const refund = () => house.stripe.refunds.create({ charge: idIn(charge) });
    expect((await refusal(refund())).code).toBe('charge_disputed');
    await bank(`/disputes/${id}/win`);
    expect((await refusal(refund())).code).toBe('charge_disputed');
    expect(await available()).toBe(1000);
  });

  it('may be opened before its money is withdrawn, and losing withdraws what was not', async () => {
    const late = await accuse({ withdraw: false });
    expect([late.balance_transactions, await available()]).toEqual([[], 1000]);
    expect((await bank(`/disputes/${late.id}/withdraw`)).balance_transactions).toHaveLength(1);
    await expect(bank(`/disputes/${late.id}/withdraw`)).rejects.toThrow('409');
    const other = await accuse({ withdraw: false });
    await bank(`/disputes/${other.id}/lose`);
    const third = await accuse({ withdraw: false });
    expect((await bank(`/disputes/${third.id}/win`)).balance_transactions).toEqual([]);
    expect(await available()).toBe(1000);
  });

  it('brings back money that pays the refunds waiting for it', async () => {
    const { id } = await accuse({}, 5000);
    const other = await house.fund(1000);
    await house.stripe.payouts.create({ amount: 1000, currency: 'usd' });
    const waiting = await house.stripe.refunds.create({ payment_intent: other.id });
    expect(waiting.pending_reason).toBe('insufficient_funds');
    await bank(`/disputes/${id}/win`);
    expect((await house.stripe.refunds.retrieve(waiting.id)).status).toBe('succeeded');
    expect(await available()).toBe(4000);
  });

  it('prevented by the network moves nothing and wants nothing', async () => {
    const { id, status } = await accuse({ status: 'prevented' });
    expect([status, await available(), await told()]).toEqual(['prevented', 1000, ['created']]);
    expect((await refusal(house.stripe.disputes.close(id))).status).toBe(400);
  });
});

describe('an answer to the bank', () => {
  it('is gathered first and counts once it is submitted, once only', async () => {
    const { id } = await accuse();
    const staged = await house.stripe.disputes.update(id, {
      evidence: { customer_name: 'S. Learner', receipt: 'file_1' },
      metadata: { case: '7' },
      submit: false,
    });
    expect([staged.status, staged.evidence_details.submission_count]).toEqual(['needs_response', 0]);
    const sent = await house.stripe.disputes.update(id, { submit: true });
    expect([sent.status, sent.evidence.customer_name, sent.evidence.receipt, sent.metadata]).toEqual([
      'under_review', 'S. Learner', 'file_1', { case: '7' },
    ]); // prettier-ignore
    expect(sent.evidence_details).toMatchObject({ has_evidence: true, submission_count: 1, submission_method: 'manual' }); // prettier-ignore
    expect((await refusal(house.stripe.disputes.update(id, { submit: true }))).status).toBe(400);
    expect((await refusal(house.stripe.disputes.close(id))).status).toBe(400);
    expect(await told()).toEqual(['created', 'funds_withdrawn', 'updated', 'updated']);
    await house.advance(60 * day);
    expect((await read(id)).status).toBe('under_review');
  });

  it('is sent with its evidence unless told otherwise, never with metadata alone', async () => {
    const { id } = await accuse();
    expect((await house.stripe.disputes.update(id, { metadata: { a: '1' } })).status).toBe('needs_response');
    expect((await refusal(house.stripe.disputes.update(id, { submit: true }))).error.param).toBe('submit');
    expect(
      (await house.stripe.disputes.update(id, { evidence: { uncategorized_text: 'Taught.' } })).status,
    ).toBe('under_review');
  });

  it('knows its fields, its files and its length', async () => {
    const { id } = await accuse();
    const send = (evidence: object) => refusal(house.stripe.disputes.update(id, { evidence, submit: false }));
    expect((await send({ alibi: 'x' })).error.param).toBe('evidence[alibi]');
    expect((await send({ receipt: 'a picture' })).code).toBe('resource_missing');
    const half = 'x'.repeat(75_000);
    await house.stripe.disputes.update(id, { evidence: { uncategorized_text: half }, submit: false });
    expect((await send({ access_activity_log: `${half}x` })).message).toContain('150001');
    await house.stripe.disputes.update(id, { evidence: { access_activity_log: half }, submit: false });
    const emptied = { access_activity_log: '', uncategorized_text: '' };
    const after = await house.stripe.disputes.update(id, { evidence: emptied, submit: false });
    expect([after.evidence.uncategorized_text, after.evidence_details.has_evidence]).toEqual([null, false]);
  });

  it('that comes too late is refused, and the dispute is lost three days after the deadline', async () => {
    const { id } = await accuse({ dueBy: 2 * day });
    await house.advance(2 * day);
    const late = await read(id);
    expect([late.status, late.evidence_details.past_due]).toEqual(['needs_response', true]);
    const answer = house.stripe.disputes.update(id, { evidence: { uncategorized_text: 'x' } });
    expect((await refusal(answer)).message).toContain('deadline');
    await house.advance(3 * day - 10);
    expect((await read(id)).status).toBe('needs_response');
    await house.advance(10);
    expect([(await read(id)).status, await available()]).toEqual(['lost', 0]);
    expect(await told()).toEqual(['created', 'funds_withdrawn', 'updated', 'closed']);
  });

  it.each([0, null])('is impossible when the bank gives no deadline (%s)', async (dueBy) => {
    const { id, evidence_details: details } = await accuse({ dueBy });
    expect(details.due_by).toBe(dueBy);
    const answer = house.stripe.disputes.update(id, { evidence: { uncategorized_text: 'x' } });
    expect((await refusal(answer)).message).toContain('no response');
    await house.advance(100 * day);
    expect((await read(id)).status).toBe('needs_response');
  });

  it('can be that the bank is right, which cannot be taken back', async () => {
    const { id } = await accuse();
    expect((await house.stripe.disputes.close(id)).status).toBe('lost');
    expect((await refusal(house.stripe.disputes.close(id))).status).toBe(400);
    await expect(bank(`/disputes/${id}/win`)).rejects.toThrow('409');
    expect([await available(), await told()]).toEqual([0, ['created', 'funds_withdrawn', 'closed']]);
  });
});
