import { z } from '@hono/zod-openapi';
import { lessonStates, paymentStates } from '../../domain/lesson/view.ts';
import { amount, shownInstant } from './fields.ts';

const orNull = shownInstant.nullable();
const presence = z.object({ joinedAt: orNull, leftAt: orNull });

const payment = z.object({
  state: z.enum(paymentStates),
  legacyStatus: z.string(),
  currency: z.string(),
  amount,
  platformFee: amount,
  payeeAmount: amount,
  authorized: amount,
  captured: amount,
  released: amount,
  refunded: amount,
  feeEarned: amount,
  transferred: amount,
  reversed: amount,
  netted: amount,
  disputed: amount,
  advanced: amount,
  paidOut: amount,
  held: amount,
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

const statement = z.object({
  at: shownInstant,
  by: z.string(),
  text: z.string(),
  links: z.array(z.string()).readonly(),
  files: z
    .array(z.object({ name: z.string(), sha256: z.string(), contentType: z.string(), size: amount }))
    .readonly(),
});

const dispute = z.object({
  openedAt: shownInstant,
  by: z.string(),
  reason: z.string(),
  statements: z.array(statement),
  deadline: shownInstant,
  outcome: z
    .object({
      at: shownInstant,
      by: z.string(),
      outcome: z.enum(['release', 'refund', 'split']),
      payeeSide: amount,
      reason: z.string(),
    })
    .nullable(),
});

const needsAttention = z.object({
  reason: z.string(),
  operation: z.string(),
  attempts: z.int(),
  lastError: z.string(),
  since: shownInstant,
  retryAt: orNull,
  commands: z.array(z.string()),
});

/** A lesson as everyone sees it. */
export const lesson = z
  .object({
    id: z.string(),
    kind: z.literal('lesson'),
    workflowId: z.string(),
    state: z.enum(lessonStates),
    cancelledBy: z.string().nullable(),
    cancelReason: z.string().nullable(),
    startsAt: shownInstant,
    endsAt: shownInstant,
    policy: z.object({ id: z.string(), version: z.int() }),
    student: z.object({ id: z.string(), email: z.string().nullable(), name: z.string().nullable() }),
    tutor: z.object({ id: z.string(), account: z.string() }),
    attendance: z.object({ student: presence, tutor: presence }),
    payment,
    dispute: dispute.nullable(),
    nextWakeAt: orNull,
    needsAttention: needsAttention.nullable(),
    rejected: z.array(z.object({ at: shownInstant, name: z.string(), code: z.string(), detail: z.string() })),
    metadata: z.record(z.string(), z.string()),
    createdAt: shownInstant,
    updatedAt: shownInstant,
  })
  .openapi('Lesson');

export type ShownLesson = z.input<typeof lesson>;

/** One line of a timeline. */
export const timeline = z
  .object({
    data: z.array(
      z.object({
        at: shownInstant,
        what: z.string(),
        actor: z.string(),
        why: z.string().nullable(),
        stripeIds: z.array(z.string()),
        amount: amount.nullable(),
        currency: z.string(),
      }),
    ),
  })
  .openapi('Timeline');

/** What an accepted command answers. */
export const accepted = z
  .object({ accepted: z.literal(true), message: z.string(), lesson })
  .openapi('Accepted');

/** A command nobody has answered yet: the same Idempotency-Key picks the answer up. */
export const pending = z.object({ pending: z.literal(true), message: z.string(), lesson }).openapi('Pending');

/** A payment as Stripe has it now, beside ours. */
export const diagnostic = z
  .object({
    lesson: z.string(),
    readAt: shownInstant,
    ours: z.object({
      state: z.string(),
      paymentState: z.string(),
      authorized: amount,
      captured: amount,
      refunded: amount,
      chargeId: z.string().nullable(),
      captureBefore: orNull,
    }),
    stripe: z
      .object({
        paymentIntentId: z.string(),
        status: z.string(),
        amount,
        amountCapturable: amount,
        amountReceived: amount,
        amountRefunded: amount,
        captureBefore: orNull,
        chargeId: z.string().nullable(),
        cancellationReason: z.string().nullable(),
      })
      .nullable(),
    differences: z.array(
      z.object({
        field: z.string(),
        ours: z.union([z.string(), z.int(), z.null()]),
        stripe: z.union([z.string(), z.int(), z.null()]),
      }),
    ),
  })
  .openapi('Diagnostic');
