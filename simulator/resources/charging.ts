import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { Refusal } from '../http/refusal.ts';
import { charge } from '../objects/charge.ts';
import { askForAuthentication } from '../objects/payment-intent.ts';
import { followPayment } from './checkout-following.ts';
import { daySeconds, feeOn } from './money.ts';
import { cardBehind, remember } from './saved-cards.ts';
import type { Decline, TestCard } from './test-cards.ts';

/** Ordinary card money takes two days to become available (US accounts). */
const settlesAfter = 2 * daySeconds;

/** How long a hold lasts: 7 days, but 4 days 18 hours for a Visa charged without the customer present. */
const holdSeconds = (brand: string, offSession: boolean): number =>
  brand === 'visa' && offSession ? 4 * daySeconds + 18 * 3600 : 7 * daySeconds;

/** How a confirmation was asked for. */
export interface Confirmation {
  offSession: boolean;
  returnUrl?: string | undefined;
  errorOnRequiresAction?: boolean | undefined;
  /** The customer has just proved who they are. */
  authenticated?: boolean;
}

const authenticationRequired: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

const expired: Decline = {
  code: 'expired_card',
  declineCode: 'expired_card',
  message: 'Your card has expired.',
};

const needsCustomer = (card: TestCard, setUp: boolean, how: Confirmation): boolean => {
  if (how.authenticated === true) return false;
  switch (card.authentication) {
    case 'never':
      return false;
    case 'always':
      return true;
    case 'unless_set_up':
      return !(setUp && how.offSession);
    case 'on_session':
      return !how.offSession;
  }
};

const hasExpired = (world: World, method: Stripe.PaymentMethod): boolean =>
  method.card !== undefined && Date.UTC(method.card.exp_year, method.card.exp_month, 1) <= world.clock.now();

/** Posts captured money to the balance, pending until the card networks settle it. */
export const settleCharge = (world: World, owner: string, id: string, captured: number): Stripe.Charge => {
  const row = world.tables.charges.must(id);
  const card = cardBehind(world, row.payment_method);
  const movement = world.post({
    owner,
    type: row.payment_method_details?.type === 'card' ? 'charge' : 'payment',
    amount: captured,
    fee: feeOn(world, captured),
    currency: row.currency,
    source: id,
    outside: 'cardholders',
    availableOn: world.clock.seconds() + (card.settles === 'at_once' ? 0 : settlesAfter),
    description: row.description,
  });
  // Due at once, and so right after whatever captures the charge has told everything.
  if (card.afterwards !== 'nothing') world.schedule.arm('follow_up_charge', id, world.clock.now());
  return world.tables.charges.patch(id, {
    balance_transaction: movement.id,
    captured: true,
    amount_captured: captured,
    paid: true,
    status: 'succeeded',
  });
};

