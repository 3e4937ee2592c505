import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  created: number;
  arrivalDate: number;
  amount: number;
  currency: string;
  balanceTransaction: string;
  description: string | null;
  destination: string;
  metadata: Stripe.Metadata;
  method: string;
  statementDescriptor: string | null;
}

/** Money on its way from an account's balance to its bank. */
export const payout = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'payout',
    amount: facts.amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: facts.arrivalDate,
    automatic: false,
    balance_transaction: facts.balanceTransaction,
    created: facts.created,
    currency: facts.currency,
    description: facts.description,
    destination: facts.destination,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: facts.metadata,
    method: facts.method,
    original_payout: null,
    payout_method: null,
    reconciliation_status: 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: facts.statementDescriptor,
    status: 'pending',
    trace_id: null,
    type: 'bank_account',
  }) satisfies Stripe.Payout;
