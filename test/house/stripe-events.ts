import { createHmac } from 'node:crypto';
import Stripe from 'stripe';
import type { House } from './house.ts';

/** An event as Stripe would write it; the object is the caller's. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** An event of this type about an object, rendered as Stripe renders it unless changed. */
export function eventOf(
  house: House,
  type: string,
  object: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>> = {},
): SentEvent {
  return {
    id: `evt_${crypto.randomUUID().replaceAll('-', '')}`,
    object: 'event',
    type,
    livemode: false,
    created: Math.floor(house.clock.now() / 1000),
    api_version: Stripe.API_VERSION,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    data: { object },
    ...changes,
  };
}

/** Stripe's signature header over exactly this body. */
export function signatureOf(body: string | Uint8Array, secret: string, atMs: number, scheme = 'v1'): string {
  const seconds = Math.floor(atMs / 1000);
  return `t=${seconds},${scheme}=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`;
}

const platformDoor = '/api/webhooks/stripe';
export const connectDoor = '/api/webhooks/stripe-connect';

/** How a delivery differs from a rightly signed one. */
export interface DeliveryChanges {
  readonly door?: string;
  readonly secret?: string;
  readonly atMs?: number;
}

/** What one of the two doors for Stripe answered. */
export interface DoorAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/** Posts a body to a door as it is, with these headers alone. */
export async function knock(
  house: House,
  body: NonNullable<RequestInit['body']>,
  headers: Readonly<Record<string, string>>,
  door = platformDoor,
): Promise<DoorAnswer> {
  const isStream = body instanceof ReadableStream;
  const init: RequestInit = { method: 'POST', body, headers, ...(isStream ? { duplex: 'half' } : {}) };
  const answer = await fetch(`${house.apiUrl}${door}`, init);
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    body: await answer.json().catch(() => null),
  };
}

/** Delivers an event rightly signed, unless changed. */
export function deliver(house: House, event: object, changes: DeliveryChanges = {}): Promise<DoorAnswer> {
  const { door = platformDoor, atMs = house.clock.now() } = changes;
  const { secret = door === connectDoor ? house.connectSecret : house.webhookSecret } = changes;
  const body = JSON.stringify(event);
  const signature = signatureOf(body, secret, atMs);
  return knock(house, body, { 'content-type': 'application/json', 'stripe-signature': signature }, door);
}

/** How many events the inbox holds, whatever became of them. */
export async function eventsKept(house: House): Promise<number> {
  return Object.values(await house.store.countEvents()).reduce((sum, count) => sum + count, 0);
}

/** Every event the simulator has made: the platform's and those of the accounts named. */
export async function eventsMade(
  house: House,
  stripeAccounts: readonly string[] = [],
): Promise<Stripe.Event[]> {
  const lists = [undefined, ...stripeAccounts].map((stripeAccount) =>
    house.stripe.events
      .list({ limit: 100 }, stripeAccount === undefined ? {} : { stripeAccount })
      .autoPagingToArray({ limit: 1_000 }),
  );
  return (await Promise.all(lists)).flat();
}
