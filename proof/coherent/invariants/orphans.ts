import type Stripe from 'stripe';
import { shown } from '../amounts.ts';
import type { Case, Cases, Invariant } from '../cases.ts';
import { broken } from '../cases.ts';
import { operationOn, stampOn } from '../ownership.ts';
import type { Run, Violation } from '../run.ts';

interface Made {
  readonly id: string;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly metadata?: Stripe.Metadata | null;
}

/** Everything at Stripe that is made in an agreement's name. */
const madeIn = ({ stripe }: Run): readonly Made[] => [
  ...stripe.paymentIntents,
  ...stripe.refunds,
  ...stripe.transfers.map(({ transfer }) => transfer),
  ...stripe.transfers.flatMap(({ reversals }) => reversals),
  ...stripe.payouts.map(({ payout }) => payout),
  ...stripe.checkoutSessions.map(({ id, amount_total: amount, currency, metadata }) => ({ id, amount, currency, metadata })),
]; // prettier-ignore

/** M11: every object at Stripe belongs to an agreement that knows of it, and what an agreement names is there. */
export const noOrphans: Invariant = (cases) => [...strangers(cases), ...cases.cases.flatMap(missing)];

function strangers({ run, stories, ownerOf }: Cases): Violation[] {
  const noted = new Map(run.store.owners.map(({ objectId, workflowId }) => [objectId, workflowId]));
  return madeIn(run).flatMap((one) => {
    const { id, amount, currency } = one;
    const what = `${id} of ${shown(amount ?? 0, currency ?? '')}`;
    const owner = ownerOf(id);
    if (owner === null) {
      return run.whole && run.stripe.exclusive ? [broken('M11', id, `${what} belongs to no agreement`)] : [];
    }
    const story = stories.get(owner);
    if (story === undefined) {
      return run.whole ? [broken('M11', id, `${what} names ${owner}, which does not exist`)] : [];
    }
    // A checkout's payment is made by the customer; it is noted once the story has read it.
    const isOurs = operationOn(one) !== null && stampOn(one) === owner && !isUnpaidTry(one);
    if (!isOurs || !story.isStill || noted.get(id) === owner) return [];
    return [broken('M11', owner, `${what} was made by ${operationOn(one)} and is not in our books`)];
  });
}

const isUnpaidTry = (one: Made): boolean =>
  'latest_charge' in one &&
  'status' in one &&
  one.status !== 'succeeded' &&
  one.status !== 'requires_capture';

/** What an agreement names and Stripe does not have. */
function missing({ workflowId, state, intents, transfers, sessions, isStill }: Case): Violation[] {
  if (!isStill) return [];
  const { intent, transferId, checkout } = state.payment;
  const there = new Set([...intents, ...sessions, ...transfers.map(({ transfer }) => transfer)].map(({ id }) => id));
  return [intent?.id, transferId, checkout?.sessionId]
    .filter((id) => typeof id === 'string' && !there.has(id))
    .map((id) => broken('M11', workflowId, `it names ${id}, which Stripe does not have`));
} // prettier-ignore
