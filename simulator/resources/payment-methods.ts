import type { Stripe } from 'stripe';
import { page } from '../http/pages.ts';
import {
  clearableText,
  freeMap,
  group,
  identifier,
  integer,
  oneOf,
  required,
  text,
} from '../http/parameters.ts';
import { invalidParameter, noSuch, refused } from '../http/refusal.ts';
import { pageShape, route, type Call } from '../http/route.ts';
import { mergeMetadata } from './money.ts';
import { assertUsable, attach, cardBehind, methodNamed, mintMethod } from './saved-cards.ts';
import { testCardNamed } from './test-cards.ts';
import { nobody } from '../objects/payment-method.ts';
import { Refusal } from '../http/refusal.ts';
import { idOf } from '../core/tables.ts';

const billing = group({ email: clearableText, name: clearableText, phone: clearableText });

const found = (call: Call<unknown>, id = call.ids[0]): Stripe.PaymentMethod => {
  const row = call.world.tables.paymentMethods.get(id, call.owner);
  if (row === undefined) throw noSuch('PaymentMethod', id);
  return row;
};

const create = route(
  'POST',
  '/v1/payment_methods',
  {
    type: required(oneOf('card')),
    card: required(group({ token: required(identifier) })),
    billing_details: billing,
    metadata: freeMap,
  },
  ({ world, owner, params }) => {
    const testCard = testCardNamed(params.card.token);
    if (testCard === undefined) throw noSuch('token', params.card.token, 'card[token]');
    const metadata = mergeMetadata(null, params.metadata);
    return mintMethod(world, owner, params.card.token, testCard, {
      metadata,
      billing: { ...nobody, ...defined(params.billing_details) },
    });
  },
);

const defined = (fields: object | undefined): object =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined));

const attachRoute = route(
  'POST',
  '/v1/payment_methods/:id/attach',
  { customer: required(identifier) },
  (call) => {
    const { world, owner, params } = call;
    if (world.tables.customers.get(params.customer, owner) === undefined)
      throw noSuch('customer', params.customer, 'customer');
    const method = methodNamed(world, owner, call.ids[0], 'id');
    assertUsable(world, method, params.customer);
    const card = cardBehind(world, method.id);
    // A card that the bank refuses outright is refused when it is saved; others only show it when they are charged.
    if (card.refusesSetup && card.charge !== 'ok' && card.charge !== 'processing') {
      const { code, declineCode, message } = card.charge;
      throw new Refusal(402, { type: 'card_error', code, decline_code: declineCode, message }, true);
    }
    return attach(world, owner, method.id, params.customer);
  },
);

const detach = route('POST', '/v1/payment_methods/:id/detach', {}, (call) => {
  const { world, owner } = call;
  const method = found(call);
  if (method.customer === null)
    throw refused(
      undefined,
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      { param: 'payment_method' },
    );
  world.tables.cards.patch(method.id, { spent: true, setUp: false });
  const after = world.tables.paymentMethods.patch(method.id, { customer: null });
  world.emit('payment_method.detached', after, owner, { customer: method.customer });
  return after;
});

const update = route(
  'POST',
  '/v1/payment_methods/:id',
  { metadata: freeMap, billing_details: billing, card: group({ exp_month: integer, exp_year: integer }) },
  (call) => {
    const { world, owner, params } = call;
    const before = found(call);
    const { card } = params;
    if (card !== undefined && before.card === undefined)
      throw invalidParameter('parameter_invalid', 'Only a card can have its expiry changed.', 'card');
    const after = world.tables.paymentMethods.patch(before.id, {
      metadata: mergeMetadata(before.metadata, params.metadata),
      billing_details: { ...before.billing_details, ...defined(params.billing_details) },
      ...(before.card === undefined || card === undefined
        ? {}
        : { card: { ...before.card, ...defined(card) } }),
    });
    world.emit('payment_method.updated', after, owner);
    return after;
  },
);

const retrieve = route('GET', '/v1/payment_methods/:id', {}, (call) => found(call));

const type = oneOf('card', 'us_bank_account');

const listed = (call: Call<{ type?: string | undefined }>, customer: string | undefined, url: string) => {
  const { paymentMethods } = call.world.tables;
  const rows = paymentMethods.newestFirst(
    call.owner,
    customer === undefined ? undefined : paymentMethods.where('customer', customer),
  );
  const wanted = call.params.type;
  return page(
    call as Call<object>,
    url,
    wanted === undefined ? rows : rows.filter((row) => row.type === wanted),
  );
};

const all = route('GET', '/v1/payment_methods', { ...pageShape, customer: identifier, type }, (call) =>
  listed(call, call.params.customer, '/v1/payment_methods'),
);

const ofCustomer = route(
  'GET',
  '/v1/customers/:id/payment_methods',
  { ...pageShape, type, allow_redisplay: text },
  (call) => {
    const [customer] = call.ids;
    if (call.world.tables.customers.get(customer, call.owner) === undefined)
      throw noSuch('customer', customer);
    return listed(call, customer, `/v1/customers/${customer}/payment_methods`);
  },
);

const oneOfCustomer = route('GET', '/v1/customers/:id/payment_methods/:method', {}, (call) => {
  const method = found(call, call.ids[1]);
  if (idOf(method.customer) !== call.ids[0]) throw noSuch('PaymentMethod', call.ids[1]);
  return method;
});

/** Everything Stripe answers about payment methods. */
export const paymentMethodRoutes = [
  create,
  attachRoute,
  detach,
  update,
  retrieve,
  all,
  ofCustomer,
  oneOfCustomer,
];
