import type Stripe from 'stripe';
import type { AgreementState } from '../../domain/kinds.ts';
import type { Intent } from '../../domain/payment/payment.ts';
import { iso, isoOrNull } from '../../domain/time.ts';
import type { Agreement } from '../../store/agreements.ts';
import type { ApiPorts } from '../ports.ts';
import { askStripe } from '../stripe-answer.ts';

type Value = string | number | null;

interface Difference {
  readonly field: string;
  readonly ours: Value;
  readonly stripe: Value;
}

/** What Stripe calls each state of a payment of ours. */
const stripeStatus: Readonly<Record<Intent['status'], string>> = {
  method: 'requires_payment_method',
  action: 'requires_action',
  processing: 'processing',
  authorized: 'requires_capture',
  captured: 'succeeded',
  gone: 'canceled',
};

/** Reads an agreement's payment fresh from Stripe and sets it beside ours (L9); changes nothing. */
export async function diagnose({ stripe, clock }: ApiPorts, row: Agreement) {
  const { intent, money } = (row.state as AgreementState).payment;
  const ours = {
    state: row.status,
    paymentState: row.paymentState,
    authorized: money.authorized,
    captured: money.captured,
    refunded: money.refunded,
    chargeId: intent?.chargeId ?? null,
    captureBefore: isoOrNull(intent?.captureBefore ?? null),
  };
  const base = { [row.kind]: row.id, readAt: iso(clock.now()), ours };
  if (intent === null) return { ...base, stripe: null, differences: [] };
  const theirs = await askStripe(() => read(stripe, intent.id));
  const compared: Difference[] = [
    { field: 'status', ours: stripeStatus[intent.status], stripe: theirs.status },
    { field: 'captured', ours: money.captured, stripe: theirs.amountReceived },
    { field: 'refunded', ours: money.refunded, stripe: theirs.amountRefunded },
    { field: 'chargeId', ours: ours.chargeId ?? theirs.chargeId, stripe: theirs.chargeId },
  ];
  if (intent.status === 'authorized') {
    compared.push({ field: 'captureBefore', ours: ours.captureBefore, stripe: theirs.captureBefore });
    compared.push({ field: 'authorized', ours: money.authorized, stripe: theirs.amountCapturable });
  }
  return { ...base, stripe: theirs, differences: compared.filter((one) => one.ours !== one.stripe) };
}

async function read(stripe: Stripe, paymentIntentId: string) {
  const intent = await stripe.paymentIntents.retrieve(paymentIntentId, { expand: ['latest_charge'] });
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const captureBefore = charge?.payment_method_details?.card?.capture_before ?? null;
  // A partial capture may show as refunded on the charge; only refunds prove what went back.
  const refunds = await stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100 });
  const counted = refunds.data.filter(({ status }) => status === 'succeeded' || status === 'pending');
  return {
    paymentIntentId,
    status: intent.status,
    amount: intent.amount,
    amountCapturable: intent.amount_capturable,
    amountReceived: intent.amount_received,
    amountRefunded: counted.reduce((sum, { amount }) => sum + amount, 0),
    captureBefore: captureBefore === null ? null : iso(captureBefore * 1000),
    chargeId: charge?.id ?? null,
    cancellationReason: intent.cancellation_reason,
  };
}
