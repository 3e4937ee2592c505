// Events and the deliveries that carry them. Nothing here decides what happened; it only tells.
import type { Stripe } from 'stripe';
import { platform, type Announce } from '../core/world.ts';
import { plan } from './delivery.ts';

/** The API version events are rendered in: the one the pinned SDK speaks. */
export const apiVersion = '2026-10-28.endive';

/** An event as stored; the SDK's union ties `type` to `data`, which a simulator of many kinds cannot. */
export interface SimEvent extends Omit<Stripe.EventBase, 'type' | 'data'> {
  type: string;
  data: { object: object; previous_attributes?: object };
}

/** Records that something happened and plans its delivery to every endpoint that listens. */
export const announce: Announce = (world, type, object, owner, previous) => {
  const event: SimEvent = {
    id: world.ids.next('evt'),
    object: 'event',
    ...(owner === platform ? {} : { account: owner }),
    api_version: apiVersion,
    created: world.clock.seconds(),
    data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: 0,
    request: { id: world.cause?.requestId ?? null, idempotency_key: world.cause?.idempotencyKey ?? null },
    type,
  };
  world.tables.events.put(event, owner);
  plan(world, event);
};
