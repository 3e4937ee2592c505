import { z } from '@hono/zod-openapi';
import { checkoutStatuses } from '../checkout/shown-checkout.ts';
import { amount, shownInstant } from './fields.ts';

/** What whoever has a session's id may know of it: what is paid for, and how it stands. */
export const checkout = z
  .object({
    booking: z.string(),
    title: z.string(),
    provider: z.string(),
    amount,
    currency: z.string(),
    startsAt: shownInstant,
    duration: z.int(),
    attendee: z.object({ name: z.string(), email: z.string(), timeZone: z.string() }),
    uiMode: z.enum(['hosted', 'embedded', 'elements']),
    clientSecret: z.string().nullable(),
    url: z.string().nullable(),
    publishableKey: z.string().nullable(),
    stripeJs: z.string(),
    status: z.enum(checkoutStatuses),
    returnUrl: z.string(),
    demo: z.boolean(),
  })
  .openapi('Checkout');

/** The id of a session at Stripe, in an address. */
export const sessionParam = z.strictObject({
  session: z
    .string()
    .regex(/^cs_[A-Za-z0-9_]{1,250}$/, 'must be the id of a session')
    .openapi({ param: { name: 'session', in: 'path' }, example: 'cs_test_1' }),
});
