import type { Stripe } from 'stripe';
import { page } from '../http/pages.ts';
import { clearableText, freeMap, group, identifier, text } from '../http/parameters.ts';
import { noSuch } from '../http/refusal.ts';
import { listShape, route, type Call } from '../http/route.ts';
import { customer } from '../objects/customer.ts';
import { mergeMetadata } from './money.ts';
import { attach, methodNamed } from './saved-cards.ts';

const shape = {
  email: clearableText,
  name: clearableText,
  phone: clearableText,
  description: clearableText,
  metadata: freeMap,
  invoice_settings: group({ default_payment_method: identifier }),
};

const found = (call: Call<unknown>): Stripe.Customer => {
  const row = call.world.tables.customers.get(call.ids[0], call.owner);
  if (row === undefined) throw noSuch('customer', call.ids[0]);
  return row;
};

const create = route(
  'POST',
  '/v1/customers',
  { ...shape, payment_method: identifier },
  ({ world, owner, params }) => {
    const method =
      params.payment_method === undefined ? null : methodNamed(world, owner, params.payment_method);
    const row = world.tables.customers.put(
      customer({
        id: world.ids.next('cus'),
        created: world.clock.seconds(),
        email: params.email ?? null,
        name: params.name ?? null,
        phone: params.phone ?? null,
        description: params.description ?? null,
        metadata: mergeMetadata(null, params.metadata),
        defaultPaymentMethod: params.invoice_settings?.default_payment_method ?? null,
      }),
      owner,
    );
    if (method !== null) attach(world, owner, method.id, row.id);
    world.emit('customer.created', row, owner);
    return row;
  },
);

const update = route('POST', '/v1/customers/:id', shape, (call) => {
  const { world, owner, params } = call;
  const before = found(call);
  const method = params.invoice_settings?.default_payment_method;
  const {
    email = before.email,
    name = before.name ?? null,
    phone = before.phone ?? null,
    description = before.description,
  } = params;
  const after = world.tables.customers.patch(before.id, {
    email,
    name,
    phone,
    description,
    metadata: mergeMetadata(before.metadata, params.metadata),
    invoice_settings:
      method === undefined
        ? before.invoice_settings
        : { ...before.invoice_settings, default_payment_method: method },
  });
  world.emit('customer.updated', after, owner);
  return after;
});

const remove = route('DELETE', '/v1/customers/:id', {}, (call) => {
  const { world, owner } = call;
  const row = found(call);
  for (const method of world.tables.paymentMethods.where('customer', row.id)) {
    world.tables.paymentMethods.patch(method.id, { customer: null });
    world.tables.cards.patch(method.id, { spent: true });
  }
  world.tables.customers.delete(row.id);
  world.emit('customer.deleted', row, owner);
  return { id: row.id, object: 'customer', deleted: true };
});

const retrieve = route('GET', '/v1/customers/:id', {}, found);

const all = route('GET', '/v1/customers', { ...listShape, email: text }, (call) => {
  const { email } = call.params;
  const rows = call.world.tables.customers.newestFirst(call.owner);
  return page(call, '/v1/customers', email === undefined ? rows : rows.filter((row) => row.email === email));
});

/** Everything Stripe answers under /v1/customers, but for a customer's payment methods. */
export const customerRoutes = [create, update, remove, retrieve, all];
