import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { refused } from '../http/refusal.ts';
import { customer } from '../objects/customer.ts';
import { paymentIntent } from '../objects/payment-intent.ts';
import { nobody } from '../objects/payment-method.ts';
import { attemptPayment, completePayment, failPayment } from './charging.ts';
import { expireSession } from './checkout-expiry.ts';
import { mergeMetadata } from './money.ts';
import { assertUsable, cardBehind, methodNamed, mintMethod } from './saved-cards.ts';
import { testCardNamed, type Decline } from './test-cards.ts';

/** What somebody entered on the page. */
export interface Entered {
  /** A test card by Stripe's own name, or a saved payment method. */
  readonly method: string;
  readonly email?: string | undefined;
}

const declined: Decline = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
};

const notAuthenticated: Decline = {
  code: 'payment_intent_authentication_failure',
  declineCode: 'authentication_failed',
  message: 'The bank could not confirm that it was you. Please try again or use another card.',
};

const present = { offSession: false };

const ownerOf = (world: World, session: Stripe.Checkout.Session): string =>
  world.tables.checkoutSessions.ownerOf(session.id) ?? '';

/** The session's payment as it stands, unless there is none or it was cancelled behind the session's back. */
export const paymentOf = (
  world: World,
  session: Stripe.Checkout.Session,
): Stripe.PaymentIntent | undefined => {
  const intent = world.tables.paymentIntents.get(idOf(session.payment_intent) ?? '');
  return intent?.status === 'canceled' ? undefined : intent;
};

const payerOf = (world: World, session: Stripe.Checkout.Session, email: string | null): string | null => {
  const known = idOf(session.customer);
  const { setup_future_usage: reuse } = world.tables.checkouts.must(session.id).payment;
  if (known !== null || (session.customer_creation !== 'always' && reuse === undefined)) return known;
  const made = world.tables.customers.put(
    customer({
      id: world.ids.next('cus'), created: world.clock.seconds(), email, name: null, phone: null,
      description: null, metadata: {}, defaultPaymentMethod: null,
    }), // prettier-ignore
    ownerOf(world, session),
  );
  world.emit('customer.created', made, ownerOf(world, session));
  return made.id;
};

const beginPayment = (
  world: World,
  session: Stripe.Checkout.Session,
  email: string | null,
): Stripe.PaymentIntent => {
  const owner = ownerOf(world, session);
  const { payment } = world.tables.checkouts.must(session.id);
  const id = world.ids.next('pi');
  const made = world.tables.paymentIntents.put(
    paymentIntent({
      id,
      clientSecret: world.ids.clientSecret(id),
      created: world.clock.seconds(),
      amount: session.amount_total ?? 0,
      currency: session.currency ?? '',
      captureMethod: payment.capture_method ?? 'automatic_async',
      confirmationMethod: 'automatic',
      customer: payerOf(world, session, email),
      description: payment.description ?? null,
      metadata: mergeMetadata(null, payment.metadata),
      paymentMethod: null,
      methodTypes: session.allowed_payment_method_types,
      automaticMethods:
        session.allowed_payment_method_types === null ? { allow_redirects: 'always', enabled: true } : null,
      receiptEmail: payment.receipt_email ?? null,
      setupFutureUsage: payment.setup_future_usage ?? null,
      statementDescriptor: payment.statement_descriptor ?? null,
      statementDescriptorSuffix: payment.statement_descriptor_suffix ?? null,
      transferGroup: payment.transfer_group ?? null,
    }),
    owner,
  );
  world.tables.checkoutSessions.patch(session.id, { payment_intent: id });
  world.emit('payment_intent.created', made, owner);
  return made;
};

const enteredMethod = (
  world: World,
  session: Stripe.Checkout.Session,
  { method }: Entered,
  email: string | null,
): Stripe.PaymentMethod => {
  const owner = ownerOf(world, session);
  const card = testCardNamed(method);
  if (card !== undefined) return mintMethod(world, owner, method, card, { billing: { ...nobody, email } });
  const saved = methodNamed(world, owner, method);
  assertUsable(world, saved, idOf(session.customer));
  return saved;
};

const prepared = (world: World, session: Stripe.Checkout.Session, entered: Entered) => {
  const email = session.customer_details?.email ?? entered.email ?? null;
  const method = enteredMethod(world, session, entered, email);
  return { method, intent: paymentOf(world, session) ?? beginPayment(world, session, email) };
};

const assertOpen = (session: Stripe.Checkout.Session): void => {
  if (session.status !== 'open')
    throw refused(undefined, `This Checkout Session is ${session.status} and takes no payment any more.`);
};

const sameCard = (world: World, intent: Stripe.PaymentIntent, entered: Entered): boolean => {
  const facts = world.tables.cards.get(idOf(intent.payment_method) ?? '');
  return facts?.testCard === entered.method || facts?.id === entered.method;
};

/** The customer presses the button: one try to pay. A second press while the bank waits for them begins no other. */
export const submit = (world: World, session: Stripe.Checkout.Session, entered: Entered): void => {
  assertOpen(session);
  const waiting = paymentOf(world, session);
  if (waiting?.status === 'requires_action' && sameCard(world, waiting, entered)) return;
  const { intent, method } = prepared(world, session, entered);
  attemptPayment(world, ownerOf(world, session), intent, method, present);
};

/** The customer has shown their bank who they are, or has failed to. */
export const authenticate = (world: World, session: Stripe.Checkout.Session, proved: boolean): void => {
  assertOpen(session);
  const owner = ownerOf(world, session);
  const intent = paymentOf(world, session);
  if (intent?.status !== 'requires_action') throw refused(undefined, 'Nothing waits for authentication.');
  const method = world.tables.paymentMethods.must(idOf(intent.payment_method) ?? '');
  const { charge } = cardBehind(world, method.id);
  if (!proved) failPayment(world, owner, intent, method, notAuthenticated);
  else if (charge === 'ok' || charge === 'processing')
    attemptPayment(world, owner, intent, method, { ...present, authenticated: true });
  else failPayment(world, owner, intent, method, charge);
};

/** A try that the bank refuses, whatever the card: the session stays open for another. */
export const declineTry = (world: World, session: Stripe.Checkout.Session, entered: Entered): void => {
  assertOpen(session);
  if (paymentOf(world, session)?.status === 'requires_action') return authenticate(world, session, false);
  const { intent, method } = prepared(world, session, entered);
  const { charge } = cardBehind(world, method.id);
  const why = charge === 'ok' || charge === 'processing' ? declined : charge;
  failPayment(world, ownerOf(world, session), intent, method, why);
};

/** Money that arrives although the session has expired: a payment of its own, which only its metadata explains. */
export const payLate = (world: World, given: Stripe.Checkout.Session, entered: Entered): void => {
  const owner = ownerOf(world, given);
  const session = given.status === 'open' ? expireSession(world, owner, given) : given;
  if (session.status !== 'expired' || paymentOf(world, session) !== undefined)
    throw refused(undefined, `This Checkout Session is ${session.status}: no payment can come late.`);
  const { intent, method } = prepared(world, session, entered);
  completePayment(world, owner, intent, method, present);
};
