import { z } from '@hono/zod-openapi';
import { chargeable, complaintBodies, operatorBodies, reason } from './command-request.ts';
import { currency, email, id, instant, metadata, text } from './fields.ts';

/** `POST /api/lessons`. What money can be charged when is decided by the domain, field by field. */
export const lessonRequest = z
  .strictObject({
    id: id.optional(),
    amount: z.int().openapi({ example: 450 }),
    currency,
    startsAt: instant,
    endsAt: instant,
    student: z.strictObject({
      id,
      email: email.optional(),
      name: text(200).optional(),
      paymentMethod: z
        .string()
        .regex(/^pm_[A-Za-z0-9_]{1,250}$/, 'must be the id of a payment method')
        .optional(),
    }),
    tutor: z.strictObject({ id, account: id }),
    policy: id.default('default'),
    metadata,
  })
  .openapi('LessonRequest');

export type LessonRequest = z.output<typeof lessonRequest>;

const party = z.enum(['student', 'tutor']);
const anyParty = z.enum(['student', 'tutor', 'admin']);

/** The body of each command of a party. */
export const lessonCommands = {
  join: z.strictObject({ party, at: instant.optional() }),
  'call-end': z.strictObject({ party, at: instant.optional() }),
  end: z.strictObject({ party, leftAt: instant.optional() }),
  cancel: z.strictObject({ by: anyParty, reason }),
  reschedule: z.strictObject({ startsAt: instant, endsAt: instant }),
  ...complaintBodies(anyParty),
};

/** The body of each command of an operator. */
export const lessonOrders = {
  ...operatorBodies,
  capture: z.strictObject({ reason, amount: chargeable.optional() }),
  release: z.strictObject({ reason }),
};
