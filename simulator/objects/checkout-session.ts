import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  created: number;
  allowedMethodTypes: string[] | null;
  amount: number;
  cancelUrl: string | null;
  clientReferenceId: string | null;
  clientSecret: string | null;
  currency: string;
  customer: string | null;
  customerCreation: Stripe.Checkout.Session.CustomerCreation | null;
  customerDetails: Stripe.Checkout.Session.CustomerDetails | null;
  customerEmail: string | null;
  expiresAt: number;
  locale: string | null;
  metadata: Stripe.Metadata;
  redirectOnCompletion: Stripe.Checkout.Session.RedirectOnCompletion | null;
  returnUrl: string | null;
  submitType: Stripe.Checkout.Session.SubmitType | null;
  successUrl: string | null;
  uiMode: Stripe.Checkout.Session.UiMode;
  url: string | null;
}

/** What is known of whoever pays: an e-mail address, and nothing that a form did not ask for. */
export const detailsOf = (email: string | null) =>
  ({
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: null,
  }) satisfies Stripe.Checkout.Session.CustomerDetails;

/** A payment page as it is born: open, unpaid, without a payment intent. */
export const checkoutSession = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: facts.allowedMethodTypes,
    amount_subtotal: facts.amount,
    amount_total: facts.amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: facts.cancelUrl,
    client_reference_id: facts.clientReferenceId,
    client_secret: facts.clientSecret,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: facts.created,
    currency: facts.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: facts.customer,
    customer_account: null,
    customer_creation: facts.customerCreation,
    customer_details: facts.customerDetails,
    customer_email: facts.customerEmail,
    discounts: [],
    expires_at: facts.expiresAt,
    integration_identifier: null,
    invoice: null,
    invoice_creation: {
      enabled: false,
      invoice_data: {
        account_tax_ids: null,
        custom_fields: null,
        description: null,
        footer: null,
        issuer: null,
        metadata: {},
        rendering_options: null,
      },
    },
    livemode: false,
    locale: facts.locale,
    managed_payments: null,
    metadata: facts.metadata,
    mode: 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: facts.allowedMethodTypes ?? ['card'],
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    ...(facts.redirectOnCompletion === null ? {} : { redirect_on_completion: facts.redirectOnCompletion }),
    ...(facts.returnUrl === null ? {} : { return_url: facts.returnUrl }),
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: facts.submitType,
    subscription: null,
    success_url: facts.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: facts.uiMode,
    url: facts.url,
    wallet_options: null,
  }) satisfies Stripe.Checkout.Session;
