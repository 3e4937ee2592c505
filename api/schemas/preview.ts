import { z } from '@hono/zod-openapi';
import { amount, currency, id, instant, shownInstant } from './fields.ts';
import { bookingTerms, lessonTerms } from './policy.ts';

const question = {
  id: id.optional(),
  amount: z.int(),
  currency,
  startsAt: instant,
  endsAt: instant,
};

/** `POST /api/policies/preview`: terms to try, or the id of a policy. */
export const previewRequest = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('lesson'), policy: lessonTerms.optional(), ...question }),
    z.strictObject({ kind: z.literal('booking'), policy: bookingTerms.optional(), ...question }),
  ])
  .refine((request) => (request.policy === undefined) !== (request.id === undefined), {
    message: 'needs either policy or id',
    path: ['policy'],
  })
  .openapi('PreviewRequest');

export type PreviewRequest = z.output<typeof previewRequest>;

/** Where the money ends in each course of events. */
export const preview = z
  .object({
    data: z.array(
      z.object({
        course: z.string(),
        charged: amount,
        platformFee: amount,
        payee: amount,
        refunded: amount,
        released: amount,
        at: shownInstant,
      }),
    ),
  })
  .openapi('Preview');
