import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { page } from '../http/pages.ts';
import {
  clearableText,
  flag,
  freeMap,
  group,
  identifier,
  list,
  oneOf,
  required,
  text,
} from '../http/parameters.ts';
import { missingParameter, noSuch, Refusal, refused, unauthorized } from '../http/refusal.ts';
import { listShape, route, type Call } from '../http/route.ts';
import { askForAuthentication } from '../objects/payment-intent.ts';
import { setupIntent } from '../objects/setup-intent.ts';
import { mergeMetadata } from './money.ts';
import { typesNoLongerSupported } from './payment-intent-parameters.ts';
import { assertUsable, cardBehind, methodNamed, remember } from './saved-cards.ts';
import type { Decline } from './test-cards.ts';

const found = (call: Call<unknown>): Stripe.SetupIntent => {
  const row = call.world.tables.setupIntents.get(call.ids[0], call.owner);
  if (row === undefined) throw noSuch('setup_intent', call.ids[0], 'intent', 404);
  return row;
};

const unexpected = (intent: Stripe.SetupIntent, verb: string): Refusal =>
  refused(
    'setup_intent_unexpected_state',
    `This SetupIntent could not be ${verb} because it has a status of ${intent.status}.`,
    { setup_intent: intent },
  );

/** The card is saved with its holder's consent: later payments may be made without them. */
export const completeSetup = (
  world: World,
  intent: Stripe.SetupIntent,
  method: string,
): Stripe.SetupIntent => {
  const owner = world.tables.setupIntents.ownerOf(intent.id) ?? '';
  remember(world, owner, method, idOf(intent.customer));
  const after = world.tables.setupIntents.patch(intent.id, {
    status: 'succeeded',
    payment_method: method,
    next_action: null,
    last_setup_error: null,
  });
  world.emit('setup_intent.succeeded', after, owner);
  return after;
};

/** The card could not be saved; the intent wants another one. */
export const failSetup = (
  world: World,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod | undefined,
  decline: Decline,
): Stripe.SetupIntent => {
  const after = world.tables.setupIntents.patch(intent.id, {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_setup_error: {
      type: 'card_error',
      code: decline.code,
      decline_code: decline.declineCode,
      message: decline.message,
      ...(method === undefined ? {} : { payment_method: method }),
    },
  });
  world.emit('setup_intent.setup_failed', after, world.tables.setupIntents.ownerOf(intent.id));
  return after;
};

const attempt = (
  world: World,
  owner: string,
  intent: Stripe.SetupIntent,
  name: string,
  returnUrl: string | undefined,
): Stripe.SetupIntent => {
  const method = methodNamed(world, owner, name);
  assertUsable(world, method, idOf(intent.customer));
  const card = cardBehind(world, method.id);
  if (card.authentication === 'always' || card.authentication === 'unless_set_up') {
    const waiting = world.tables.setupIntents.patch(intent.id, {
      status: 'requires_action',
      payment_method: method.id,
      next_action: askForAuthentication(intent.id, intent.client_secret, returnUrl),
    });
    world.emit('setup_intent.requires_action', waiting, owner);
    return waiting;
  }
  if (card.refusesSetup && card.charge !== 'ok' && card.charge !== 'processing') {
    const { code, declineCode, message } = card.charge;
    const failed = failSetup(world, intent, method, card.charge);
    throw new Refusal(
      402,
      {
        type: 'card_error',
        code,
        decline_code: declineCode,
        message,
        setup_intent: failed,
        payment_method: method,
      },
      true,
    );
  }
  return completeSetup(world, intent, method.id);
};

