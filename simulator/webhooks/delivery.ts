import { createHmac } from 'node:crypto';
import type { World } from '../core/world.ts';
import type { SimEvent } from './events.ts';
import { chance, policyOf, shuffled } from './policy.ts';

/** Someone who hears events: `connect` hears those of connected accounts, others the platform's. */
export interface Listener {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  readonly connect: boolean;
  readonly enabledEvents: readonly string[];
}

/** One copy of an event on its way to one listener. */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly listener: string;
  readonly attempts: number;
  readonly firstAt: number;
  readonly state: 'due' | 'held' | 'delivered' | 'lost' | 'given_up';
}

/** Sends one signed event; answers the status code, or 0 when nobody answered. */
export type Send = (url: string, headers: Record<string, string>, body: string) => Promise<number>;

const minute = 60_000;
const hour = 60 * minute;

/** Stripe backs off for up to three days; these are the waits after each failed attempt. */
const waits = [
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  12 * hour,
  12 * hour,
  12 * hour,
  12 * hour,
];
const giveUpAfter = 72 * hour;

const hears = (listener: Listener, event: SimEvent) =>
  listener.connect === (event.account !== undefined) &&
  (listener.enabledEvents.includes('*') || listener.enabledEvents.includes(event.type));

const dispatch = (
  world: World,
  event: SimEvent,
  listener: Listener,
  state: Delivery['state'],
  delayMs: number,
): void => {
  const now = world.clock.now();
  const id = world.ids.next('whd');
  world.tables.deliveries.put({
    id,
    event: event.id,
    listener: listener.id,
    attempts: 0,
    firstAt: now + delayMs,
    state,
  });
  if (state === 'due') world.schedule.arm('deliver', id, now + delayMs);
};

/** Plans every copy of an event under the delivery policy in force. */
export const plan = (world: World, event: SimEvent): void => {
  const policy = policyOf(world);
  for (const listener of world.tables.listeners.values()) {
    if (!hears(listener, event)) continue;
    for (let copy = 0; copy <= policy.duplicate; copy++) {
      const lost = policy.lose > 0 && chance(world) < policy.lose;
      dispatch(
        world,
        event,
        listener,
        lost ? 'lost' : policy.hold ? 'held' : 'due',
        policy.delaySeconds * 1000,
      );
    }
  }
};

/** Sends what was held back, in random order when the policy shuffles. */
export const flush = (world: World): number => {
  const held = [...world.tables.deliveries.values()].filter((delivery) => delivery.state === 'held');
  const ordered = policyOf(world).shuffle ? shuffled(world, held) : held;
  for (const delivery of ordered) {
    world.tables.deliveries.patch(delivery.id, { state: 'due', firstAt: world.clock.now() });
    world.schedule.arm('deliver', delivery.id, world.clock.now());
  }
  return ordered.length;
};

/** Sends an event once more to everyone who hears it, whatever became of the earlier copies. */
export const resend = (world: World, event: SimEvent): number => {
  const listeners = [...world.tables.listeners.values()].filter((listener) => hears(listener, event));
  for (const listener of listeners) dispatch(world, event, listener, 'due', 0);
  return listeners.length;
};

/** How many listeners have not yet taken an event. */
export const pendingWebhooks = (world: World, event: string): number =>
  new Set(
    world.tables.deliveries
      .where('event', event)
      .filter((delivery) => delivery.state === 'due' || delivery.state === 'held')
      .map((delivery) => delivery.listener),
  ).size;

/** Whether every listener took the event; an event nobody hears counts as taken. */
export const wasDelivered = (world: World, event: string): boolean => {
  const copies = world.tables.deliveries.where('event', event);
  const taken = new Set(copies.filter((copy) => copy.state === 'delivered').map((copy) => copy.listener));
  return copies.every((copy) => taken.has(copy.listener));
};

/** Stripe's signature over a body at a moment of the simulator's own clock. */
const signature = (secret: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

/** Makes one attempt, freshly signed, and plans the next when it failed. Answers once the listener did. */
export const attempt = async (world: World, id: string, send: Send): Promise<void> => {
  const delivery = world.tables.deliveries.get(id);
  const event = delivery && world.tables.events.get(delivery.event);
  const listener = delivery && world.tables.listeners.get(delivery.listener);
  if (delivery === undefined || event === undefined || listener === undefined || delivery.state !== 'due')
    return;
  const body = JSON.stringify({ ...event, pending_webhooks: pendingWebhooks(world, event.id) });
  const status = await send(
    listener.url,
    {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': signature(listener.secret, world.clock.seconds(), body),
    },
    body,
  );
  // A reset may have emptied the world while the listener was thinking.
  if (world.tables.deliveries.get(id) === undefined) return;
  const attempts = delivery.attempts + 1;
  if (status >= 200 && status < 300) {
    world.tables.deliveries.patch(id, { attempts, state: 'delivered' });
    return;
  }
  const wait = waits[Math.min(attempts - 1, waits.length - 1)] ?? giveUpAfter;
  const nextAt = world.clock.now() + wait;
  const givenUp = nextAt - delivery.firstAt > giveUpAfter;
  world.tables.deliveries.patch(id, { attempts, state: givenUp ? 'given_up' : 'due' });
  if (!givenUp) world.schedule.arm('deliver', id, nextAt);
};
