import type { Stripe } from 'stripe';
import { nobody } from './payment-method.ts';

interface Facts {
  id: string;
  created: number;
  amount: number;
  currency: string;
  status: 'succeeded' | 'pending' | 'failed';
  captured: boolean;
  intent: Stripe.PaymentIntent | null;
  method: Stripe.PaymentMethod | null;
  captureBefore: number | null;
  balanceTransaction: string | null;
  failure: { code: string; declineCode: string; message: string } | null;
  sourceTransfer?: string;
  threeDSecure?: boolean;
}

const cardDetails = (
  facts: Facts,
  card: Stripe.PaymentMethod.Card,
): Stripe.Charge.PaymentMethodDetails.Card => ({
  amount_authorized: facts.status === 'failed' ? null : facts.amount,
  authorization_code: null,
  brand: card.brand,
  ...(facts.captureBefore === null ? {} : { capture_before: facts.captureBefore }),
  checks: card.checks,
  country: card.country,
  electronic_commerce_indicator: null,
  exp_month: card.exp_month,
  exp_year: card.exp_year,
  extended_authorization: { status: 'disabled' },
  fingerprint: card.fingerprint ?? null,
  funding: card.funding,
  incremental_authorization: { status: 'unavailable' },
  installments: null,
  last4: card.last4,
  mandate: null,
  multicapture: { status: 'unavailable' },
  network: card.brand,
  network_token: { used: false },
  network_transaction_id: `nt${facts.id.slice(-12)}`,
  overcapture: { maximum_amount_capturable: facts.amount, status: 'unavailable' },
  regulated_status: card.regulated_status,
  three_d_secure: facts.threeDSecure
    ? {
        authentication_flow: 'challenge',
        electronic_commerce_indicator: '05',
        exemption_indicator: null,
        result: 'authenticated',
        result_reason: null,
        transaction_id: null,
        version: '2.2.0',
      }
    : null,
  transaction_link_id: null,
  wallet: null,
});

const details = (facts: Facts): Stripe.Charge.PaymentMethodDetails | null => {
  const { method } = facts;
  if (method?.card) return { type: 'card', card: cardDetails(facts, method.card) };
  if (method?.us_bank_account) {
    const bank = method.us_bank_account;
    return {
      type: 'us_bank_account',
      us_bank_account: {
        account_holder_type: bank.account_holder_type,
        account_type: bank.account_type,
        bank_name: bank.bank_name,
        fingerprint: bank.fingerprint,
        last4: bank.last4,
        payment_reference: null,
        routing_number: bank.routing_number,
      },
    };
  }
  return { type: 'stripe_account', stripe_account: {} };
};

const outcome = ({ failure, method }: Facts): Stripe.Charge.Outcome | null =>
  method === null
    ? null
    : {
        advice_code:
          failure === null
            ? null
            : failure.declineCode === 'insufficient_funds'
              ? 'try_again_later'
              : 'do_not_try_again',
        network_advice_code: null,
        network_decline_code: null,
        network_status: failure === null ? 'approved_by_network' : 'declined_by_network',
        reason: failure?.declineCode ?? null,
        risk_level: 'normal',
        seller_message:
          failure === null
            ? 'Payment complete.'
            : 'The bank did not return any further details with this decline.',
        type: failure === null ? 'authorized' : 'issuer_declined',
      };

/** One attempt to take money: from a card, or from the platform when a transfer arrives. */
export const charge = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'charge',
    amount: facts.amount,
    amount_captured: facts.captured && facts.status === 'succeeded' ? facts.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: facts.balanceTransaction,
    billing_details: facts.method?.billing_details ?? nobody,
    calculated_statement_descriptor: facts.method?.card ? 'HOLDFAST' : null,
    captured: facts.captured,
    created: facts.created,
    currency: facts.currency,
    customer: facts.intent?.customer ?? null,
    description: facts.intent?.description ?? null,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: facts.failure?.code ?? null,
    failure_message: facts.failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: facts.intent?.metadata ?? {},
    on_behalf_of: null,
    outcome: outcome(facts),
    paid: facts.status === 'succeeded',
    payment_intent: facts.intent?.id ?? null,
    payment_method: facts.method?.id ?? null,
    payment_method_details: details(facts),
    receipt_email: facts.intent?.receipt_email ?? null,
    receipt_number: null,
    receipt_url: facts.status === 'succeeded' ? `https://pay.stripe.com/receipts/${facts.id}` : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: facts.sourceTransfer ?? null,
    statement_descriptor: facts.intent?.statement_descriptor ?? null,
    statement_descriptor_suffix: facts.intent?.statement_descriptor_suffix ?? null,
    status: facts.status,
    transfer_data: null,
    transfer_group: facts.intent?.transfer_group ?? null,
  }) satisfies Stripe.Charge;
