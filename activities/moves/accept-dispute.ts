import type { MoveOf } from '../../domain/payment/moves.ts';
import type { Verb } from '../operation.ts';
import { seenDispute } from './read-dispute.ts';

/** Statuses in which nothing is left to accept. */
const over: ReadonlySet<string> = new Set(['won', 'lost', 'warning_closed', 'prevented']);

/** Gives in to the payer's bank; this cannot be taken back. */
export const acceptDispute: Verb<MoveOf<'acceptDispute'>> = {
  async find({ ports, move }) {
    const dispute = await ports.stripe.disputes.retrieve(move.disputeId);
    const isLost = dispute.status === 'lost';
    return over.has(dispute.status) ? { ...seenDispute(dispute, ports), effect: isLost } : null;
  },

  async make({ ports, move }, idempotencyKey) {
    const dispute = await ports.stripe.disputes.close(move.disputeId, {}, { idempotencyKey });
    return { ...seenDispute(dispute, ports), effect: true };
  },
};
