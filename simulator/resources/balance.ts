import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { page } from '../http/pages.ts';
import { identifier, text } from '../http/parameters.ts';
import { noSuch } from '../http/refusal.ts';
import { listShape, route } from '../http/route.ts';
import { payWaitingRefunds } from './refunding.ts';

const balanceOf = (world: World, owner: string): Stripe.Balance => {
  const found = world.books.currencies(owner);
  const currencies = found.length > 0 ? found : [world.tables.accounts.get(owner)?.default_currency ?? 'usd'];
  const side = (bucket: 'available' | 'pending') =>
    currencies.map((currency) => {
      const amount = world.books.amount(owner, bucket, currency);
      return { amount, currency, source_types: { card: amount } };
    });
  return { object: 'balance', available: side('available'), livemode: false, pending: side('pending') };
};

/** Pending money becomes available, and pays what waited for it. */
export const releaseFunds = (world: World, id: string): void => {
  const row = world.tables.balanceTransactions.get(id);
  if (row?.status !== 'pending') return;
  const owner = world.tables.balanceTransactions.ownerOf(id) ?? '';
  world.tables.balanceTransactions.patch(id, { status: 'available' });
  world.books.release(owner, row.net, row.currency);
  if (row.net > 0) {
    payWaitingRefunds(world, owner);
    world.emit('balance.available', balanceOf(world, owner), owner);
  }
};

const retrieve = route('GET', '/v1/balance', {}, ({ world, owner }) => balanceOf(world, owner));

const oneTransaction = route('GET', '/v1/balance_transactions/:id', {}, ({ world, owner, ids }) => {
  const row = world.tables.balanceTransactions.get(ids[0], owner);
  if (row === undefined) throw noSuch('balance transaction', ids[0]);
  return row;
});

const transactions = route(
  'GET',
  '/v1/balance_transactions',
  { ...listShape, source: identifier, type: text, currency: text, payout: identifier },
  (call) => {
    const { source, type, currency, payout } = call.params;
    const { balanceTransactions } = call.world.tables;
    // Stripe itemises automatic payouts only, and every payout here is manual: the filter finds the payout's own line.
    const named = source ?? payout;
    const rows = balanceTransactions
      .newestFirst(call.owner, named === undefined ? undefined : balanceTransactions.where('source', named))
      .filter(
        (row) =>
          (type === undefined || row.type === type) && (currency === undefined || row.currency === currency),
      );
    return page(call, '/v1/balance_transactions', rows);
  },
);

/** Everything Stripe answers about balances. */
export const balanceRoutes = [retrieve, oneTransaction, transactions];
