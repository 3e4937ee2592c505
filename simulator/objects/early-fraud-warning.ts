import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  created: number;
  charge: Stripe.Charge;
  fraudType: string;
  actionable: boolean;
}

/** A card issuer's word that a charge was fraud, before anybody disputes it. */
export const earlyFraudWarning = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'radar.early_fraud_warning',
    actionable: facts.actionable,
    charge: facts.charge.id,
    created: facts.created,
    fraud_type: facts.fraudType,
    livemode: false,
    ...(facts.charge.payment_intent === null ? {} : { payment_intent: facts.charge.payment_intent }),
  }) satisfies Stripe.Radar.EarlyFraudWarning;
