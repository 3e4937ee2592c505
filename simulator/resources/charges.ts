import { page } from '../http/pages.ts';
import { clearableText, freeMap, identifier, text } from '../http/parameters.ts';
import { noSuch } from '../http/refusal.ts';
import { listShape, route, type Call } from '../http/route.ts';
import { mergeMetadata } from './money.ts';

const found = (call: Call<unknown>) => {
  const row = call.world.tables.charges.get(call.ids[0], call.owner);
  if (row === undefined) throw noSuch('charge', call.ids[0]);
  return row;
};

const retrieve = route('GET', '/v1/charges/:id', {}, found);

const update = route(
  'POST',
  '/v1/charges/:id',
  { description: clearableText, metadata: freeMap, transfer_group: text },
  (call) => {
    const { world, owner, params } = call;
    const before = found(call);
    const after = world.tables.charges.patch(before.id, {
      metadata: mergeMetadata(before.metadata, params.metadata),
      ...(params.description === undefined ? {} : { description: params.description }),
      ...(params.transfer_group === undefined ? {} : { transfer_group: params.transfer_group }),
    });
    world.emit('charge.updated', after, owner);
    return after;
  },
);

const all = route(
  'GET',
  '/v1/charges',
  { ...listShape, customer: identifier, payment_intent: identifier, transfer_group: text },
  (call) => {
    const { charges } = call.world.tables;
    const { customer, payment_intent: intent, transfer_group: group } = call.params;
    const rows = charges
      .newestFirst(call.owner, intent === undefined ? undefined : charges.where('payment_intent', intent))
      .filter(
        (row) =>
          (customer === undefined || row.customer === customer) &&
          (group === undefined || row.transfer_group === group),
      );
    return page(call, '/v1/charges', rows);
  },
);

/** Everything Stripe answers under /v1/charges; charges are made by payment intents. */
export const chargeRoutes = [retrieve, update, all];
