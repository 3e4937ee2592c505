import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import {
  changeAccount,
  deauthorize,
  onboard,
  reject,
  rejections,
  type CapabilityStatus,
} from '../resources/account-state.ts';
import { completePayment, failPayment, startProcessing } from '../resources/charging.ts';
import { cancelIntent, captureIntent } from '../resources/holds.ts';
import { failPayout, payPayout } from '../resources/payouts.ts';
import { failRefund, succeedRefund } from '../resources/refunding.ts';
import { cardBehind, methodNamed } from '../resources/saved-cards.ts';
import { completeSetup, failSetup } from '../resources/setup-intents.ts';
import type { Decline } from '../resources/test-cards.ts';
import { askForAuthentication } from '../objects/payment-intent.ts';
import { aBoolean, aCount, anyRecord, aString, oneOfThese } from './body.ts';
import { control } from './control.ts';
import { ControlRefusal } from './control-refusal.ts';

const existing = <T>(row: T | undefined, what: string, id: string): T => {
  if (row === undefined) throw new ControlRefusal(404, `No ${what} ${id}.`);
  return row;
};

const intentNamed = (world: World, id: string): { intent: Stripe.PaymentIntent; owner: string } => ({
  intent: existing(world.tables.paymentIntents.get(id), 'payment intent', id),
  owner: world.tables.paymentIntents.ownerOf(id) ?? '',
});

const methodOf = (
  world: World,
  owner: string,
  intent: Stripe.PaymentIntent | Stripe.SetupIntent,
  asked: string | undefined,
): Stripe.PaymentMethod => methodNamed(world, owner, asked ?? idOf(intent.payment_method) ?? 'pm_card_visa');

const authenticationFailed: Decline = {
  code: 'payment_intent_authentication_failure',
  declineCode: 'authentication_failed',
  message:
    'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
};

const bankRefused: Decline = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
};

const assertOpen = (intent: { id: string; status: string }, ...allowed: string[]): void => {
  if (!allowed.includes(intent.status))
    throw new ControlRefusal(409, `${intent.id} is ${intent.status}; this needs ${allowed.join(' or ')}.`);
};

const unpaid = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

const capture = control(
  'POST',
  '/_sim/payment_intents/:id/capture',
  { amount: aCount(1, 99_999_999), amount_to_capture: aCount(1, 99_999_999) },
  ({ world, id, body }) => {
    const { intent, owner } = intentNamed(world, id);
    return captureIntent(world, owner, intent, body.amount_to_capture ?? body.amount);
  },
);

const cancel = control('POST', '/_sim/payment_intents/:id/cancel', {}, ({ world, id }) => {
  const { intent, owner } = intentNamed(world, id);
  return cancelIntent(world, owner, intent, 'requested_by_customer');
});

const paymentMethod = { paymentMethod: aString };

const process = control('POST', '/_sim/payment_intents/:id/process', paymentMethod, ({ world, id, body }) => {
  const { intent, owner } = intentNamed(world, id);
  assertOpen(intent, ...unpaid);
  return startProcessing(world, owner, intent, methodOf(world, owner, intent, body.paymentMethod));
});

const succeed = control('POST', '/_sim/payment_intents/:id/succeed', paymentMethod, ({ world, id, body }) => {
  const { intent, owner } = intentNamed(world, id);
  assertOpen(intent, ...unpaid, 'processing');
  const method = methodOf(world, owner, intent, body.paymentMethod);
  const pending = intent.status === 'processing' ? (idOf(intent.latest_charge) ?? undefined) : undefined;
  const { charge } = cardBehind(world, method.id);
  if (intent.status === 'requires_action' && charge !== 'ok' && charge !== 'processing')
    return failPayment(world, owner, intent, method, charge);
  return completePayment(
    world,
    owner,
    intent,
    method,
    { offSession: false, authenticated: intent.status === 'requires_action' },
    pending,
  );
});

const fail = control('POST', '/_sim/payment_intents/:id/fail', paymentMethod, ({ world, id, body }) => {
  const { intent, owner } = intentNamed(world, id);
  assertOpen(intent, ...unpaid, 'processing');
  const why = intent.status === 'requires_action' ? authenticationFailed : bankRefused;
  const pending = intent.status === 'processing' ? (idOf(intent.latest_charge) ?? undefined) : undefined;
  return failPayment(world, owner, intent, methodOf(world, owner, intent, body.paymentMethod), why, pending);
});

