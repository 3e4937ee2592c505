import { z } from '@hono/zod-openapi';
import { stripeId } from '../../store/inbox-row.ts';
import type { InboxEvent } from '../../store/inbox.ts';

/** The least an event must be. Stripe adds fields at will, so others are let through; these are relied on. */
export const stripeEvent = z
  .object({
    id: z.string().regex(/^evt_[A-Za-z0-9_]{1,250}$/),
    object: z.literal('event'),
    type: z.string().regex(/^[a-z0-9_.]{1,100}$/),
    livemode: z.boolean(),
    created: z.int().min(0),
    api_version: z.string().max(100).nullish(),
    account: z
      .string()
      .regex(/^acct_[A-Za-z0-9_]{1,250}$/)
      .nullish(),
    request: z.object({ idempotency_key: z.string().max(255).nullish() }).nullish(),
    data: z.object({ object: z.record(z.string(), z.unknown()) }),
  })
  .openapi('StripeEvent');

export type StripeEvent = z.output<typeof stripeEvent>;

/** The object an event is about, as it was when the event was made. */
export function objectOf({ payload }: Pick<InboxEvent, 'payload'>): Readonly<Record<string, unknown>> {
  const parsed = stripeEvent.safeParse(payload);
  return parsed.success ? parsed.data.data.object : {};
}

/** An id in a Stripe object: the field itself, or the id of the object that was expanded into it. */
export function idIn(object: Readonly<Record<string, unknown>>, field: string): string | null {
  const value = object[field];
  return stripeId(typeof value === 'object' && value !== null && 'id' in value ? value.id : value);
}
