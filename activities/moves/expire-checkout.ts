import type { MoveOf } from '../../domain/payment/moves.ts';
import type { Verb } from '../operation.ts';
import { readCheckout } from './read-checkout.ts';

/** Closes an unpaid checkout. Only an open one can be expired; whoever was faster is found by reading (H2). */
export const expireCheckout: Verb<MoveOf<'expireCheckout'>> = {
  async find({ ports, move, workflowId }) {
    const read = await readCheckout(move.sessionId, workflowId, ports);
    const status = read.fact.type === 'checkoutSeen' ? read.fact.status : null;
    // Closed is what we wanted, whoever did it; paid is Stripe's truth and is adopted.
    return status === 'open' ? null : { ...read, effect: read.effect || status === 'expired' };
  },

  async make({ ports, move, workflowId }, idempotencyKey) {
    await ports.stripe.checkout.sessions.expire(move.sessionId, {}, { idempotencyKey });
    return { ...(await readCheckout(move.sessionId, workflowId, ports)), effect: true };
  },
};