/** The bank refuses: the intent goes back to wanting a payment method, and remembers why. */
export const failPayment = (
  world: World,
  owner: string,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  decline: Decline,
  pendingCharge?: string,
): Stripe.PaymentIntent => {
  const created = world.clock.seconds();
  const known = pendingCharge === undefined ? undefined : world.tables.charges.must(pendingCharge);
  const failed = world.tables.charges.put(
    known === undefined
      ? charge({
          id: world.ids.next('ch'), created, amount: intent.amount, currency: intent.currency, status: 'failed', captured: false,
          intent, method, captureBefore: null, balanceTransaction: null, failure: decline,
        }) // prettier-ignore
      : {
          ...known,
          status: 'failed',
          paid: false,
          failure_code: decline.code,
          failure_message: decline.message,
        },
    owner,
  );
  const after = world.tables.paymentIntents.patch(intent.id, {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    latest_charge: failed.id,
    last_payment_error: {
      type: 'card_error',
      code: decline.code,
      decline_code: decline.declineCode,
      advice_code: failed.outcome?.advice_code ?? 'do_not_try_again',
      charge: failed.id,
      doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll('_', '-')}`,
      message: decline.message,
      payment_method: method,
    },
  });
  world.emit('charge.failed', failed, owner);
  world.emit('payment_intent.payment_failed', after, owner);
  followPayment(world, owner, intent.status, after);
  return after;
};

/** The bank agrees: money is taken, or held when the capture is manual. */
export const completePayment = (
  world: World,
  owner: string,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  how: Confirmation,
  pendingCharge?: string,
): Stripe.PaymentIntent => {
  const manual = intent.capture_method === 'manual' && method.type === 'card';
  const created = world.clock.seconds();
  const captureBefore = manual ? created + holdSeconds(method.card?.brand ?? '', how.offSession) : null;
  const id = pendingCharge ?? world.ids.next(method.type === 'card' ? 'ch' : 'py');
  if (pendingCharge === undefined)
    world.tables.charges.put(
      charge({
        id, created, amount: intent.amount, currency: intent.currency, status: 'succeeded', captured: !manual,
        intent, method, captureBefore, balanceTransaction: null, failure: null, threeDSecure: how.authenticated ?? false,
      }), // prettier-ignore
      owner,
    );
  if (intent.setup_future_usage !== null) remember(world, owner, method.id, idOf(intent.customer));
  const common = {
    latest_charge: id,
    next_action: null,
    last_payment_error: null,
    payment_method: method.id,
    processing: null,
  };
  if (manual) {
    const held = world.tables.paymentIntents.patch(intent.id, {
      ...common,
      status: 'requires_capture',
      amount_capturable: intent.amount,
    });
    if (captureBefore !== null) world.schedule.arm('expire_hold', intent.id, captureBefore * 1000);
    world.emit('charge.succeeded', world.tables.charges.must(id), owner);
    world.emit('payment_intent.amount_capturable_updated', held, owner);
    followPayment(world, owner, intent.status, held);
    return held;
  }
  const taken = settleCharge(world, owner, id, intent.amount);
  const paid = world.tables.paymentIntents.patch(intent.id, {
    ...common,
    status: 'succeeded',
    amount_received: intent.amount,
  });
  world.emit('charge.succeeded', taken, owner);
  world.emit('payment_intent.succeeded', paid, owner);
  followPayment(world, owner, intent.status, paid);
  return paid;
};

const ask = (
  world: World,
  owner: string,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  how: Confirmation,
) => {
  const waiting = world.tables.paymentIntents.patch(intent.id, {
    status: 'requires_action',
    payment_method: method.id,
    next_action: askForAuthentication(intent.id, intent.client_secret, how.returnUrl),
  });
  world.emit('payment_intent.requires_action', waiting, owner);
  return waiting;
};

/** The bank takes its time: the intent is processing until it decides. */
export const startProcessing = (
  world: World,
  owner: string,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): Stripe.PaymentIntent => {
  const pending = world.tables.charges.put(
    charge({
      id: world.ids.next(method.type === 'card' ? 'ch' : 'py'), created: world.clock.seconds(), amount: intent.amount,
      currency: intent.currency, status: 'pending', captured: true, intent, method, captureBefore: null, balanceTransaction: null, failure: null,
    }), // prettier-ignore
    owner,
  );
  const waiting = world.tables.paymentIntents.patch(intent.id, {
    status: 'processing', payment_method: method.id, latest_charge: pending.id, next_action: null,
  }); // prettier-ignore
  world.emit('charge.pending', pending, owner);
  world.emit('payment_intent.processing', waiting, owner);
  followPayment(world, owner, intent.status, waiting);
  return waiting;
};

/** A declined card as HTTP shows it: 402, with the intent inside. */
const cardError = (decline: Decline, intent: Stripe.PaymentIntent): Refusal => {
  const charged = idOf(intent.latest_charge);
  const method = intent.last_payment_error?.payment_method;
  return new Refusal(
    402,
    {
      type: 'card_error',
      code: decline.code,
      decline_code: decline.declineCode,
      advice_code: intent.last_payment_error?.advice_code ?? 'do_not_try_again',
      message: decline.message,
      payment_intent: intent,
      ...(charged === null ? {} : { charge: charged }),
      ...(method === undefined ? {} : { payment_method: method }),
    },
    true,
  );
};

/** Runs one attempt to pay an intent with a method. */
export const attemptPayment = (
  world: World,
  owner: string,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  how: Confirmation,
): Stripe.PaymentIntent => {
  const card = cardBehind(world, method.id);
  const decline = (why: Decline): never => {
    throw cardError(why, failPayment(world, owner, intent, method, why));
  };
  if (hasExpired(world, method)) return decline(expired);
  if (needsCustomer(card, world.tables.cards.get(method.id)?.setUp ?? false, how)) {
    if (how.offSession || how.errorOnRequiresAction === true) return decline(authenticationRequired);
    return ask(world, owner, intent, method, how);
  }
  if (card.charge === 'processing') return startProcessing(world, owner, intent, method);
  if (card.charge !== 'ok') return decline(card.charge);
  return completePayment(world, owner, intent, method, how);
};
