import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { refused } from '../http/refusal.ts';
import { cancelIntent } from './holds.ts';

/** Closes an open session for good; what its customer had begun to pay is cancelled with it. */
export const expireSession = (
  world: World,
  owner: string,
  session: Stripe.Checkout.Session,
): Stripe.Checkout.Session => {
  if (session.status !== 'open')
    throw refused(undefined, `Only an open Checkout Session can be expired; this one is ${session.status}.`);
  world.schedule.disarm('expire_session', session.id);
  const after = world.tables.checkoutSessions.patch(session.id, { status: 'expired', url: null });
  const intent = world.tables.paymentIntents.get(idOf(session.payment_intent) ?? '');
  if (intent !== undefined && intent.status !== 'canceled') cancelIntent(world, owner, intent, 'abandoned');
  world.emit('checkout.session.expired', after, owner);
  return after;
};

/** The session's time is up; one that was paid before is left alone. */
export const expireDueSession = (world: World, id: string): void => {
  const session = world.tables.checkoutSessions.get(id);
  if (session?.status !== 'open') return;
  expireSession(world, world.tables.checkoutSessions.ownerOf(id) ?? '', session);
};
