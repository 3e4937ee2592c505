import { z } from '@hono/zod-openapi';
import { amount, email, id, text } from './fields.ts';

/** `POST /api/accounts`. */
export const accountRequest = z
  .strictObject({
    id,
    email,
    country: z.string().regex(/^[A-Z]{2}$/, 'must be an upper-case two-letter country code'),
    type: z.literal('express'),
    onboarded: z.boolean().optional().openapi({ description: 'Demo mode: skip Stripe’s form' }),
  })
  .openapi('AccountRequest');

export type AccountRequest = z.output<typeof accountRequest>;

const shown = {
  id: z.string(),
  stripeAccountId: z.string(),
  email: z.string(),
  country: z.string(),
  type: z.string(),
  status: z.enum(['pending', 'configured', 'restricted', 'rejected', 'disconnected']),
  transfersEnabled: z.boolean(),
  payoutsEnabled: z.boolean(),
};

/** A payee's account right after it was asked for. */
export const newAccount = z.object({ ...shown, onboardingUrl: z.string().nullable() }).openapi('NewAccount');

/** A payee's account as everyone sees it. */
export const account = z
  .object({
    ...shown,
    debt: z.array(z.object({ amount, currency: z.string() })),
    frozen: z.boolean(),
  })
  .openapi('Account');

/** A way into Stripe's form; null where nothing is left to fill in. */
export const onboardingLink = z.object({ onboardingUrl: z.string().nullable() }).openapi('OnboardingLink');

/** Why money is stopped or let go. */
export const freezing = z.strictObject({ reason: text(500) }).openapi('Freezing');

/** Whether everybody's money is stopped. */
export const frozenAll = z.object({ frozen: z.boolean() }).openapi('FrozenAll');
