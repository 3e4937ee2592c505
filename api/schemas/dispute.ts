import { z } from '@hono/zod-openapi';
import { bankDisputeStates } from '../../domain/bank-dispute/view.ts';
import { agreementFields, orNull } from './agreement.ts';
import { amount, shownInstant } from './fields.ts';

const { id, workflowId, needsAttention, rejected, nextWakeAt, createdAt, updatedAt } = agreementFields;

const answer = z
  .object({ at: shownInstant, by: z.string(), reason: z.string(), statement: z.string().nullable() })
  .nullable();

/** A bank's dispute as everyone sees it. */
export const bankDispute = z
  .object({
    id,
    kind: z.literal('dispute'),
    workflowId,
    agreement: z
      .string()
      .openapi({ description: 'The workflow id of the agreement whose charge is disputed' }),
    state: z.enum(bankDisputeStates),
    stripeStatus: z.string().nullable(),
    amount,
    currency: z.string(),
    reason: z.string(),
    dueBy: orNull,
    submissions: z.int(),
    submitted: answer,
    accepted: answer,
    nextWakeAt,
    needsAttention,
    rejected,
    createdAt,
    updatedAt,
  })
  .openapi('BankDispute');

export type ShownDispute = z.input<typeof bankDispute>;

/** What an accepted command answers. */
export const disputeAccepted = z
  .object({ accepted: z.literal(true), message: z.string(), dispute: bankDispute })
  .openapi('BankDisputeAccepted');

/** A command nobody has answered yet: the same Idempotency-Key picks the answer up. */
export const disputePending = z
  .object({ pending: z.literal(true), message: z.string(), dispute: bankDispute })
  .openapi('BankDisputePending');
