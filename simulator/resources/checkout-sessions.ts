import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { page } from '../http/pages.ts';
import { group, identifier, oneOf, required } from '../http/parameters.ts';
import { invalidParameter, noSuch } from '../http/refusal.ts';
import { listShape, route, type Call } from '../http/route.ts';
import { checkoutSession, detailsOf } from '../objects/checkout-session.ts';
import { expireSession } from './checkout-expiry.ts';
import { assertConsistent, sessionShape, type CheckoutItem } from './checkout-parameters.ts';
import { assertChargeable, currencyOf, daySeconds, mergeMetadata } from './money.ts';

/** A session lives at least half an hour and at most a day. */
const shortestLifeSeconds = 30 * 60;
const longestLifeSeconds = daySeconds;

/** Stripe charges at most eight digits. */
const mostMinor = 99_999_999;

const found = (call: Call<unknown>): Stripe.Checkout.Session => {
  const row = call.world.tables.checkoutSessions.get(call.ids[0], call.owner);
  if (row === undefined) throw noSuch('checkout.session', call.ids[0]);
  return row;
};

const expiryOf = (world: World, asked: number | undefined): number => {
  const now = world.clock.seconds();
  const expiresAt = asked ?? now + longestLifeSeconds;
  if (expiresAt < now + shortestLifeSeconds || expiresAt > now + longestLifeSeconds)
    throw invalidParameter(
      'parameter_invalid',
      'expires_at must be between 30 minutes and 24 hours after the session is created.',
      'expires_at',
    );
  return expiresAt;
};

const totalOf = (items: readonly CheckoutItem[]): number =>
  items.reduce((sum, item) => sum + item.unitAmount * item.quantity, 0);

const emailOf = (world: World, owner: string, customer: string | undefined): string | null => {
  if (customer === undefined) return null;
  const known = world.tables.customers.get(customer, owner);
  if (known === undefined) throw noSuch('customer', customer, 'customer');
  return known.email;
};

const create = route(
  'POST',
  '/v1/checkout/sessions',
  sessionShape,
  ({ world, owner, params, origin }) => {
    const items = params.line_items.map(({ price_data: price, quantity }) => ({
      name: price.product_data.name,
      description: price.product_data.description ?? null,
      unitAmount: price.unit_amount,
      quantity,
    }));
    const currency = currencyOf(params.line_items[0]?.price_data.currency ?? '');
    const total = totalOf(items);
    assertChargeable(total, currency);
    if (total > mostMinor)
      throw invalidParameter(
        'amount_too_large',
        'The total must be no more than eight digits.',
        'line_items',
      );
    const expiresAt = expiryOf(world, params.expires_at);
    const email = params.customer_email ?? emailOf(world, owner, params.customer);
    const uiMode = params.ui_mode ?? 'hosted_page';
    const hosted = uiMode === 'hosted_page';
    const id = world.ids.next('cs_test');
    const secret = world.ids.clientSecret(id);
    const session = world.tables.checkoutSessions.put(
      checkoutSession({
        id,
        created: world.clock.seconds(),
        allowedMethodTypes: params.allowed_payment_method_types ?? null,
        amount: total,
        cancelUrl: params.cancel_url ?? null,
        clientReferenceId: params.client_reference_id ?? null,
        clientSecret: hosted ? null : secret,
        currency,
        customer: params.customer ?? null,
        customerCreation: params.customer === undefined ? (params.customer_creation ?? 'if_required') : null,
        customerDetails: email === null ? null : detailsOf(email),
        customerEmail: params.customer_email ?? null,
        expiresAt,
        locale: params.locale ?? null,
        metadata: mergeMetadata(null, params.metadata),
        redirectOnCompletion: uiMode === 'embedded_page' ? (params.redirect_on_completion ?? 'always') : null,
        returnUrl: params.return_url ?? null,
        submitType: params.submit_type ?? null,
        successUrl: params.success_url ?? null,
        uiMode,
        // The fragment stays in the browser: whoever has the link may pay, and no log of requests holds the secret.
        url: hosted ? `${origin}/c/pay/${id}#${secret}` : null,
      }),
      owner,
    );
    world.tables.checkouts.put({ id, items, payment: params.payment_intent_data ?? {} }, owner);
    world.schedule.arm('expire_session', id, expiresAt * 1000);
    return session;
  },
  { check: assertConsistent },
);

const expire = route('POST', '/v1/checkout/sessions/:id/expire', {}, (call) =>
  expireSession(call.world, call.owner, found(call)),
);

const retrieve = route('GET', '/v1/checkout/sessions/:id', {}, found);

const all = route(
  'GET',
  '/v1/checkout/sessions',
  {
    ...listShape,
    customer: identifier,
    customer_details: group({ email: required(identifier) }),
    payment_intent: identifier,
    status: oneOf('complete', 'expired', 'open'),
  },
  (call) => {
    const { checkoutSessions } = call.world.tables;
    const { customer, customer_details: details, payment_intent: intent, status } = call.params;
    const rows = checkoutSessions
      .newestFirst(
        call.owner,
        intent === undefined ? undefined : checkoutSessions.where('payment_intent', intent),
      )
      .filter(
        (row) =>
          (status === undefined || row.status === status) &&
          (customer === undefined || idOf(row.customer) === customer) &&
          (details === undefined || row.customer_details?.email === details.email),
      );
    return page(call, '/v1/checkout/sessions', rows);
  },
);

/** Everything Stripe answers under /v1/checkout/sessions. */
export const checkoutSessionRoutes = [create, expire, retrieve, all];
