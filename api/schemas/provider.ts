import { z } from '@hono/zod-openapi';
import { eventTypeId, minutes, username } from './booking-request.ts';
import { amount, currency, id, text } from './fields.ts';

/** More than any calendar offers; the row is read with every booking. */
const mostEventTypes = 200;
const mostSeats = 1_000;

/** `POST /api/providers`. What money can be charged is decided by the domain, price by price. */
export const providerRequest = z
  .strictObject({
    id,
    username,
    account: id.openapi({ description: 'The id given at POST /api/accounts', example: 'acct_1' }),
    defaultPrice: z.int().openapi({ example: 5000 }),
    currency: currency.default('usd'),
    eventTypes: z
      .array(
        z.strictObject({
          id: eventTypeId,
          title: text(200),
          price: z.int().optional(),
          duration: minutes,
          seats: z.int().min(1).max(mostSeats).default(1),
        }),
      )
      .min(1)
      .max(mostEventTypes),
  })
  .openapi('ProviderRequest');

export type ProviderRequest = z.output<typeof providerRequest>;

/** A provider as everyone sees them; a price of null is the default price. */
export const provider = z
  .object({
    id: z.string(),
    username: z.string(),
    account: z.string(),
    defaultPrice: amount,
    currency: z.string(),
    eventTypes: z.array(
      z.object({
        id: z.int(),
        title: z.string(),
        price: amount.nullable(),
        duration: z.int(),
        seats: z.int(),
      }),
    ),
  })
  .openapi('Provider');
