import { z } from '@hono/zod-openapi';
import { largestAmount } from '../../domain/money.ts';
import { amount, bps, currency, email, id, instant, text } from './fields.ts';

const metadataKeys = 50;

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
    metadata: z
      .record(z.string().min(1).max(40), z.string().max(500))
      .refine((value) => Object.keys(value).length <= metadataKeys, `must have at most ${metadataKeys} keys`)
      .default({}),
  })
  .openapi('LessonRequest');

export type LessonRequest = z.output<typeof lessonRequest>;

const party = z.enum(['student', 'tutor']);
const anyParty = z.enum(['student', 'tutor', 'admin']);
const reason = text(500);
const chargeable = z.int().min(1).max(largestAmount);

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

/** The body of each command of a party. */
export const partyCommands = {
  join: z.strictObject({ party, at: instant.optional() }),
  'call-end': z.strictObject({ party, at: instant.optional() }),
  end: z.strictObject({ party, leftAt: instant.optional() }),
  cancel: z.strictObject({ by: anyParty, reason }),
  reschedule: z.strictObject({ startsAt: instant, endsAt: instant }),
  dispute: z.strictObject({ by: anyParty, reason, statement: text(5_000).optional() }),
  evidence: z.strictObject({
    by: anyParty,
    statement: text(5_000),
    links: z.array(link).max(20).optional(),
    files: z.array(file).max(20).optional(),
  }),
};

/** The body of each command of an operator; who gives it stands in the token. */
export const adminCommands = {
  resolve: z.strictObject({
    outcome: z.enum(['release', 'refund', 'split']),
    payeeAmount: amount.max(largestAmount).optional(),
    payeeBps: bps.optional(),
    reason,
  }),
  /** `account`: the payee's other account, by the id it has here; money never goes to one we do not know. */
  retry: z.strictObject({ reason, account: id.optional() }),
  skip: z.strictObject({ reason }),
  capture: z.strictObject({ reason, amount: chargeable.optional() }),
  release: z.strictObject({ reason }),
  refund: z.strictObject({ reason, amount: chargeable.optional() }),
  sync: z.strictObject({ reason }),
};
