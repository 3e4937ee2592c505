import type { Stripe } from 'stripe';
import { oneOf, identifier, required } from '../http/parameters.ts';
import { noSuch, Refusal, unauthorized } from '../http/refusal.ts';
import { route, type Call } from '../http/route.ts';
import { testNumbers } from './checkout-numbers.ts';
import { authenticate, paymentOf, submit } from './checkout-paying.ts';

type Asked = Call<{ client_secret: string }>;

/** The secret is the whole right to pay: whose account the session is in does not matter to a browser. */
const found = ({ world, ids, params }: Asked): Stripe.Checkout.Session => {
  const session = world.tables.checkoutSessions.get(ids[0]);
  if (session === undefined) throw noSuch('checkout.session', ids[0]);
  if (params.client_secret !== world.ids.clientSecret(session.id))
    throw unauthorized('The client secret does not belong to this Checkout Session.');
  return session;
};

/** What a page may know about its session. Card numbers are looked up in the browser, so none is ever sent or logged. */
const viewOf = ({ world, ids }: Asked) => {
  const session = world.tables.checkoutSessions.must(ids[0]);
  const back = session.success_url ?? session.return_url ?? null;
  return {
    id: session.id,
    status: session.status,
    payment_status: session.payment_status,
    ui_mode: session.ui_mode,
    currency: session.currency,
    amount_total: session.amount_total,
    email: session.customer_details?.email ?? null,
    expires_at: session.expires_at,
    items: world.tables.checkouts.must(session.id).items,
    redirect_on_completion: session.redirect_on_completion ?? 'always',
    return_url: back?.replaceAll('{CHECKOUT_SESSION_ID}', session.id) ?? null,
    cancel_url: session.cancel_url,
    requires_action: session.status === 'open' && paymentOf(world, session)?.status === 'requires_action',
    test_numbers: testNumbers,
  };
};

/** What the payer is told of a refusal: the bank's sentence, without the reasons that only the merchant may know. */
const problemOf = (call: Asked): { code: string | null; message: string } | null => {
  const session = call.world.tables.checkoutSessions.must(call.ids[0]);
  const intent = paymentOf(call.world, session);
  if (session.status !== 'open' || intent?.status !== 'requires_payment_method') return null;
  const { code = null, message = 'Your card was declined.' } = intent.last_payment_error ?? {};
  return { code, message };
};

/** Runs one try, answered 200 whatever the bank says. The answer to the press that paid is the answer to all later ones. */
const tryTo = (call: Asked, act: (session: Stripe.Checkout.Session) => void) => {
  const session = found(call);
  if (session.status !== 'open') return viewOf(call);
  try {
    act(session);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 402) throw error;
  }
  return { ...viewOf(call), problem: problemOf(call) };
};

const secret = { client_secret: required(identifier) };

const init = route(
  'POST',
  '/v1/payment_pages/:session/init',
  secret,
  (call) => {
    found(call);
    return viewOf(call);
  },
  { publishable: true },
);

const confirm = route(
  'POST',
  '/v1/payment_pages/:session/confirm',
  { ...secret, payment_method: required(identifier), email: identifier },
  (call) =>
    tryTo(call, (session) =>
      submit(call.world, session, { method: call.params.payment_method, email: call.params.email }),
    ),
  { publishable: true },
);

const authenticateRoute = route(
  'POST',
  '/v1/payment_pages/:session/authenticate',
  { ...secret, outcome: required(oneOf('complete', 'fail')) },
  (call) => tryTo(call, (session) => authenticate(call.world, session, call.params.outcome === 'complete')),
  { publishable: true },
);

/** What the simulator's own payment pages and its stand-in for Stripe.js ask; no part of Stripe's documented API. */
export const checkoutPageRoutes = [init, confirm, authenticateRoute];
