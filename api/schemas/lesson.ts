import { z } from '@hono/zod-openapi';
import { lessonStates, paymentStates } from '../../domain/lesson/view.ts';
import { agreementFields, moneyFields, orNull } from './agreement.ts';

const presence = z.object({ joinedAt: orNull, leftAt: orNull });

const payment = z.object({
  state: z.enum(paymentStates),
  legacyStatus: z.string(),
  ...moneyFields,
  captureBefore: orNull,
  chargedAt: orNull,
  paymentIntentId: z.string().nullable(),
  setupIntentId: z.string().nullable(),
  chargeId: z.string().nullable(),
  transferId: z.string().nullable(),
  payoutId: z.string().nullable(),
  refundIds: z.array(z.string()),
  failureCode: z.string().nullable(),
  clientSecret: z.string().nullable(),
});

/** A lesson as everyone sees it. */
export const lesson = z
  .object({
    ...agreementFields,
    kind: z.literal('lesson'),
    state: z.enum(lessonStates),
    student: z.object({ id: z.string(), email: z.string().nullable(), name: z.string().nullable() }),
    tutor: z.object({ id: z.string(), account: z.string() }),
    attendance: z.object({ student: presence, tutor: presence }),
    payment,
  })
  .openapi('Lesson');

export type ShownLesson = z.input<typeof lesson>;

/** What an accepted command answers. */
export const accepted = z
  .object({ accepted: z.literal(true), message: z.string(), lesson })
  .openapi('Accepted');

/** A command nobody has answered yet: the same Idempotency-Key picks the answer up. */
export const pending = z.object({ pending: z.literal(true), message: z.string(), lesson }).openapi('Pending');
