import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  created: number;
  charge: Stripe.Charge;
  amount: number;
  reason: string;
  status: 'needs_response' | 'warning_needs_response' | 'prevented';
  dueBy: number | null;
}

/** What a seller may tell the bank, before anything was told. */
const noEvidence = (): Stripe.Dispute.Evidence => ({
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
});

/** How the card's network files the case; other methods have a type and nothing more. */
export const caseDetails = (
  charge: Stripe.Charge,
  caseType: 'chargeback' | 'inquiry',
): Stripe.Dispute.PaymentMethodDetails => {
  const { type = 'card', card } = charge.payment_method_details ?? {};
  return {
    type,
    ...(card
      ? {
          card: {
            brand: card.brand ?? 'unknown',
            case_type: caseType,
            network: card.network ?? 'unknown',
            network_reason_code: null,
          },
        }
      : {}),
  };
};

/** A customer's bank that questions a charge; no money has moved yet. */
export const dispute = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'dispute',
    amount: facts.amount,
    balance_transactions: [],
    charge: facts.charge.id,
    created: facts.created,
    currency: facts.charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: facts.dueBy,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: facts.status === 'warning_needs_response',
    livemode: false,
    metadata: {},
    payment_intent: facts.charge.payment_intent,
    payment_method_details: caseDetails(
      facts.charge,
      facts.status === 'warning_needs_response' ? 'inquiry' : 'chargeback',
    ),
    reason: facts.reason,
    status: facts.status,
  }) satisfies Stripe.Dispute;
