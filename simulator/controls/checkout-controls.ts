import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { Refusal } from '../http/refusal.ts';
import { authenticate, declineTry, payLate, paymentOf, submit } from '../resources/checkout-paying.ts';
import { expireSession } from '../resources/checkout-expiry.ts';
import { aBoolean, aString } from './body.ts';
import { control } from './control.ts';
import { ControlRefusal } from './control-refusal.ts';

const sessionNamed = (world: World, id: string): Stripe.Checkout.Session => {
  const session = world.tables.checkoutSessions.get(id);
  if (session === undefined) throw new ControlRefusal(404, `No checkout session ${id}.`);
  return session;
};

const assertOpen = (session: Stripe.Checkout.Session): void => {
  if (session.status !== 'open')
    throw new ControlRefusal(409, `${session.id} is ${session.status}; this needs open.`);
};

/** Runs what the customer does; that the bank says no is an outcome, seen in the session and its payment. */
const tried = (world: World, session: Stripe.Checkout.Session, act: () => void): Stripe.Checkout.Session => {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 402) throw error;
  }
  return world.tables.checkoutSessions.must(session.id);
};

const complete = control(
  'POST',
  '/_sim/checkout/sessions/:id/complete',
  { paymentMethod: aString, late: aBoolean },
  ({ world, id, body }) => {
    const session = sessionNamed(world, id);
    const entered = { method: body.paymentMethod ?? 'pm_card_visa' };
    if (body.late === true) return tried(world, session, () => payLate(world, session, entered));
    assertOpen(session);
    const waits = paymentOf(world, session)?.status === 'requires_action';
    return tried(world, session, () =>
      waits && body.paymentMethod === undefined
        ? authenticate(world, session, true)
        : submit(world, session, entered),
    );
  },
);

const fail = control(
  'POST',
  '/_sim/checkout/sessions/:id/fail',
  { paymentMethod: aString },
  ({ world, id, body }) => {
    const session = sessionNamed(world, id);
    assertOpen(session);
    const method = body.paymentMethod ?? 'pm_card_visa';
    return tried(world, session, () => declineTry(world, session, { method }));
  },
);

const expire = control('POST', '/_sim/checkout/sessions/:id/expire', {}, ({ world, id }) => {
  const session = sessionNamed(world, id);
  assertOpen(session);
  return expireSession(world, world.tables.checkoutSessions.ownerOf(id) ?? '', session);
});

/** What a customer does on a payment page, and what the passing of time does to it. */
export const checkoutControls = [complete, fail, expire];
