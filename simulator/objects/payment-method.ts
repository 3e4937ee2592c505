import type { Stripe } from 'stripe';
import type { TestCard } from '../resources/test-cards.ts';

/** Nobody's name or address: what a method shows until someone adds them. */
export const nobody = {
  address: null,
  email: null,
  name: null,
  phone: null,
  tax_id: null,
} satisfies Stripe.PaymentMethod.BillingDetails;

interface Facts {
  id: string;
  created: number;
  card: TestCard;
  customer: string | null;
  metadata: Stripe.Metadata;
  billing?: Stripe.PaymentMethod.BillingDetails;
}

/** Test cards never expire in the life of a test unless a test says so. */
const farYear = 2044;

const cardOf = (card: TestCard): Stripe.PaymentMethod.Card => ({
  brand: card.brand,
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
  country: card.country,
  display_brand: card.brand,
  exp_month: 8,
  exp_year: farYear,
  fingerprint: `fp${card.brand}${card.last4}`,
  funding: card.funding,
  generated_from: null,
  last4: card.last4,
  networks: { available: [card.brand], preferred: null },
  regulated_status: 'unregulated',
  three_d_secure_usage: { supported: true },
  wallet: null,
});

const bankOf = (card: TestCard): Stripe.PaymentMethod.UsBankAccount => ({
  account_holder_type: 'individual',
  account_type: 'checking',
  bank_name: 'STRIPE TEST BANK',
  financial_connections_account: null,
  fingerprint: `fpbank${card.last4}`,
  last4: card.last4,
  networks: { preferred: 'ach', supported: ['ach'] },
  routing_number: '110000000',
  status_details: {},
});

/** A payment method as the API shows it. */
export const paymentMethod = ({ id, created, card, customer, metadata, billing }: Facts) =>
  ({
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billing ?? nobody,
    ...(card.type === 'card' ? { card: cardOf(card) } : { us_bank_account: bankOf(card) }),
    created,
    customer,
    customer_account: null,
    livemode: false,
    metadata,
    type: card.type,
  }) satisfies Stripe.PaymentMethod;
