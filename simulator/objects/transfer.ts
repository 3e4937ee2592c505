import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  created: number;
  amount: number;
  currency: string;
  destination: string;
  destinationPayment: string;
  balanceTransaction: string;
  description: string | null;
  metadata: Stripe.Metadata;
  sourceTransaction: string | null;
  transferGroup: string | null;
}

/** The page of reversals that a transfer carries inside; the endpoint shows the rest. */
export const embeddedReversals = (
  transfer: string,
  newestFirst: readonly Stripe.TransferReversal[],
): Stripe.ApiList<Stripe.TransferReversal> => ({
  object: 'list',
  data: newestFirst.slice(0, 10),
  has_more: newestFirst.length > 10,
  url: `/v1/transfers/${transfer}/reversals`,
});

/** Money moved from the platform's balance to a connected account's. */
export const transfer = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'transfer',
    amount: facts.amount,
    amount_reversed: 0,
    balance_transaction: facts.balanceTransaction,
    created: facts.created,
    currency: facts.currency,
    description: facts.description,
    destination: facts.destination,
    destination_payment: facts.destinationPayment,
    livemode: false,
    metadata: facts.metadata,
    reversals: embeddedReversals(facts.id, []),
    reversed: false,
    source_transaction: facts.sourceTransaction,
    source_type: 'card',
    transfer_group: facts.transferGroup,
  }) satisfies Stripe.Transfer;

interface ReversalFacts {
  id: string;
  created: number;
  amount: number;
  currency: string;
  transfer: string;
  balanceTransaction: string;
  destinationPaymentRefund: string;
  metadata: Stripe.Metadata;
}

/** Part or all of a transfer taken back. */
export const transferReversal = (facts: ReversalFacts) =>
  ({
    id: facts.id,
    object: 'transfer_reversal',
    amount: facts.amount,
    balance_transaction: facts.balanceTransaction,
    created: facts.created,
    currency: facts.currency,
    destination_payment_refund: facts.destinationPaymentRefund,
    metadata: facts.metadata,
    source_refund: null,
    transfer: facts.transfer,
  }) satisfies Stripe.TransferReversal;
