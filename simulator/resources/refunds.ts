import type { Stripe } from 'stripe';
import { page } from '../http/pages.ts';
import { amount, freeMap, identifier, oneOf } from '../http/parameters.ts';
import { missingParameter, noSuch } from '../http/refusal.ts';
import { listShape, route, type Call } from '../http/route.ts';
import { idOf } from '../core/tables.ts';
import { mergeMetadata } from './money.ts';
import { cancelRefund, startRefund } from './refunding.ts';
import { unexpectedState } from './holds.ts';

const found = (call: Call<unknown>): Stripe.Refund => {
  const row = call.world.tables.refunds.get(call.ids[0], call.owner);
  if (row === undefined) throw noSuch('refund', call.ids[0]);
  return row;
};

const chargeOf = ({
  world,
  owner,
  params,
}: Call<{ charge?: string | undefined; payment_intent?: string | undefined }>): Stripe.Charge => {
  const named = params.payment_intent;
  const intent = named === undefined ? undefined : world.tables.paymentIntents.get(named, owner);
  if (named !== undefined && intent === undefined) throw noSuch('payment_intent', named, 'payment_intent');
  if (intent !== undefined && intent.status !== 'succeeded')
    throw unexpectedState(intent, 'refunded', ['succeeded']);
  const id = params.charge ?? idOf(intent?.latest_charge) ?? '';
  const charge = world.tables.charges.get(id, owner);
  if (charge === undefined) throw noSuch('charge', id, 'charge');
  return charge;
};

const create = route(
  'POST',
  '/v1/refunds',
  {
    amount,
    charge: identifier,
    payment_intent: identifier,
    metadata: freeMap,
    reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
  },
  (call) =>
    startRefund(
      call.world,
      call.owner,
      chargeOf(call),
      call.params.amount,
      call.params.reason ?? null,
      mergeMetadata(null, call.params.metadata),
    ),
  {
    check: (params) => {
      if (params.charge === undefined && params.payment_intent === undefined)
        throw missingParameter('payment_intent');
    },
  },
);

const update = route('POST', '/v1/refunds/:id', { metadata: freeMap }, (call) => {
  const before = found(call);
  const after = call.world.tables.refunds.patch(before.id, {
    metadata: mergeMetadata(before.metadata, call.params.metadata),
  });
  call.world.emit('refund.updated', after, call.owner);
  return after;
});

const cancel = route('POST', '/v1/refunds/:id/cancel', {}, (call) =>
  cancelRefund(call.world, found(call).id),
);

const retrieve = route('GET', '/v1/refunds/:id', {}, found);

const all = route(
  'GET',
  '/v1/refunds',
  { ...listShape, charge: identifier, payment_intent: identifier },
  (call) => {
    const { refunds } = call.world.tables;
    const { charge, payment_intent: intent } = call.params;
    const from =
      charge !== undefined
        ? refunds.where('charge', charge)
        : intent !== undefined
          ? refunds.where('payment_intent', intent)
          : undefined;
    return page(call, '/v1/refunds', refunds.newestFirst(call.owner, from));
  },
);

/** Everything Stripe answers under /v1/refunds. */
export const refundRoutes = [create, cancel, update, retrieve, all];
