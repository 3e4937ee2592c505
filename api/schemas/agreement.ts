import { z } from '@hono/zod-openapi';
import { amount, shownInstant } from './fields.ts';

/** A moment that may not have come. */
export const orNull = shownInstant.nullable();

/** The plan of a price and, figure by figure, what happened to the money. */
export const moneyFields = {
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
};

const statement = z.object({
  at: shownInstant,
  by: z.string(),
  text: z.string(),
  links: z.array(z.string()).readonly(),
  files: z
    .array(z.object({ name: z.string(), sha256: z.string(), contentType: z.string(), size: amount }))
    .readonly(),
});

const complaint = z.object({
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

/** What agreements of every kind show about themselves. */
export const agreementFields = {
  id: z.string(),
  workflowId: z.string(),
  cancelledBy: z.string().nullable(),
  cancelReason: z.string().nullable(),
  startsAt: shownInstant,
  endsAt: shownInstant,
  policy: z.object({ id: z.string(), version: z.int() }),
  dispute: complaint.nullable(),
  nextWakeAt: orNull,
  needsAttention: needsAttention.nullable(),
  rejected: z.array(z.object({ at: shownInstant, name: z.string(), code: z.string(), detail: z.string() })),
  metadata: z.record(z.string(), z.string()),
  createdAt: shownInstant,
  updatedAt: shownInstant,
};

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

/** A payment as Stripe has it now, beside ours. */
export const diagnostic = z
  .object({
    /** One of the two: what kind of agreement it is. */
    lesson: z.string().optional(),
    booking: z.string().optional(),
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
