import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { invalidParameter, refused, type Refusal } from '../http/refusal.ts';
import { refund } from '../objects/refund.ts';
import { settleCharge } from './charging.ts';

/** The refusal that every call in the wrong status meets; the intent travels inside. */
export const unexpectedState = (
  intent: Stripe.PaymentIntent,
  verb: string,
  allowed: readonly string[],
): Refusal =>
  refused(
    'payment_intent_unexpected_state',
    `This PaymentIntent could not be ${verb} because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ${verb}: ${allowed.join(', ')}.`,
    { payment_intent: intent },
  );

/** Takes held money, all or part of it, once; what is not taken goes back to the cardholder. */
export const captureIntent = (
  world: World,
  owner: string,
  intent: Stripe.PaymentIntent,
  amountToCapture = intent.amount_capturable,
): Stripe.PaymentIntent => {
  if (intent.status !== 'requires_capture') throw unexpectedState(intent, 'captured', ['requires_capture']);
  if (amountToCapture > intent.amount_capturable)
    throw invalidParameter(
      'amount_too_large',
      `You passed an amount_to_capture of ${amountToCapture}, which is more than the capturable amount of ${intent.amount_capturable}.`,
      'amount_to_capture',
    );
  const chargeId = idOf(intent.latest_charge) ?? '';
  settleCharge(world, owner, chargeId, amountToCapture);
  const captured = world.tables.charges.patch(chargeId, {
    amount_refunded: intent.amount_capturable - amountToCapture,
  });
  world.schedule.disarm('expire_hold', intent.id);
  const after = world.tables.paymentIntents.patch(intent.id, {
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: amountToCapture,
  });
  world.emit('charge.captured', captured, owner);
  world.emit('payment_intent.succeeded', after, owner);
  return after;
};

const cancelable = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
];

/** A released hold looks like a refund without ever having been money: no balance transaction, nothing captured. */
const releaseHold = (world: World, owner: string, intent: Stripe.PaymentIntent, expired: boolean): void => {
  const chargeId = idOf(intent.latest_charge);
  if (chargeId === null) return;
  const released = world.tables.charges.patch(chargeId, {
    amount_refunded: intent.amount_capturable,
    refunded: true,
  });
  const back = refund({
    id: world.ids.next('re'),
    created: world.clock.seconds(),
    charge: released,
    amount: intent.amount_capturable,
    reason: expired ? 'expired_uncaptured_charge' : null,
    metadata: {},
    status: 'succeeded',
    balanceTransaction: null,
  });
  world.tables.refunds.put(back, owner);
  if (expired) world.emit('charge.expired', released, owner);
  world.emit('charge.refunded', released, owner);
};

/** Ends an intent for good and lets go of whatever it held. */
export const cancelIntent = (
  world: World,
  owner: string,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): Stripe.PaymentIntent => {
  if (!cancelable.includes(intent.status)) throw unexpectedState(intent, 'canceled', cancelable);
  if (intent.status === 'requires_capture') releaseHold(world, owner, intent, reason === 'automatic');
  world.schedule.disarm('expire_hold', intent.id);
  const after = world.tables.paymentIntents.patch(intent.id, {
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: world.clock.seconds(),
    cancellation_reason: reason,
    next_action: null,
  });
  world.emit('payment_intent.canceled', after, owner);
  return after;
};

/** The hold ran out: Stripe cancels the intent itself. */
export const expireHold = (world: World, id: string): void => {
  const intent = world.tables.paymentIntents.get(id);
  if (intent?.status !== 'requires_capture') return;
  cancelIntent(world, world.tables.paymentIntents.ownerOf(id) ?? '', intent, 'automatic');
};
