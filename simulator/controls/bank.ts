import type { Stripe } from 'stripe';
import { idOf } from '../core/tables.ts';
import type { World } from '../core/world.ts';
import {
  closeDispute,
  escalateDispute,
  loseDispute,
  openDispute,
  winDispute,
  withdrawFunds,
} from '../resources/disputing.ts';
import { warnOfFraud } from '../resources/early-fraud-warnings.ts';
import { aBoolean, aCount, aString, must, nullable, oneOfThese } from './body.ts';
import { control } from './control.ts';
import { ControlRefusal } from './control-refusal.ts';

const chargeNamed = (
  world: World,
  named: { charge?: string | undefined; paymentIntent?: string | undefined },
): Stripe.Charge => {
  const { charge, paymentIntent } = named;
  if ((charge === undefined) === (paymentIntent === undefined))
    throw new ControlRefusal(422, 'Name either the charge or the paymentIntent.');
  const id = charge ?? idOf(world.tables.paymentIntents.get(paymentIntent ?? '')?.latest_charge) ?? '';
  const row = world.tables.charges.get(id);
  if (row === undefined) throw new ControlRefusal(404, `No charge of ${charge ?? paymentIntent}.`);
  return row;
};

const reasons = [
  'bank_cannot_process', 'check_returned', 'credit_not_processed', 'customer_initiated', 'debit_not_authorized', 'duplicate', 'fraudulent', 'general',
  'incorrect_account_details', 'insufficient_funds', 'noncompliant', 'product_not_received', 'product_unacceptable', 'subscription_canceled', 'unrecognized',
] as const; // prettier-ignore

/** A year, longer than any network waits for an answer. */
const furthestSeconds = 366 * 86_400;

const dispute = control(
  'POST',
  '/_sim/disputes',
  {
    charge: aString,
    paymentIntent: aString,
    amount: aCount(1, 99_999_999),
    reason: must(oneOfThese(...reasons)),
    status: oneOfThese('needs_response', 'warning_needs_response', 'prevented'),
    dueBy: nullable(aCount(0, furthestSeconds)),
    withdraw: aBoolean,
  },
  ({ world, body }) => {
    const { amount, reason, status, dueBy, withdraw } = body;
    return openDispute(world, {
      charge: chargeNamed(world, body),
      amount,
      reason,
      status,
      // Seconds from now, as everywhere under /_sim; 0 and null are Stripe's own words for "no answer possible".
      dueBy: typeof dueBy === 'number' && dueBy > 0 ? world.clock.seconds() + dueBy : dueBy,
      withdraw,
    });
  },
);

/** One thing a bank does to a dispute. */
const decision = (verb: string, decide: (world: World, id: string) => Stripe.Dispute) =>
  control('POST', `/_sim/disputes/:id/${verb}`, {}, ({ world, id }) => {
    if (world.tables.disputes.get(id) === undefined) throw new ControlRefusal(404, `No dispute ${id}.`);
    return decide(world, id);
  });

const warn = control(
  'POST',
  '/_sim/early_fraud_warnings',
  {
    charge: aString,
    paymentIntent: aString,
    fraudType: oneOfThese(
      'card_never_received',
      'fraudulent_card_application',
      'made_with_counterfeit_card',
      'made_with_lost_card',
      'made_with_stolen_card',
      'misc',
      'unauthorized_use_of_card',
    ),
  },
  ({ world, body }) =>
    warnOfFraud(world, chargeNamed(world, body), body.fraudType ?? 'unauthorized_use_of_card'),
);

/** What the bank of a customer does after the payment. */
export const bankControls = [
  dispute,
  decision('withdraw', withdrawFunds),
  decision('win', winDispute),
  decision('lose', loseDispute),
  decision('close', closeDispute),
  decision('escalate', escalateDispute),
  warn,
];
