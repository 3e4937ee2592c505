// Builders of Stripe objects with every field the pinned SDK declares; no state is kept or read here.
import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  created: number;
  type: Stripe.BalanceTransaction['type'];
  amount: number;
  fee: number;
  currency: string;
  source: string;
  availableOn: number;
  pending: boolean;
  description?: string | null;
}

const categories: Record<string, string> = {
  charge: 'charge',
  payment: 'charge',
  refund: 'refund',
  payment_refund: 'refund',
  refund_failure: 'refund_failure',
  payment_failure_refund: 'refund_failure',
  transfer: 'transfer',
  transfer_refund: 'transfer_reversal',
  payout: 'payout',
  payout_cancel: 'payout_reversal',
  payout_failure: 'payout_reversal',
};

/** Disputes are told apart by direction: withdrawn, or given back after they were won. */
const categoryOf = ({ type, amount }: Facts): string =>
  type === 'adjustment' ? (amount < 0 ? 'dispute' : 'dispute_reversal') : (categories[type] ?? type);

/** One line of an account's balance. */
export const balanceTransaction = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'balance_transaction',
    amount: facts.amount,
    available_on: facts.availableOn,
    balance_type: 'payments',
    created: facts.created,
    currency: facts.currency,
    description: facts.description ?? null,
    exchange_rate: null,
    fee: facts.fee,
    fee_details:
      facts.fee === 0
        ? []
        : [
            {
              amount: facts.fee,
              application: null,
              currency: facts.currency,
              description: facts.type === 'adjustment' ? 'Dispute fee' : 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: facts.amount - facts.fee,
    reporting_category: categoryOf(facts),
    source: facts.source,
    status: facts.pending ? 'pending' : 'available',
    type: facts.type,
  }) satisfies Stripe.BalanceTransaction;
