import { z } from '@hono/zod-openapi';
import { defaultLessonPolicy as usual } from '../../domain/policy.ts';
import { amount, bps, currency, duration, id, instant, shownInstant } from './fields.ts';

const fate = z.enum(['capture', 'release']);

const earlyEnd = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('full') }),
  z.strictObject({ rule: z.literal('pro_rata'), roundUpTo: duration }),
  z.strictObject({ rule: z.literal('minimum'), minimumBps: bps, roundUpTo: duration }),
]);

const noShow = z.strictObject({
  student: fate.default(usual.noShow.student),
  tutor: fate.default(usual.noShow.tutor),
  both: fate.default(usual.noShow.both),
});

const dispute = z.strictObject({
  escalateAfter: duration.default(usual.dispute.escalateAfter),
  resolveAfter: duration.default(usual.dispute.resolveAfter),
  resolveAs: z.enum(['refund', 'release']).default(usual.dispute.resolveAs),
});

const mostTiers = 20;
const mostTries = 20;

/** The terms of a lesson; what is left out is as in the built-in policy. */
export const lessonTerms = z
  .strictObject({
    kind: z.literal('lesson'),
    platformFeeBps: bps.default(usual.platformFeeBps),
    earlyEnd: earlyEnd.default({ ...usual.earlyEnd }),
    noShow: noShow.default({ ...usual.noShow }),
    cancelTiers: z
      .array(z.strictObject({ atLeastBeforeStart: duration, chargeBps: bps }))
      .max(mostTiers)
      .default(usual.cancelTiers.map((tier) => ({ ...tier }))),
    payDeadline: duration.default(usual.payDeadline),
    holdLead: duration.default(usual.holdLead),
    holdLife: duration.default(usual.holdLife),
    holdMargin: duration.default(usual.holdMargin),
    graceAfterEnd: duration.default(usual.graceAfterEnd),
    dispute: dispute.default({ ...usual.dispute }),
    moneyTries: z.int().min(1).max(mostTries).default(usual.moneyTries),
    belowMinimum: z.enum(['release', 'charge_minimum']).default(usual.belowMinimum),
  })
  .openapi('LessonTerms');

/** A version of a policy: its terms under its name. */
export const policy = z
  .object({
    ...lessonTerms.shape,
    cancelTiers: z.array(z.object({ atLeastBeforeStart: z.string(), chargeBps: z.int() })).readonly(),
    id: z.string(),
    version: z.int(),
    createdAt: shownInstant,
    createdBy: z.string(),
  })
  .openapi('Policy');

/** `POST /api/policies/preview`: terms to try, or the id of a policy. */
export const previewRequest = z
  .strictObject({
    kind: z.literal('lesson'),
    policy: lessonTerms.optional(),
    id: id.optional(),
    amount: z.int(),
    currency,
    startsAt: instant,
    endsAt: instant,
  })
  .refine((request) => (request.policy === undefined) !== (request.id === undefined), {
    message: 'needs either policy or id',
    path: ['policy'],
  })
  .openapi('PreviewRequest');

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
