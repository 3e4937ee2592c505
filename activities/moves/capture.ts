import type { MoveOf } from '../../domain/payment/moves.ts';
import { factOfIntent, intentExpansion, outcomeOfIntent } from '../intent-facts.ts';
import type { Verb } from '../operation.ts';
import type { Ports } from '../tasks.ts';

/**
 * Captures the hold, whole or in part; the rest is released by Stripe. Whatever Stripe says afterwards counts: a
 * hold captured or cancelled by somebody else is found by its status, never guessed from an error code (A3).
 */
export const capture: Verb<MoveOf<'capture'>> = {
  async find({ ports, move, workflowId }) {
    const intent = await ports.stripe.paymentIntents.retrieve(move.paymentIntentId, {
      expand: intentExpansion,
    });
    if (intent.status === 'requires_capture') return null;
    const asked = await triedFor(intent.amount_received, workflowId, ports);
    return outcomeOfIntent(intent, factOfIntent(intent, ports.clock, asked ?? move.amount));
  },

  async make({ ports, move }, idempotencyKey) {
    const intent = await ports.stripe.paymentIntents.capture(
      move.paymentIntentId,
      { amount_to_capture: move.amount, expand: intentExpansion },
      { idempotencyKey },
    );
    return outcomeOfIntent(intent, factOfIntent(intent, ports.clock, move.amount));
  },
};

/**
 * The amount, where one of our captures asked for it: money that Stripe took by it is ours also when its answer was lost
 * and something else was decided since. Null where none did, so that somebody else must have captured.
 */
export async function triedFor(amount: number, workflowId: string, { store }: Ports): Promise<number | null> {
  const tried = (await store.listOperations(workflowId)).filter(({ kind }) => kind === 'capture');
  return tried.some(({ params }) => (params as { amount?: number }).amount === amount) ? amount : null;
}
