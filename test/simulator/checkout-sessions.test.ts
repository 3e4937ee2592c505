import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alone, lesson, openTill, type Params, type Till } from './checkouts.ts';
import { day, idIn, refusal } from './house.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill();
});
afterAll(async () => {
  expect((await till.house.books()).violations).toEqual([]);
  await till.house.close();
});

describe('a session', () => {
  it('begins open, unpaid and without a payment, with a page on this server', async () => {
    const session = await till.open();
    expect([session.status, session.payment_status, session.payment_intent, session.amount_total]).toEqual([
      'open',
      'unpaid',
      null,
      5000,
    ]);
    expect(session.expires_at - session.created).toBe(day);
    expect(session.url?.startsWith(`${till.house.sim.url}/c/pay/${session.id}#`)).toBe(true);
    expect(session.client_secret).toBeNull();
    expect(JSON.stringify(await till.again(session))).toBe(JSON.stringify(session));
  });

  it('is found by its payment, its state, its payer and its time', async () => {
    await alone(async (till) => {
      const first = await till.open({ customer_email: 'a@example.org' });
      const paid = await till.play(first, 'complete');
      await till.house.advance(60);
      const second = await till.open({ customer_email: 'b@example.org' });
      const ids = async (params: Stripe.Checkout.SessionListParams) =>
        (await till.house.stripe.checkout.sessions.list(params)).data.map(({ id }) => id);
      expect(await ids({})).toEqual([second.id, first.id]);
      expect(await ids({ limit: 1, starting_after: second.id })).toEqual([first.id]);
      expect(await ids({ payment_intent: idIn(paid.payment_intent) })).toEqual([first.id]);
      expect(await ids({ status: 'open' })).toEqual([second.id]);
      expect(await ids({ customer_details: { email: 'a@example.org' } })).toEqual([first.id]);
      expect(await ids({ created: { gt: first.created } })).toEqual([second.id]);
    });
  });

  it.each([
    [
      'a type of method by its old parameter',
      { payment_method_types: ['card'] },
      'payment_method_types_no_longer_supported',
    ],
    ['the old name of a page of its own', { ui_mode: 'custom' }, 'parameter_invalid'],
    ['the old name of an embedded page', { ui_mode: 'embedded' }, 'parameter_invalid'],
    ['the old name of a hosted page', { ui_mode: 'hosted' }, 'parameter_invalid'],
    ['another mode than payment', { mode: 'subscription' }, 'parameter_invalid'],
    ['a name it does not know', { allow_everything: true }, 'parameter_unknown'],
    [
      'a nested name it does not know',
      { payment_intent_data: { on_behalf_of: 'acct_1' } },
      'parameter_unknown',
    ],
    ['an address that is a script', { success_url: 'javascript:alert(1)' }, 'url_invalid'],
    ['less than half an hour', { expires_at: Math.floor(Date.now() / 1000) + 1700 }, 'parameter_invalid'],
    ['more than a day', { expires_at: Math.floor(Date.now() / 1000) + day + 100 }, 'parameter_invalid'],
    [
      'a payer and their address',
      { customer: 'cus_1', customer_email: 'a@example.org' },
      'parameter_invalid',
    ],
    ['nothing to pay for', { line_items: [] }, 'parameter_missing'],
  ])('is refused with %s', async (_, wrong, code) => {
    const { status, code: met } = await refusal(till.open(wrong as unknown as Params));
    expect([status, met]).toEqual([400, code]);
  });

  it('on a page of the shop’s own needs a way back and has a secret in place of an address', async () => {
    const { success_url: _done, cancel_url: _back, ...bare } = lesson;
    const create = (more: Params) => till.house.stripe.checkout.sessions.create({ ...bare, ...more });
    expect((await refusal(create({ ui_mode: 'elements' }))).code).toBe('parameter_missing');
    const elements = await create({ ui_mode: 'elements', return_url: 'https://shop.example/done' });
    expect([elements.url, elements.client_secret?.startsWith(`${elements.id}_secret_`)]).toEqual([
      null,
      true,
    ]);
    const inFrame = await create({ ui_mode: 'embedded_page', redirect_on_completion: 'never' });
    expect([inFrame.redirect_on_completion, inFrame.client_secret === null]).toEqual(['never', false]);
  });
});
