import type { MoveOf } from '../../domain/payment/moves.ts';
import { factOfIntent, intentExpansion, outcomeOfIntent } from '../intent-facts.ts';
import type { Verb } from '../operation.ts';

/**
 * Captures the hold, whole or in part; the rest is released by Stripe. Whatever Stripe says afterwards counts: a
 * hold captured or cancelled by somebody else is found by its status, never guessed from an error code (A3).
 */
export const capture: Verb<MoveOf<'capture'>> = {
  async find({ ports, move }) {
    const intent = await ports.stripe.paymentIntents.retrieve(move.paymentIntentId, {
      expand: intentExpansion,
    });
    if (intent.status === 'requires_capture') return null;
    return outcomeOfIntent(intent, factOfIntent(intent, ports.clock, move.amount));
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
