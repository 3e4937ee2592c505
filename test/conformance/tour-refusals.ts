import type Stripe from 'stripe';
import type { House } from '../simulator/house.ts';
import { idIn, refusal, sdkFor } from '../simulator/house.ts';

const sold = {
  mode: 'payment',
  success_url: 'https://example.org/done',
  line_items: [
    {
      quantity: 1,
      price_data: { currency: 'usd', unit_amount: 450, product_data: { name: 'Lesson' } },
    },
  ],
} satisfies Stripe.Checkout.SessionCreateParams;

/** Each kind of no that Stripe has, once; answers the HTTP statuses and codes met on the way. */
export async function meetRefusals(house: House): Promise<ReadonlySet<string>> {
  const { stripe, hold, fund, payee, control, sim } = house;
  const pay = (payment_method: string, more: object = {}) =>
    stripe.paymentIntents.create({ amount: 450, currency: 'usd', confirm: true, payment_method, ...more });
  const create = (more: object, idempotencyKey?: string) =>
    stripe.paymentIntents.create(
      { amount: 450, currency: 'usd', ...more },
      idempotencyKey === undefined ? {} : { idempotencyKey },
    );
  const { id: customer } = await stripe.customers.create({});
  const held = await hold(450);
  const paid = await fund(450);
  const refunded = await stripe.refunds.create({ payment_intent: (await fund(450)).id });
  const { id: ready } = await payee();
  const { id: blank } = await stripe.accounts.create({ type: 'express', country: 'US' });
  await create({}, 'taken');
  const open = await stripe.checkout.sessions.create(sold);
  await stripe.checkout.sessions.expire(open.id);
  const { latest_charge: charge } = await fund(450);
  const accused = { charge, reason: 'duplicate', dueBy: null };
  const { id: disputed } = await control<{ id: string }>('POST', '/disputes', accused);
  const sent = await stripe.transfers.create({ amount: 1, currency: 'usd', destination: ready });
  const fault = (path: string, kind: object) =>
    control('POST', '/faults', { method: 'POST', path, fault: kind });

  const calls: (() => Promise<unknown>)[] = [
    () => pay('pm_card_chargeDeclined'),
    () => pay('pm_card_chargeDeclinedExpiredCard'),
    () => pay('pm_card_authenticationRequired', { customer, off_session: true }),
    () => pay('pm_card_authenticationRequired', { error_on_requires_action: true }),
    () =>
      stripe.setupIntents.create({
        customer,
        confirm: true,
        payment_method: 'pm_card_chargeDeclinedLostCard',
      }),
    () => create({ payment_method_types: ['card'] }),
    () => create({ colour: 'red' }),
    () => create({ amount: 1 }),
    () => create({ currency: 'dollars' }),
    () => create({ amount: 500 }, 'taken'),
    () => stripe.paymentIntents.capture(paid.id),
    () => stripe.paymentIntents.capture(held.id, { amount_to_capture: 451 }),
    () => stripe.paymentIntents.retrieve('pi_none'),
    () => stripe.refunds.create({ payment_intent: paid.id, amount: 451 }),
    () => stripe.refunds.create({ payment_intent: held.id }),
    () => stripe.refunds.cancel(refunded.id),
    () => stripe.transfers.create({ amount: 1, currency: 'usd', destination: blank }),
    () => stripe.transfers.create({ amount: 99_999_999, currency: 'usd', destination: ready }),
    () => stripe.transfers.createReversal(sent.id, { amount: 2 }),
    () => stripe.transfers.retrieveReversal(sent.id, 'trr_none'),
    () => stripe.checkout.sessions.create({ ...sold, ui_mode: 'hosted' }),
    () => stripe.checkout.sessions.create({ ...sold, ui_mode: 'elements' }),
    () => stripe.checkout.sessions.create({ ...sold, expires_at: 1 }),
    () => stripe.checkout.sessions.expire(open.id),
    () => stripe.checkout.sessions.retrieve('cs_none'),
    () => stripe.disputes.update(disputed, { evidence: { customer_name: 'S' } }),
    () => stripe.disputes.update('du_none', { submit: true }),
    () => stripe.refunds.create({ charge: idIn(charge) }),
    () => stripe.radar.earlyFraudWarnings.retrieve('issfr_none'),
    () => stripe.payouts.create({ amount: 99_999_999, currency: 'usd' }, { stripeAccount: ready }),
    () => stripe.accounts.retrieve('acct_none'),
    () => stripe.balance.retrieve({}, { stripeAccount: 'acct_none' }),
    () => stripe.invoices.list(),
    () => sdkFor(sim.port, 'pk_test_1').balance.retrieve(),
    () => sdkFor(sim.port, 'nonsense').balance.retrieve(),
  ];
  const met = new Set<string>();
  const meet = async (call: () => Promise<unknown>): Promise<void> => {
    const { status, code } = await refusal(call());
    met.add(`${status} ${code ?? ''}`.trim());
  };
  for (const call of calls) await meet(call);
  for (const kind of [
    { kind: 'key_in_use' },
    { kind: 'rate_limit' },
    { kind: 'lock_timeout' },
    { kind: 'status_before', status: 500 },
    { kind: 'status_after', status: 503 },
  ]) {
    await fault('/v1/payment_intents', kind);
    await meet(() => create({}, crypto.randomUUID()));
  }
  return met;
}
