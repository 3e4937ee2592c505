import type { Instant } from '../domain/time.ts';
import type { InboxEvent, ReceivedEvent } from './inbox.ts';

/** What every Stripe event says of itself, however it came to us. */
export interface EventFacts {
  readonly id: string;
  readonly type: string;
  readonly livemode: boolean;
  readonly created: number;
  readonly api_version?: string | null | undefined;
  readonly account?: string | null | undefined;
  readonly request?: { readonly idempotency_key?: string | null | undefined } | null | undefined;
  readonly data: { readonly object: object };
}

/** The event as the inbox keeps it: the one row for it, whether Stripe delivered it or we fetched it. */
export function inboxRowOf(
  event: EventFacts,
  endpoint: InboxEvent['endpoint'],
  payload: unknown,
  receivedAt: Instant,
): ReceivedEvent {
  const { object } = event.data;
  return {
    eventId: event.id,
    endpoint,
    account: event.account ?? null,
    type: event.type,
    objectId: 'id' in object ? stripeId(object.id) : null,
    apiVersion: event.api_version ?? null,
    livemode: event.livemode,
    eventCreatedAt: event.created * 1000,
    requestKey: event.request?.idempotency_key ?? null,
    payload,
    receivedAt,
  };
}

/** The value where it can be an id of Stripe's, else null. */
export const stripeId = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= 255 ? value : null;
