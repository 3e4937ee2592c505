import type { MoveOf } from '../../domain/payment/moves.ts';
import { evidenceOf } from '../evidence.ts';
import type { Verb } from '../operation.ts';
import { stampOf } from '../stamps.ts';
import { seenDispute } from './read-dispute.ts';

/** Sends the evidence to the bank, which takes it once (F3): what the story of the agreement proves, and what people added. */
export const submitEvidence: Verb<MoveOf<'submitEvidence'>> = {
  async find({ ports, move, key }) {
    const dispute = await ports.stripe.disputes.retrieve(move.disputeId);
    const isOurs = dispute.metadata['operation'] === key;
    const isSent = dispute.evidence_details.submission_count > 0;
    return isSent ? { ...seenDispute(dispute, ports), effect: isOurs } : null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move } = attempt;
    const evidence = await evidenceOf(ports, move.agreement, move.statement);
    const params = { evidence, metadata: stampOf(attempt), submit: true };
    const dispute = await ports.stripe.disputes.update(move.disputeId, params, { idempotencyKey });
    return { ...seenDispute(dispute, ports), effect: true };
  },
};
