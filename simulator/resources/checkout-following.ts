import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { detailsOf } from '../objects/checkout-session.ts';
import { idOf } from '../core/tables.ts';

/** The session that made this payment intent, if one did. */
export const sessionOf = (world: World, intent: string): Stripe.Checkout.Session | undefined =>
  world.tables.checkoutSessions.where('payment_intent', intent)[0];

const emailOf = (world: World, intent: Stripe.PaymentIntent): string | null => {
  const method = idOf(intent.payment_method);
  return method === null ? null : (world.tables.paymentMethods.get(method)?.billing_details.email ?? null);
};

const complete = (
  world: World,
  owner: string,
  session: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent,
): void => {
  world.schedule.disarm('expire_session', session.id);
  const known = session.customer_details ?? detailsOf(null);
  const after = world.tables.checkoutSessions.patch(session.id, {
    status: 'complete',
    // A hold is not money yet, and neither is a bank debit under way.
    payment_status: intent.status === 'succeeded' ? 'paid' : 'unpaid',
    customer: intent.customer,
    customer_details: { ...known, email: known.email ?? emailOf(world, intent) },
    url: null,
  });
  world.emit('checkout.session.completed', after, owner);
};

/** Lets a session follow what became of its payment; one that expired stays so, whatever still arrives. */
export const followPayment = (
  world: World,
  owner: string,
  before: string,
  intent: Stripe.PaymentIntent,
): void => {
  const session = sessionOf(world, intent.id);
  if (session === undefined) return;
  const failed = intent.status === 'requires_payment_method';
  if (session.status === 'open' && !failed) return complete(world, owner, session, intent);
  if (session.status !== 'complete' || before !== 'processing') return;
  const after = failed
    ? session
    : world.tables.checkoutSessions.patch(session.id, { payment_status: 'paid' });
  world.emit(`checkout.session.async_payment_${failed ? 'failed' : 'succeeded'}`, after, owner);
};
