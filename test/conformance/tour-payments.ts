import type Stripe from 'stripe';
import type { House } from '../simulator/house.ts';
import { day, idIn } from '../simulator/house.ts';

const automatic = { enabled: true, allow_redirects: 'never' } as const;

/** Every call about payments and cards that succeeds, on intents that come to each of their ends. */
export async function payAndSave(house: House): Promise<void> {
  const customer = await customers(house);
  await intents(house, customer);
  await setups(house, customer);
  await charges(house);
}

async function customers({ stripe }: House): Promise<string> {
  const { id } = await stripe.customers.create({
    email: 's@example.org',
    name: 'S',
    payment_method: 'pm_card_visa',
  });
  await stripe.customers.update(id, { phone: '+100', metadata: { person: '1' } });
  await stripe.customers.retrieve(id);
  await stripe.customers.list({ email: 's@example.org', limit: 3, created: { gte: 0 } });
  const made = await stripe.paymentMethods.create({
    type: 'card',
    card: { token: 'tok_amex' },
    billing_details: { name: 'S' },
  });
  await stripe.paymentMethods.attach(made.id, { customer: id });
  await stripe.paymentMethods.update(made.id, { metadata: { kept: 'yes' }, card: { exp_year: 2031 } });
  await stripe.paymentMethods.retrieve(made.id, { expand: ['customer'] });
  await stripe.paymentMethods.list({ customer: id, type: 'card' });
  await stripe.customers.listPaymentMethods(id, { type: 'card' });
  await stripe.customers.retrievePaymentMethod(id, made.id);
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: made.id } });
  await stripe.paymentMethods.detach(made.id);
  const gone = await stripe.customers.create({ email: 'gone@example.org' });
  await stripe.customers.del(gone.id);
  await stripe.customers.retrieve(gone.id).catch(() => null);
  return id;
}

async function intents({ stripe, control, advance, hold }: House, customer: string): Promise<void> {
  const open = await stripe.paymentIntents.create({
    amount: 450,
    currency: 'usd',
    capture_method: 'manual',
    customer,
    allowed_payment_method_types: ['card'],
    transfer_group: 'lesson:1',
    metadata: { operation: 'lesson:1:authorize' },
    statement_descriptor_suffix: 'LESSON',
  });
  await stripe.paymentIntents.update(open.id, {
    description: 'a lesson',
    payment_method: 'pm_card_mastercard',
  });
  const held = await stripe.paymentIntents.confirm(open.id, {
    return_url: 'https://example.org',
    expand: ['latest_charge', 'customer', 'payment_method'],
  });
  await stripe.paymentIntents.capture(held.id, {
    amount_to_capture: 400,
    metadata: { part: 'yes' },
    expand: ['latest_charge.balance_transaction'],
  });
  await stripe.paymentIntents.retrieve(held.id, { expand: ['latest_charge.refunds'] });
  await stripe.paymentIntents.list({
    customer,
    limit: 2,
    created: { gte: 0 },
    expand: ['data.latest_charge'],
  });

  await stripe.paymentIntents.cancel((await hold(700)).id, { cancellation_reason: 'abandoned' });
  await hold(800, 'pm_card_discover');
  await advance(8 * day);

  const challenged = await stripe.paymentIntents.create({
    amount: 900,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_authenticationRequired',
    automatic_payment_methods: automatic,
    return_url: 'https://example.org/back',
  });
  await control('POST', `/payment_intents/${challenged.id}/succeed`);
  await stripe.paymentIntents.retrieve(challenged.id, { expand: ['latest_charge'] });
  const failing = await stripe.paymentIntents.create({ amount: 950, currency: 'usd' });
  await control('POST', `/payment_intents/${failing.id}/require_action`, {});
  await control('POST', `/payment_intents/${failing.id}/fail`, {});
  await stripe.paymentIntents.retrieve(failing.id, { expand: ['latest_charge'] });

  const bank = await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_usBankAccount_processing',
    allowed_payment_method_types: ['us_bank_account'],
  });
  await control('POST', `/payment_intents/${bank.id}/succeed`);
  await stripe.paymentIntents.retrieve(bank.id, { expand: ['latest_charge', 'payment_method'] });
}

async function setups({ stripe, control }: House, customer: string): Promise<void> {
  const saved = await stripe.setupIntents.create({
    customer,
    usage: 'off_session',
    allowed_payment_method_types: ['card'],
    payment_method: 'pm_card_visa',
    confirm: true,
  });
  await stripe.setupIntents.retrieve(saved.id, { expand: ['payment_method', 'customer'] });
  const open = await stripe.setupIntents.create({ customer, automatic_payment_methods: automatic });
  await stripe.setupIntents.update(open.id, { description: 'a card', metadata: { for: 'later' } });
  await stripe.setupIntents.confirm(open.id, { payment_method: 'pm_card_threeDSecure2Required' });
  await control('POST', `/setup_intents/${open.id}/fail`, {});
  await stripe.setupIntents.retrieve(open.id);
  await stripe.setupIntents.cancel(open.id, { cancellation_reason: 'abandoned' });
  await stripe.setupIntents.list({ customer, limit: 5 });
}

async function charges({ stripe, fund, control, advance }: House): Promise<void> {
  const paid = await fund(5_000);
  const charge = idIn(paid.latest_charge);
  await stripe.charges.update(charge, { description: 'paid', metadata: { a: 'b' }, transfer_group: 'later' });
  await stripe.charges.retrieve(charge, { expand: ['balance_transaction', 'customer', 'refunds'] });
  await stripe.charges.list({ payment_intent: paid.id, limit: 1 });
  const refund = await stripe.refunds.create({
    payment_intent: paid.id,
    amount: 100,
    reason: 'requested_by_customer',
  });
  await stripe.refunds.update(refund.id, { metadata: { why: 'sorry' } });
  await stripe.refunds.retrieve(refund.id, { expand: ['balance_transaction', 'charge', 'payment_intent'] });
  await stripe.refunds.list({ charge });
  await stripe.charges.retrieve(charge, { expand: ['refunds'] });
  const bounced = await refundOf(stripe, 'pm_card_refundFail');
  await advance(2 * day);
  await stripe.refunds.retrieve(bounced, { expand: ['failure_balance_transaction'] });
  const waiting = await refundOf(stripe, 'pm_card_pendingRefund');
  await control('POST', `/refunds/${waiting}/succeed`);
  // Without money in the balance a refund is accepted and waits.
  const { available } = await stripe.balance.retrieve();
  const rest = available.find(({ currency }) => currency === 'usd')?.amount ?? 0;
  await stripe.payouts.create({ amount: rest, currency: 'usd' });
  await stripe.refunds.create({ payment_intent: paid.id, amount: 1_000 });
}

async function refundOf(stripe: Stripe, card: string): Promise<string> {
  const paid = await stripe.paymentIntents.create({
    amount: 2_000,
    currency: 'usd',
    confirm: true,
    payment_method: card,
  });
  return (await stripe.refunds.create({ payment_intent: paid.id })).id;
}
