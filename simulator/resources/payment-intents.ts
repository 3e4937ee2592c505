import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { page } from '../http/pages.ts';
import { amount, clearableText, flag, freeMap, identifier, oneOf, text } from '../http/parameters.ts';
import { invalidParameter, missingParameter, noSuch, refused, unauthorized } from '../http/refusal.ts';
import { listShape, route, type Call } from '../http/route.ts';
import { paymentIntent } from '../objects/payment-intent.ts';
import { attemptPayment, type Confirmation } from './charging.ts';
import { sessionOf } from './checkout-following.ts';
import { confirming, createShape, descriptive, details } from './payment-intent-parameters.ts';
import { captureIntent, cancelIntent, unexpectedState } from './holds.ts';
import { assertChargeable, currencyOf, mergeMetadata } from './money.ts';
import { assertUsable, methodNamed } from './saved-cards.ts';

const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

const found = (call: Call<unknown>): Stripe.PaymentIntent => {
  const intent = call.world.tables.paymentIntents.get(call.ids[0], call.owner);
  if (intent === undefined) throw noSuch('payment_intent', call.ids[0]);
  return intent;
};

/** A browser may act only with the intent's own secret. */
const assertSecret = (call: Call<{ client_secret?: string | undefined }>, secret: string | null): void => {
  if (!call.publishable && call.params.client_secret === undefined) return;
  if (call.params.client_secret !== secret)
    throw unauthorized(
      'The client_secret provided does not match the client_secret associated with this object.',
    );
};

/** While nothing is held or paid, the payment of a Checkout Session is its page's affair alone. */
const assertOwn = (world: World, intent: Stripe.PaymentIntent, verb: string): void => {
  const session = sessionOf(world, intent.id);
  if (session === undefined || !confirmable.includes(intent.status)) return;
  throw refused(
    'payment_intent_unexpected_state',
    `This PaymentIntent belongs to the Checkout Session ${session.id} and cannot be ${verb} by itself. Expire the session instead.`,
    { payment_intent: intent },
  );
};

const customerNamed = (world: World, owner: string, id: string | undefined): string | null => {
  if (id === undefined) return null;
  if (world.tables.customers.get(id, owner) === undefined) throw noSuch('customer', id, 'customer');
  return id;
};

const howOf = (params: {
  off_session?: boolean | undefined;
  return_url?: string | undefined;
  error_on_requires_action?: boolean | undefined;
}): Confirmation => ({
  offSession: params.off_session ?? false,
  returnUrl: params.return_url,
  errorOnRequiresAction: params.error_on_requires_action,
});

const usableMethod = (
  world: World,
  owner: string,
  name: string,
  customer: string | null,
): Stripe.PaymentMethod => {
  const method = methodNamed(world, owner, name);
  assertUsable(world, method, customer);
  return method;
};

const create = route(
  'POST',
  '/v1/payment_intents',
  createShape,
  ({ world, owner, params }) => {
    const customer = customerNamed(world, owner, params.customer);
    const method =
      params.payment_method === undefined
        ? null
        : usableMethod(world, owner, params.payment_method, customer);
    const id = world.ids.next('pi');
    const methodTypes = params.allowed_payment_method_types ?? null;
    const intent = world.tables.paymentIntents.put(
      paymentIntent({
        id,
        clientSecret: world.ids.clientSecret(id),
        created: world.clock.seconds(),
        amount: params.amount,
        currency: currencyOf(params.currency),
        captureMethod:
          params.capture_method ?? params.payment_method_options?.card?.capture_method ?? 'automatic_async',
        confirmationMethod: params.confirmation_method ?? 'automatic',
        customer,
        description: params.description ?? null,
        metadata: mergeMetadata(null, params.metadata),
        paymentMethod: method?.id ?? null,
        methodTypes,
        automaticMethods: params.automatic_payment_methods
          ? {
              enabled: params.automatic_payment_methods.enabled,
              allow_redirects: params.automatic_payment_methods.allow_redirects ?? 'always',
            }
          : methodTypes === null
            ? { allow_redirects: 'always', enabled: true }
            : null,
        receiptEmail: params.receipt_email ?? null,
        setupFutureUsage: params.setup_future_usage ?? null,
        statementDescriptor: params.statement_descriptor ?? null,
        statementDescriptorSuffix: params.statement_descriptor_suffix ?? null,
        transferGroup: params.transfer_group ?? null,
      }),
      owner,
    );
    world.emit('payment_intent.created', intent, owner);
    return params.confirm === true && method !== null
      ? attemptPayment(world, owner, intent, method, howOf(params))
      : intent;
  },
  {
    check: (params) => {
      assertChargeable(params.amount, currencyOf(params.currency));
      if (params.confirm === true && params.payment_method === undefined)
        throw missingParameter('payment_method');
      if (params.off_session === true && params.confirm !== true)
        throw invalidParameter(
          'parameter_invalid',
          'You can only pass `off_session` when `confirm` is true.',
          'off_session',
        );
    },
  },
);

