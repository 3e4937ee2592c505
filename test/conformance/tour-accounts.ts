import type { House } from '../simulator/house.ts';
import { day, idIn } from '../simulator/house.ts';

/** Every call about accounts, transfers, payouts and balances that succeeds. */
export async function payPayees(house: House): Promise<void> {
  const payee = await accounts(house);
  await transfers(house, payee);
  await payouts(house, payee);
  await balances(house, payee);
  await listeners(house);
}

async function accounts({ stripe, control, payee }: House): Promise<string> {
  const made = await stripe.accounts.create({
    type: 'express',
    country: 'US',
    email: 't@example.org',
    business_type: 'individual',
    business_profile: { name: 'T', url: 'https://example.org' },
    capabilities: { transfers: { requested: true }, card_payments: { requested: true } },
    settings: { payouts: { schedule: { interval: 'manual' } } },
    metadata: { account_id: 'tut_1' },
  });
  await stripe.accountLinks.create({
    account: made.id,
    type: 'account_onboarding',
    refresh_url: 'https://example.org/again',
    return_url: 'https://example.org/done',
    collection_options: { fields: 'eventually_due' },
  });
  await control('POST', `/accounts/${made.id}/onboard`);
  await stripe.accounts.update(made.id, { email: 'u@example.org', metadata: { b: 'c' } });
  await stripe.accounts.retrieve(made.id);
  await stripe.accounts.list({ limit: 3, created: { gte: 0 } });
  await stripe.accounts.listCapabilities(made.id);
  await stripe.accounts.retrieveCapability(made.id, 'transfers');
  await stripe.accounts.create({
    controller: {
      fees: { payer: 'application' },
      losses: { payments: 'application' },
      requirement_collection: 'stripe',
      stripe_dashboard: { type: 'express' },
    },
    country: 'GB',
  });
  await control('POST', `/accounts/${(await payee()).id}/deauthorize`);
  const restricted = await payee();
  await control('POST', `/accounts/${restricted.id}`, {
    capabilities: { transfers: 'inactive' },
    payouts_enabled: false,
    requirements: { disabled_reason: 'rejected.fraud' },
  });
  await stripe.accounts.retrieve(restricted.id);
  await stripe.accounts.retrieveCapability(restricted.id, 'transfers');
  return made.id;
}

async function transfers({ stripe, fund }: House, destination: string): Promise<void> {
  const paid = await fund(10_000);
  const source = idIn(paid.latest_charge);
  const transfer = await stripe.transfers.create({
    amount: 3_000,
    currency: 'usd',
    destination,
    source_transaction: source,
    transfer_group: 'lesson:2',
    metadata: { operation: 'lesson:2:transfer' },
    expand: ['balance_transaction', 'destination_payment'],
  });
  await stripe.transfers.update(transfer.id, { description: 'her share', metadata: { more: 'yes' } });
  const back = await stripe.transfers.createReversal(transfer.id, {
    amount: 100,
    metadata: { why: 'refund' },
  });
  await stripe.transfers.updateReversal(transfer.id, back.id, { metadata: { why: 'dispute' } });
  await stripe.transfers.retrieveReversal(transfer.id, back.id, { expand: ['balance_transaction'] });
  await stripe.transfers.retrieve(transfer.id, { expand: ['destination', 'source_transaction'] });
  await stripe.transfers.list({ transfer_group: 'lesson:2', destination, limit: 100 });
  const whole = await stripe.transfers.create({ amount: 200, currency: 'usd', destination });
  await stripe.transfers.createReversal(whole.id, { amount: 50 });
  await stripe.transfers.createReversal(whole.id, {
    description: 'all that is left',
    expand: ['destination_payment_refund', 'transfer'],
  });
  const newest = await stripe.transfers.listReversals(whole.id, { limit: 1 });
  await stripe.transfers.listReversals(whole.id, { starting_after: newest.data[0]?.id ?? '' });
}

async function payouts({ stripe, control, advance }: House, stripeAccount: string): Promise<void> {
  const onAccount = { stripeAccount };
  await advance(3 * day);
  const make = (amount: number) => stripe.payouts.create({ amount, currency: 'usd' }, onAccount);
  const paid = await make(500);
  await stripe.payouts.update(paid.id, { metadata: { operation: 'payout' } }, onAccount);
  await stripe.payouts.retrieve(paid.id, { expand: ['balance_transaction'] }, onAccount);
  await stripe.payouts.cancel((await make(600)).id, {}, onAccount);
  const failed = await make(700);
  await advance(3 * day);
  await control('POST', `/payouts/${failed.id}/fail`, { failure_code: 'account_closed' });
  await stripe.payouts.retrieve(failed.id, { expand: ['failure_balance_transaction'] }, onAccount);
  await stripe.payouts.list({ status: 'paid', created: { gte: 0 }, limit: 10 }, onAccount);
  await stripe.payouts.list({ limit: 10 }, onAccount);
}

async function balances({ stripe, control, fund }: House, stripeAccount: string): Promise<void> {
  await control('POST', '/fees', { bps: 290, fixed: 30 });
  await fund(1_000);
  await stripe.balance.retrieve();
  await stripe.balance.retrieve({}, { stripeAccount });
  const { data } = await stripe.balanceTransactions.list({ limit: 100, created: { gte: 0 } });
  await stripe.balanceTransactions.list({ limit: 100, expand: ['data.source'] }, { stripeAccount });
  await stripe.balanceTransactions.retrieve(data[0]?.id ?? '', { expand: ['source'] });
  await stripe.balanceTransactions.list({ type: 'transfer' });
  await stripe.balanceSettings.retrieve({}, { stripeAccount });
  await stripe.balanceSettings.update(
    { payments: { payouts: { schedule: { interval: 'weekly', weekly_payout_days: ['monday'] } } } },
    { stripeAccount },
  );
}

async function listeners({ stripe }: House): Promise<void> {
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'https://127.0.0.1:9/hook',
    enabled_events: ['payment_intent.succeeded'],
    api_version: '2026-10-28.endive',
    description: 'one',
    connect: true,
    metadata: { a: 'b' },
  });
  await stripe.webhookEndpoints.update(endpoint.id, { enabled_events: ['*'], disabled: true });
  await stripe.webhookEndpoints.retrieve(endpoint.id);
  await stripe.webhookEndpoints.list({ limit: 2 });
  await stripe.webhookEndpoints.del(endpoint.id);
  const { data } = await stripe.events.list({ limit: 100, types: ['payment_intent.succeeded'] });
  await stripe.events.retrieve(data[0]?.id ?? '');
  await stripe.events.list({ type: 'charge.refunded', delivery_success: true, created: { gte: 0 } });
}
