import Stripe from 'stripe';
import type { InboxEvent } from '../../store/inbox.ts';
import { connectSecret, platformSecret } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';

/** An event as Stripe would send it; what is given replaces what it usually says. */
export const stripeEvent = (given: Record<string, unknown> = {}, object: Record<string, unknown> = {}) => ({
  id: `evt_${crypto.randomUUID().replaceAll('-', '')}`,
  object: 'event',
  type: 'payment_intent.succeeded',
  api_version: Stripe.API_VERSION,
  created: Math.floor(Date.now() / 1000),
  livemode: false,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  data: { object: { id: 'pi_1', object: 'payment_intent', metadata: {}, ...object } },
  ...given,
});

/** Signs a body as Stripe does. */
export function signed(payload: string, secret: string = platformSecret, at: number = Date.now()): string {
  const timestamp = Math.floor(at / 1000);
  return new Stripe('sk_test_1').webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

/** Delivers an event to its door, rightly signed. */
export async function deliver(
  house: ApiHouse,
  event: object,
  door: 'stripe' | 'stripe-connect' = 'stripe',
): Promise<number> {
  const payload = JSON.stringify(event);
  const secret = door === 'stripe' ? platformSecret : connectSecret;
  const headers = { 'Stripe-Signature': signed(payload, secret, house.ports.clock.now()) };
  return (await house.ask(null, 'POST', `/api/webhooks/${door}`, payload, headers)).status;
}

/** The event once it was tried; fails where it never is. */
export async function tried(house: ApiHouse, eventId: string): Promise<InboxEvent> {
  for (const deadline = Date.now() + 15_000; ;) {
    const event = await house.store.findEvent(eventId);
    if (event !== null && event.attempts > 0) return event;
    if (Date.now() > deadline) throw new Error(`${eventId} was never tried: ${JSON.stringify(event)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