const confirm = route(
  'POST',
  '/v1/payment_intents/:id/confirm',
  { ...details, ...confirming, client_secret: text },
  (call) => {
    const { world, owner, params } = call;
    const intent = found(call);
    assertSecret(call, intent.client_secret);
    assertOwn(world, intent, 'confirmed');
    if (!confirmable.includes(intent.status)) throw unexpectedState(intent, 'confirmed', confirmable);
    const name = params.payment_method ?? idOf(intent.payment_method);
    if (name === null)
      throw invalidParameter(
        'parameter_missing',
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
        'payment_method',
      );
    const method = usableMethod(world, owner, name, idOf(intent.customer));
    const ready = world.tables.paymentIntents.patch(intent.id, {
      payment_method: method.id,
      ...(params.capture_method === undefined ? {} : { capture_method: params.capture_method }),
      ...(params.receipt_email === undefined ? {} : { receipt_email: params.receipt_email }),
      ...(params.setup_future_usage === undefined ? {} : { setup_future_usage: params.setup_future_usage }),
    });
    return attemptPayment(world, owner, ready, method, howOf(params));
  },
  { publishable: true },
);

const update = route(
  'POST',
  '/v1/payment_intents/:id',
  { ...details, ...descriptive, amount, currency: text },
  (call) => {
    const { world, owner, params } = call;
    const intent = found(call);
    const moneyChanges =
      params.amount !== undefined ||
      params.currency !== undefined ||
      params.customer !== undefined ||
      params.payment_method !== undefined ||
      params.capture_method !== undefined;
    if (moneyChanges && !confirmable.includes(intent.status))
      throw unexpectedState(intent, 'updated', confirmable);
    const customer =
      params.customer === undefined ? idOf(intent.customer) : customerNamed(world, owner, params.customer);
    const method =
      params.payment_method === undefined
        ? null
        : usableMethod(world, owner, params.payment_method, customer);
    const currency = params.currency === undefined ? intent.currency : currencyOf(params.currency);
    assertChargeable(params.amount ?? intent.amount, currency);
    return world.tables.paymentIntents.patch(intent.id, {
      amount: params.amount ?? intent.amount,
      currency,
      customer,
      metadata: mergeMetadata(intent.metadata, params.metadata),
      ...(method === null ? {} : { payment_method: method.id, status: 'requires_confirmation' }),
      ...(params.capture_method === undefined ? {} : { capture_method: params.capture_method }),
      ...(params.description === undefined ? {} : { description: params.description }),
      ...(params.receipt_email === undefined ? {} : { receipt_email: params.receipt_email }),
      ...(params.setup_future_usage === undefined ? {} : { setup_future_usage: params.setup_future_usage }),
      ...(params.statement_descriptor === undefined
        ? {}
        : { statement_descriptor: params.statement_descriptor }),
      ...(params.statement_descriptor_suffix === undefined
        ? {}
        : { statement_descriptor_suffix: params.statement_descriptor_suffix }),
      ...(params.transfer_group === undefined ? {} : { transfer_group: params.transfer_group }),
    });
  },
);

const capture = route(
  'POST',
  '/v1/payment_intents/:id/capture',
  {
    amount_to_capture: amount,
    final_capture: flag,
    metadata: freeMap,
    statement_descriptor: clearableText,
    statement_descriptor_suffix: clearableText,
  },
  (call) => {
    const { world, owner, params } = call;
    const intent = found(call);
    const after = captureIntent(world, owner, intent, params.amount_to_capture);
    return params.metadata === undefined
      ? after
      : world.tables.paymentIntents.patch(intent.id, {
          metadata: mergeMetadata(after.metadata, params.metadata),
        });
  },
  {
    check: (params) => {
      if (params.final_capture === false)
        throw invalidParameter(
          'parameter_invalid',
          'Multicapture is not available on this account.',
          'final_capture',
        );
    },
  },
);

const cancel = route(
  'POST',
  '/v1/payment_intents/:id/cancel',
  { cancellation_reason: oneOf('abandoned', 'duplicate', 'fraudulent', 'requested_by_customer') },
  (call) => {
    const intent = found(call);
    assertOwn(call.world, intent, 'canceled');
    return cancelIntent(call.world, call.owner, intent, call.params.cancellation_reason ?? null);
  },
);

const retrieve = route(
  'GET',
  '/v1/payment_intents/:id',
  { client_secret: text },
  (call) => {
    const intent = found(call);
    assertSecret(call, intent.client_secret);
    return intent;
  },
  { publishable: true },
);

const all = route('GET', '/v1/payment_intents', { ...listShape, customer: identifier }, (call) => {
  const { paymentIntents } = call.world.tables;
  const { customer } = call.params;
  const rows = paymentIntents.newestFirst(
    call.owner,
    customer === undefined ? undefined : paymentIntents.where('customer', customer),
  );
  return page(call, '/v1/payment_intents', rows);
});

/** Everything Stripe answers under /v1/payment_intents. */
export const paymentIntentRoutes = [create, confirm, capture, cancel, update, retrieve, all];
