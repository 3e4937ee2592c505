import type { Stripe } from 'stripe';
import { page } from '../http/pages.ts';
import { amount, clearableText, freeMap, identifier, oneOf, required, text } from '../http/parameters.ts';
import { missingParameter, noSuch } from '../http/refusal.ts';
import { listShape, pageShape, route, type Call } from '../http/route.ts';
import { currencyOf, mergeMetadata } from './money.ts';
import { makeTransfer, reverseTransfer } from './transferring.ts';

const found = (call: Call<unknown>): Stripe.Transfer => {
  const row = call.world.tables.transfers.get(call.ids[0], call.owner);
  if (row === undefined) throw noSuch('transfer', call.ids[0]);
  return row;
};

const foundReversal = (call: Call<unknown>): Stripe.TransferReversal => {
  const row = call.world.tables.reversals.get(call.ids[1], call.owner);
  if (row === undefined || row.transfer !== call.ids[0]) throw noSuch('transfer_reversal', call.ids[1]);
  return row;
};

const create = route(
  'POST',
  '/v1/transfers',
  {
    amount,
    currency: required(text),
    destination: required(identifier),
    description: clearableText,
    metadata: freeMap,
    source_transaction: identifier,
    source_type: oneOf('card', 'bank_account', 'fpx'),
    transfer_group: text,
  },
  ({ world, params }) =>
    makeTransfer(world, {
      amount: params.amount,
      currency: currencyOf(params.currency),
      destination: params.destination,
      description: params.description ?? null,
      metadata: mergeMetadata(null, params.metadata),
      sourceTransaction: params.source_transaction,
      transferGroup: params.transfer_group,
    }),
  {
    check: (params) => {
      currencyOf(params.currency);
      if (params.amount === undefined && params.source_transaction === undefined)
        throw missingParameter('amount');
    },
  },
);

const update = route(
  'POST',
  '/v1/transfers/:id',
  { description: clearableText, metadata: freeMap },
  (call) => {
    const { world, params } = call;
    const before = found(call);
    const after = world.tables.transfers.patch(before.id, {
      metadata: mergeMetadata(before.metadata, params.metadata),
      ...(params.description === undefined ? {} : { description: params.description }),
    });
    world.emit('transfer.updated', after);
    return after;
  },
);

const retrieve = route('GET', '/v1/transfers/:id', {}, found);

const all = route(
  'GET',
  '/v1/transfers',
  { ...listShape, destination: identifier, transfer_group: text },
  (call) => {
    const { transfers } = call.world.tables;
    const { destination, transfer_group: group } = call.params;
    const from =
      group !== undefined
        ? transfers.where('transfer_group', group)
        : destination !== undefined
          ? transfers.where('destination', destination)
          : undefined;
    const rows = transfers
      .newestFirst(call.owner, from)
      .filter((row) => destination === undefined || row.destination === destination);
    return page(call, '/v1/transfers', rows);
  },
);

const reverse = route(
  'POST',
  '/v1/transfers/:id/reversals',
  { amount, description: text, metadata: freeMap },
  (call) =>
    reverseTransfer(call.world, found(call), call.params.amount, mergeMetadata(null, call.params.metadata)),
);

const updateReversal = route(
  'POST',
  '/v1/transfers/:id/reversals/:reversal',
  { metadata: freeMap },
  (call) => {
    const before = foundReversal(call);
    return call.world.tables.reversals.patch(before.id, {
      metadata: mergeMetadata(before.metadata, call.params.metadata),
    });
  },
);

const retrieveReversal = route('GET', '/v1/transfers/:id/reversals/:reversal', {}, foundReversal);

const reversals = route('GET', '/v1/transfers/:id/reversals', pageShape, (call) => {
  const { id } = found(call);
  return page(
    call,
    `/v1/transfers/${id}/reversals`,
    call.world.tables.reversals.where('transfer', id).reverse(),
  );
});

/** Everything Stripe answers under /v1/transfers, reversals included. */
export const transferRoutes = [
  create,
  update,
  retrieve,
  all,
  reverse,
  updateReversal,
  retrieveReversal,
  reversals,
];