const create = route(
  'POST',
  '/v1/setup_intents',
  {
    allowed_payment_method_types: list(text),
    automatic_payment_methods: group({ enabled: required(flag), allow_redirects: oneOf('always', 'never') }),
    confirm: flag,
    customer: identifier,
    description: clearableText,
    metadata: freeMap,
    payment_method: identifier,
    payment_method_types: typesNoLongerSupported,
    return_url: text,
    usage: oneOf('off_session', 'on_session'),
    use_stripe_sdk: flag,
  },
  ({ world, owner, params }) => {
    if (params.customer !== undefined && world.tables.customers.get(params.customer, owner) === undefined)
      throw noSuch('customer', params.customer, 'customer');
    const method =
      params.payment_method === undefined ? null : methodNamed(world, owner, params.payment_method);
    if (method !== null) assertUsable(world, method, params.customer ?? null);
    const id = world.ids.next('seti');
    const methodTypes = params.allowed_payment_method_types ?? null;
    const intent = world.tables.setupIntents.put(
      setupIntent({
        id,
        clientSecret: world.ids.clientSecret(id),
        created: world.clock.seconds(),
        customer: params.customer ?? null,
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
        usage: params.usage ?? 'off_session',
      }),
      owner,
    );
    world.emit('setup_intent.created', intent, owner);
    return params.confirm === true && method !== null
      ? attempt(world, owner, intent, method.id, params.return_url)
      : intent;
  },
  {
    check: (params) => {
      if (params.confirm === true && params.payment_method === undefined)
        throw missingParameter('payment_method');
    },
  },
);

const assertSecret = (call: Call<{ client_secret?: string | undefined }>, secret: string | null): void => {
  if ((call.publishable || call.params.client_secret !== undefined) && call.params.client_secret !== secret)
    throw unauthorized(
      'The client_secret provided does not match the client_secret associated with this object.',
    );
};

const confirm = route(
  'POST',
  '/v1/setup_intents/:id/confirm',
  { payment_method: identifier, return_url: text, client_secret: text, use_stripe_sdk: flag },
  (call) => {
    const intent = found(call);
    assertSecret(call, intent.client_secret);
    if (intent.status === 'succeeded' || intent.status === 'canceled' || intent.status === 'processing')
      throw unexpected(intent, 'confirmed');
    const name = call.params.payment_method ?? idOf(intent.payment_method);
    if (name === null) throw missingParameter('payment_method');
    return attempt(call.world, call.owner, intent, name, call.params.return_url);
  },
  { publishable: true },
);

const cancel = route(
  'POST',
  '/v1/setup_intents/:id/cancel',
  { cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer') },
  (call) => {
    const intent = found(call);
    if (intent.status === 'succeeded' || intent.status === 'canceled' || intent.status === 'processing')
      throw unexpected(intent, 'canceled');
    const reason = call.params.cancellation_reason ?? null;
    const after = call.world.tables.setupIntents.patch(intent.id, {
      status: 'canceled',
      cancellation_reason: reason,
      next_action: null,
    });
    call.world.emit('setup_intent.canceled', after, call.owner);
    return after;
  },
);

const update = route(
  'POST',
  '/v1/setup_intents/:id',
  { customer: identifier, description: clearableText, metadata: freeMap, payment_method: identifier },
  (call) => {
    const { world, owner, params } = call;
    const before = found(call);
    const method =
      params.payment_method === undefined ? null : methodNamed(world, owner, params.payment_method);
    return world.tables.setupIntents.patch(before.id, {
      customer: params.customer ?? before.customer,
      description: params.description === undefined ? before.description : params.description,
      metadata: mergeMetadata(before.metadata, params.metadata),
      ...(method === null ? {} : { payment_method: method.id, status: 'requires_confirmation' }),
    });
  },
);

const retrieve = route(
  'GET',
  '/v1/setup_intents/:id',
  { client_secret: text },
  (call) => {
    const intent = found(call);
    assertSecret(call, intent.client_secret);
    return intent;
  },
  { publishable: true },
);

const all = route(
  'GET',
  '/v1/setup_intents',
  { ...listShape, customer: identifier, payment_method: identifier },
  (call) => {
    const { customer, payment_method: method } = call.params;
    const rows = call.world.tables.setupIntents
      .newestFirst(call.owner)
      .filter(
        (row) =>
          (customer === undefined || row.customer === customer) &&
          (method === undefined || row.payment_method === method),
      );
    return page(call, '/v1/setup_intents', rows);
  },
);

/** Everything Stripe answers under /v1/setup_intents. */
export const setupIntentRoutes = [create, confirm, cancel, update, retrieve, all];
