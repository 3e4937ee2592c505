import type Stripe from 'stripe';
import type { Clock } from '../domain/clock.ts';
import { minor } from '../domain/money.ts';
import type { Awaited as AwaitedOf, MoveFact } from '../domain/payment/moves.ts';
import type { Outcome } from './outcome.ts';

/** What must be expanded on every PaymentIntent we read: the hold's real end and when its money becomes available. */
export const intentExpansion = ['latest_charge.balance_transaction'];

/** A hold whose end Stripe does not tell lives at least this long (A4: Visa, merchant-initiated). */
const shortestHoldMs = (4 * 24 + 18) * 3_600_000;

/** Statuses in which the customer has something to do, or the bank. */
const awaitedBy: Readonly<Record<string, AwaitedOf>> = {
  requires_payment_method: 'method',
  requires_confirmation: 'action',
  requires_action: 'action',
  processing: 'processing',
};

/** What a PaymentIntent says, as a fact. `asked`: the amount we wanted captured, null where we asked for nothing. */
export function factOfIntent(intent: Stripe.PaymentIntent, clock: Clock, asked: number | null): MoveFact {
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const ids = { paymentIntentId: intent.id, chargeId: charge?.id ?? '' };
  const at = clock.now();
  const awaited = awaitedBy[intent.status];
  if (awaited !== undefined) {
    const error = intent.last_payment_error;
    const failureCode = error?.decline_code ?? error?.code ?? null;
    return { type: 'paymentPending', at, paymentIntentId: intent.id, awaited, failureCode, clientSecret: intent.client_secret };
  }
  switch (intent.status) {
    case 'requires_capture': {
      const captureBefore = charge?.payment_method_details?.card?.capture_before;
      const end = captureBefore === undefined ? intent.created * 1000 + shortestHoldMs : captureBefore * 1000;
      return { ...ids, type: 'authorized', at: chargedAt(charge, at), amount: minor(intent.amount_capturable), captureBefore: end };
    }
    case 'succeeded': {
      const balance = typeof charge?.balance_transaction === 'object' ? charge.balance_transaction : null;
      return {
        ...ids,
        type: 'captured',
        at: balance === null ? at : balance.created * 1000,
        authorized: minor(charge?.amount ?? intent.amount),
        amount: minor(intent.amount_received),
        availableOn: balance === null ? at : balance.available_on * 1000,
        settlementCurrency: balance?.currency ?? intent.currency,
        elsewhere: intent.amount_received !== asked,
      };
    }
    case 'canceled': {
      const isExpired = intent.cancellation_reason === 'automatic' || intent.cancellation_reason === 'expired';
      return {
        type: 'holdGone',
        at: intent.canceled_at === null ? at : intent.canceled_at * 1000,
        paymentIntentId: intent.id,
        authorized: minor(charge?.status === 'succeeded' ? charge.amount : 0),
        cause: isExpired ? 'expired' : 'elsewhere',
      };
    }
    default: {
      const detail = 'a status this version does not know';
      return { type: 'refused', at, move: 'readPayment', code: intent.status, detail, final: true };
    }
  }
} // prettier-ignore

const chargedAt = (charge: Stripe.Charge | null, otherwise: number): number =>
  charge === null ? otherwise : charge.created * 1000;

/** The outcome of a move on a PaymentIntent, with the objects the agreement owns by it. */
export function outcomeOfIntent(
  intent: Stripe.Response<Stripe.PaymentIntent> | Stripe.PaymentIntent,
  fact: MoveFact,
): Outcome {
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge?.id : intent.latest_charge;
  const objects = [{ objectId: intent.id, kind: 'payment_intent' }];
  if (charge) objects.push({ objectId: charge, kind: 'charge' });
  return { fact, objects, requestId: requestIdOf(intent), effect: fact.type !== 'refused' };
}

/** Stripe's id of the request that answered this object, for the audit; null for one that came inside another. */
export const requestIdOf = (answer: object): string | null =>
  'lastResponse' in answer ? ((answer.lastResponse as { requestId?: string }).requestId ?? null) : null;
