import { z } from '@hono/zod-openapi';
import { largestAmount } from '../../domain/money.ts';
import { amount, bps, id, text } from './fields.ts';

/** Why somebody wants something. */
export const reason = text(500);

/** An amount of money that can be asked for. */
export const chargeable = z.int().min(1).max(largestAmount);

const file = z.strictObject({
  name: text(255),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits'),
  contentType: text(100),
  size: amount,
});

const link = z
  .string()
  .max(2_000)
  .regex(/^https?:\/\//, 'must be an http(s) address');

/** The bodies of the commands about a complaint; `by` says who may give them. */
export const complaintBodies = <By extends z.ZodType>(by: By) => ({
  dispute: z.strictObject({ by, reason, statement: text(5_000).optional() }),
  evidence: z.strictObject({
    by,
    statement: text(5_000),
    links: z.array(link).max(20).optional(),
    files: z.array(file).max(20).optional(),
  }),
});

/** The body of each command that an operator can give to an agreement of any kind; who gives it stands in the token. */
export const operatorBodies = {
  resolve: z.strictObject({
    outcome: z.enum(['release', 'refund', 'split']),
    payeeAmount: amount.max(largestAmount).optional(),
    payeeBps: bps.optional(),
    reason,
  }),
  /** `account`: the payee's other account, by the id it has here; money never goes to one we do not know. */
  retry: z.strictObject({ reason, account: id.optional() }),
  skip: z.strictObject({ reason }),
  refund: z.strictObject({ reason, amount: chargeable.optional() }),
  sync: z.strictObject({ reason }),
};
