import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { platform } from '../core/world.ts';
import { page } from '../http/pages.ts';
import {
  amount,
  clearableText,
  freeMap,
  identifier,
  moments,
  oneOf,
  required,
  text,
} from '../http/parameters.ts';
import { noSuch, refused } from '../http/refusal.ts';
import { listShape, route, type Call } from '../http/route.ts';
import { payout } from '../objects/payout.ts';
import { currencyOf, daySeconds, mergeMetadata } from './money.ts';

/** An ordinary payout leaves the next day and is expected at the bank the day after. */
const leavesAfterMs = daySeconds * 1000;
const arrivesAfter = 2 * daySeconds;

const found = (call: Call<unknown>): Stripe.Payout => {
  const row = call.world.tables.payouts.get(call.ids[0], call.owner);
  if (row === undefined) throw noSuch('payout', call.ids[0]);
  return row;
};

const bankOf = (world: World, owner: string, currency: string): string => {
  if (owner === platform) return 'ba_platform';
  const account = world.tables.accounts.must(owner);
  const bank = account.external_accounts?.data[0];
  if (!account.payouts_enabled)
    throw refused(
      'payouts_not_allowed',
      'Payouts are not enabled on this account. Check its requirements before trying again.',
    );
  if (bank === undefined)
    throw refused(
      'external_account_missing',
      `Sorry, you don't have any external accounts in that currency (${currency}).`,
    );
  return bank.id;
};

const create = route(
  'POST',
  '/v1/payouts',
  {
    amount: required(amount),
    currency: required(text),
    description: clearableText,
    destination: identifier,
    metadata: freeMap,
    method: oneOf('standard', 'instant'),
    source_type: oneOf('bank_account', 'card', 'fpx'),
    statement_descriptor: clearableText,
  },
  ({ world, owner, params }) => {
    const currency = currencyOf(params.currency);
    const destination = params.destination ?? bankOf(world, owner, currency);
    if (world.books.amount(owner, 'available', currency) < params.amount)
      throw refused(
        'balance_insufficient',
        'You have insufficient funds in your Stripe account for this payout. You can view your balance on the dashboard.',
      );
    const id = world.ids.next('po');
    const movement = world.post({
      owner,
      type: 'payout',
      amount: -params.amount,
      currency,
      source: id,
      outside: 'banks',
      description: 'STRIPE PAYOUT',
    });
    const created = world.clock.seconds();
    const row = world.tables.payouts.put(
      payout({
        id,
        created,
        arrivalDate: created + arrivesAfter,
        amount: params.amount,
        currency,
        balanceTransaction: movement.id,
        description: params.description ?? null,
        destination,
        metadata: mergeMetadata(null, params.metadata),
        method: params.method ?? 'standard',
        statementDescriptor: params.statement_descriptor ?? null,
      }),
      owner,
    );
    world.schedule.arm('step_payout', id, world.clock.now() + leavesAfterMs);
    world.emit('payout.created', row, owner);
    return row;
  },
);

const change = (world: World, id: string, type: string, changes: Partial<Stripe.Payout>): Stripe.Payout => {
  const after = world.tables.payouts.patch(id, changes);
  world.emit(type, after, world.tables.payouts.ownerOf(id));
  return after;
};

const giveBack = (world: World, row: Stripe.Payout, type: 'payout_failure' | 'payout_cancel'): string =>
  world.post({
    owner: world.tables.payouts.ownerOf(row.id) ?? platform,
    type,
    amount: row.amount,
    currency: row.currency,
    source: row.id,
    outside: 'banks',
  }).id;

/** The bank is expected to have the money; it may still come back later. */
export const payPayout = (world: World, id: string): Stripe.Payout => {
  const row = world.tables.payouts.must(id);
  if (row.status !== 'pending' && row.status !== 'in_transit')
    throw refused(undefined, `Payout ${id} is ${row.status} and cannot be paid.`);
  world.schedule.disarm('step_payout', id);
  return change(world, id, 'payout.paid', { status: 'paid' });
};

/** The bank refuses the money, even after it was called paid; it returns to the balance. */
export const failPayout = (world: World, id: string, code = 'account_closed'): Stripe.Payout => {
  const row = world.tables.payouts.must(id);
  if (row.status === 'failed' || row.status === 'canceled')
    throw refused(undefined, `Payout ${id} is ${row.status} and cannot fail.`);
  world.schedule.disarm('step_payout', id);
  const back = giveBack(world, row, 'payout_failure');
  return change(world, id, 'payout.failed', {
    status: 'failed',
    failure_balance_transaction: back,
    failure_code: code,
    failure_message: `The bank refused the payout (${code}).`,
  });
};

/** A payout leaves, then arrives. */
export const stepPayout = (world: World, id: string): void => {
  const row = world.tables.payouts.get(id);
  if (row?.status === 'pending') {
    change(world, id, 'payout.updated', { status: 'in_transit' });
    world.schedule.arm('step_payout', id, Math.max(row.arrival_date * 1000, world.clock.now()));
  } else if (row?.status === 'in_transit') payPayout(world, id);
};

const cancel = route('POST', '/v1/payouts/:id/cancel', {}, (call) => {
  const row = found(call);
  if (row.status !== 'pending')
    throw refused(undefined, 'Payouts can only be canceled while they are pending.', { param: 'id' });
  call.world.schedule.disarm('step_payout', row.id);
  giveBack(call.world, row, 'payout_cancel');
  return change(call.world, row.id, 'payout.canceled', { status: 'canceled' });
});

const update = route('POST', '/v1/payouts/:id', { metadata: freeMap }, (call) => {
  const row = found(call);
  return change(call.world, row.id, 'payout.updated', {
    metadata: mergeMetadata(row.metadata, call.params.metadata),
  });
});

const retrieve = route('GET', '/v1/payouts/:id', {}, found);

const all = route(
  'GET',
  '/v1/payouts',
  { ...listShape, status: text, destination: identifier, arrival_date: moments },
  (call) => {
    const { status, destination, arrival_date: arrival } = call.params;
    const rows = call.world.tables.payouts
      .newestFirst(call.owner)
      .filter(
        (row) =>
          (status === undefined || row.status === status) &&
          (destination === undefined || row.destination === destination) &&
          (arrival === undefined || arrival(row.arrival_date)),
      );
    return page(call, '/v1/payouts', rows);
  },
);

/** Everything Stripe answers under /v1/payouts. */
export const payoutRoutes = [create, cancel, update, retrieve, all];
