import type Stripe from 'stripe';
import { minor } from '../../domain/money.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Outcome } from '../outcome.ts';
import type { Ports } from '../tasks.ts';

/** Reads a dispute as the bank has it now. */
export async function readDispute(disputeId: string, ports: Ports): Promise<Outcome> {
  return seenDispute(await ports.stripe.disputes.retrieve(disputeId), ports);
}

/** What a dispute says, as a fact. A deadline of 0 means that no answer is possible (F3). */
export function seenDispute(dispute: Stripe.Dispute, { clock }: Ports): Outcome {
  const { due_by: dueBy, submission_count: submissions } = dispute.evidence_details;
  return {
    fact: {
      type: 'disputeSeen',
      at: clock.now(),
      status: dispute.status,
      amount: minor(dispute.amount),
      dueBy: dueBy ? dueBy * 1_000 : null,
      submissions,
    },
    objects: [],
    requestId: requestIdOf(dispute),
    effect: false,
  };
}
