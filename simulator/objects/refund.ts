import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  created: number;
  charge: Stripe.Charge;
  amount: number;
  reason: Stripe.Refund.Reason | null;
  metadata: Stripe.Metadata;
  status: 'pending' | 'requires_action' | 'succeeded';
  pendingReason?: Stripe.Refund.PendingReason;
  balanceTransaction: string | null;
  transferReversal?: string;
}

/** Money on its way back to whoever paid. */
export const refund = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'refund',
    amount: facts.amount,
    balance_transaction: facts.balanceTransaction,
    charge: facts.charge.id,
    created: facts.created,
    currency: facts.charge.currency,
    customer: facts.charge.customer,
    customer_account: null,
    ...(facts.charge.payment_method_details?.type === 'card'
      ? {
          destination_details: {
            card: {
              reference_status: 'pending',
              reference_type: 'acquirer_reference_number',
              type: 'refund' as const,
            },
            type: 'card',
          },
        }
      : {}),
    metadata: facts.metadata,
    payment_intent: facts.charge.payment_intent,
    payment_method: facts.charge.payment_method,
    ...(facts.pendingReason === undefined ? {} : { pending_reason: facts.pendingReason }),
    reason: facts.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: facts.status,
    transfer_reversal: facts.transferReversal ?? null,
  }) satisfies Stripe.Refund;
