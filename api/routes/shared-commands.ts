import type { z } from '@hono/zod-openapi';

type Bodies<Words extends string> = Readonly<Record<Words, z.ZodType>>;

/** The commands that parties of every kind of agreement have. */
export const sharedParties = (bodies: Bodies<'cancel' | 'reschedule' | 'dispute' | 'evidence'>) => ({
  cancel: {
    name: 'cancel',
    summary: 'Cancel before the start, by the policy’s tiers',
    needsKey: true,
    body: bodies.cancel,
  },
  reschedule: {
    name: 'reschedule',
    summary: 'Move to another time with the same money',
    needsKey: true,
    body: bodies.reschedule,
  },
  dispute: {
    name: 'dispute',
    summary: 'Complain: the money stays where it is',
    needsKey: false,
    body: bodies.dispute,
  },
  evidence: {
    name: 'evidence',
    summary: 'Add evidence to an open complaint',
    needsKey: false,
    body: bodies.evidence,
  },
});

/** The commands that operators can give to agreements of every kind. */
export const sharedOperators = (bodies: Bodies<'resolve' | 'retry' | 'skip' | 'refund' | 'sync'>) => ({
  resolve: { name: 'resolve', summary: 'Resolve a complaint', needsKey: true, body: bodies.resolve },
  retry: { name: 'retry', summary: 'Try a parked move again', needsKey: true, body: bodies.retry },
  skip: { name: 'skip', summary: 'Go on without a parked move', needsKey: true, body: bodies.skip },
  refund: { name: 'refund', summary: 'Give captured money back', needsKey: true, body: bodies.refund },
  sync: { name: 'sync', summary: 'Read Stripe again', needsKey: false, body: bodies.sync },
});