const requireAction = control(
  'POST',
  '/_sim/payment_intents/:id/require_action',
  paymentMethod,
  ({ world, id, body }) => {
    const { intent, owner } = intentNamed(world, id);
    assertOpen(intent, 'requires_payment_method', 'requires_confirmation');
    const waiting = world.tables.paymentIntents.patch(id, {
      status: 'requires_action',
      payment_method: methodOf(world, owner, intent, body.paymentMethod).id,
      next_action: askForAuthentication(id, intent.client_secret, undefined),
    });
    world.emit('payment_intent.requires_action', waiting, owner);
    return waiting;
  },
);

const setupNamed = (world: World, id: string) => {
  const intent = existing(world.tables.setupIntents.get(id), 'setup intent', id);
  assertOpen(intent, 'requires_payment_method', 'requires_confirmation', 'requires_action', 'processing');
  return { intent, owner: world.tables.setupIntents.ownerOf(id) ?? '' };
};

const setupSucceed = control(
  'POST',
  '/_sim/setup_intents/:id/succeed',
  paymentMethod,
  ({ world, id, body }) => {
    const { intent, owner } = setupNamed(world, id);
    return completeSetup(world, intent, methodOf(world, owner, intent, body.paymentMethod).id);
  },
);

const setupFail = control('POST', '/_sim/setup_intents/:id/fail', paymentMethod, ({ world, id, body }) => {
  const { intent, owner } = setupNamed(world, id);
  return failSetup(world, intent, methodOf(world, owner, intent, body.paymentMethod), {
    ...authenticationFailed,
    code: 'setup_intent_authentication_failure',
  });
});

const accountNamed = (world: World, id: string) => existing(world.tables.accounts.get(id), 'account', id);
const status = oneOfThese('active', 'inactive', 'pending');

const alter = control(
  'POST',
  '/_sim/accounts/:id',
  { capabilities: anyRecord, payouts_enabled: aBoolean, requirements: anyRecord },
  ({ world, id, body }) => {
    accountNamed(world, id);
    const asked = Object.entries(body.capabilities ?? {});
    const capabilities = Object.fromEntries(
      asked.map(([name, value]): [string, CapabilityStatus] => [
        name,
        status.read(value, `capabilities.${name}`),
      ]),
    );
    const { payouts_enabled: payoutsEnabled, requirements } = body;
    return changeAccount(world, id, {
      capabilities,
      ...(payoutsEnabled === undefined ? {} : { payoutsEnabled }),
      ...(requirements === undefined ? {} : { requirements }),
    });
  },
);

const onboardAccount = control('POST', '/_sim/accounts/:id/onboard', {}, ({ world, id }) =>
  onboard(world, accountNamed(world, id).id),
);

const rejectAccount = control(
  'POST',
  '/_sim/accounts/:id/reject',
  { reason: oneOfThese(...rejections) },
  ({ world, id, body }) => reject(world, accountNamed(world, id).id, body.reason ?? 'rejected.other'),
);

const deauthorizeAccount = control('POST', '/_sim/accounts/:id/deauthorize', {}, ({ world, id }) => {
  deauthorize(world, accountNamed(world, id).id);
  return { id, deauthorized: true };
});

const payoutNamed = (world: World, id: string) => existing(world.tables.payouts.get(id), 'payout', id).id;
const pay = control('POST', '/_sim/payouts/:id/pay', {}, ({ world, id }) =>
  payPayout(world, payoutNamed(world, id)),
);
const failPaid = control('POST', '/_sim/payouts/:id/fail', { failure_code: aString }, ({ world, id, body }) =>
  failPayout(world, payoutNamed(world, id), body.failure_code),
);

const refundNamed = (world: World, id: string) => existing(world.tables.refunds.get(id), 'refund', id).id;
const refundSucceed = control('POST', '/_sim/refunds/:id/succeed', {}, ({ world, id }) =>
  succeedRefund(world, refundNamed(world, id)),
);
const refundFail = control(
  'POST',
  '/_sim/refunds/:id/fail',
  { failure_reason: aString },
  ({ world, id, body }) => failRefund(world, refundNamed(world, id), body.failure_reason),
);

/** What banks, customers, account holders and people in Stripe's dashboard do. */
export const outsideWorld = [
  capture, cancel, process, succeed, fail, requireAction, setupSucceed, setupFail, onboardAccount, rejectAccount, deauthorizeAccount, alter, pay, failPaid, refundSucceed, refundFail,
]; // prettier-ignore
