import { z } from '@hono/zod-openapi';
import { defaultBookingPolicy, defaultLessonPolicy } from '../../domain/policy.ts';
import type { Policy } from '../../domain/policy.ts';
import { amount, bps, duration, shownInstant } from './fields.ts';

const fate = z.enum(['capture', 'release']);

const earlyEnd = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('full') }),
  z.strictObject({ rule: z.literal('pro_rata'), roundUpTo: duration }),
  z.strictObject({ rule: z.literal('minimum'), minimumBps: bps, roundUpTo: duration }),
]);

const mostTiers = 20;
const mostTries = 20;
const tries = z.int().min(1).max(mostTries);

/** The terms that every kind has, each with what the kind's built-in policy says. */
const commonTerms = (usual: Policy) => {
  const dispute = z.strictObject({
    escalateAfter: duration.default(usual.dispute.escalateAfter),
    resolveAfter: duration.default(usual.dispute.resolveAfter),
    resolveAs: z.enum(['refund', 'release']).default(usual.dispute.resolveAs),
  });
  return {
    platformFeeBps: bps.default(usual.platformFeeBps),
    cancelTiers: z
      .array(z.strictObject({ atLeastBeforeStart: duration, chargeBps: bps }))
      .max(mostTiers)
      .default(usual.cancelTiers.map((tier) => ({ ...tier }))),
    dispute: dispute.default({ ...usual.dispute }),
    moneyTries: tries.default(usual.moneyTries),
    belowMinimum: z.enum(['release', 'charge_minimum']).default(usual.belowMinimum),
  };
};

const lesson = defaultLessonPolicy;

/** The terms of a lesson; what is left out is as in the built-in policy. */
export const lessonTerms = z
  .strictObject({
    kind: z.literal('lesson'),
    ...commonTerms(lesson),
    earlyEnd: earlyEnd.default({ ...lesson.earlyEnd }),
    noShow: z
      .strictObject({
        student: fate.default(lesson.noShow.student),
        tutor: fate.default(lesson.noShow.tutor),
        both: fate.default(lesson.noShow.both),
      })
      .default({ ...lesson.noShow }),
    payDeadline: duration.default(lesson.payDeadline),
    holdLead: duration.default(lesson.holdLead),
    holdLife: duration.default(lesson.holdLife),
    holdMargin: duration.default(lesson.holdMargin),
    graceAfterEnd: duration.default(lesson.graceAfterEnd),
  })
  .openapi('LessonTerms');

const booking = defaultBookingPolicy;

/** The terms of a booking; what is left out is as in the built-in policy. */
export const bookingTerms = z
  .strictObject({
    kind: z.literal('booking'),
    ...commonTerms(booking),
    hold: z
      .strictObject({
        anchor: z.enum(['session_end', 'payment']).default(booking.hold.anchor),
        for: duration.default(booking.hold.for),
      })
      .default({ ...booking.hold }),
    checkoutExpires: duration.default(booking.checkoutExpires),
    transferTries: tries.default(booking.transferTries),
    debtNetting: z
      .strictObject({
        capBps: bps.default(booking.debtNetting.capBps),
        floor: amount.default(booking.debtNetting.floor),
      })
      .default({ ...booking.debtNetting }),
    debtAlertAfter: duration.default(booking.debtAlertAfter),
    maxHold: duration.default(booking.maxHold),
    noShow: z
      .strictObject({
        attendee: fate.default(booking.noShow.attendee),
        provider: fate.default(booking.noShow.provider),
        both: fate.default(booking.noShow.both),
      })
      .default({ ...booking.noShow }),
    fraudWarning: z
      .strictObject({
        action: z.enum(['hold', 'refund']).default(booking.fraudWarning.action),
        refundUpTo: amount.default(booking.fraudWarning.refundUpTo),
      })
      .default({ ...booking.fraudWarning }),
  })
  .openapi('BookingTerms');

/** The terms of an agreement of either kind. */
export const terms = z.discriminatedUnion('kind', [lessonTerms, bookingTerms]);

const version = {
  cancelTiers: z.array(z.object({ atLeastBeforeStart: z.string(), chargeBps: z.int() })).readonly(),
  id: z.string(),
  version: z.int(),
  createdAt: shownInstant,
  createdBy: z.string(),
};

/** A version of a policy: its terms under its name. */
export const policy = z
  .discriminatedUnion('kind', [
    z.object({ ...lessonTerms.shape, ...version }),
    z.object({ ...bookingTerms.shape, ...version }),
  ])
  .openapi('Policy');
