import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  clientSecret: string;
  created: number;
  amount: number;
  currency: string;
  captureMethod: Stripe.PaymentIntent.CaptureMethod;
  confirmationMethod: Stripe.PaymentIntent.ConfirmationMethod;
  customer: string | null;
  description: string | null;
  metadata: Stripe.Metadata;
  paymentMethod: string | null;
  methodTypes: string[] | null;
  automaticMethods: Stripe.PaymentIntent.AutomaticPaymentMethods | null;
  receiptEmail: string | null;
  setupFutureUsage: Stripe.PaymentIntent.SetupFutureUsage | null;
  statementDescriptor: string | null;
  statementDescriptorSuffix: string | null;
  transferGroup: string | null;
}

/** A payment intent as it is born. */
export const paymentIntent = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'payment_intent',
    allowed_payment_method_types: facts.methodTypes,
    amount: facts.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: facts.automaticMethods,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: facts.captureMethod,
    client_secret: facts.clientSecret,
    confirmation_method: facts.confirmationMethod,
    created: facts.created,
    currency: facts.currency,
    customer: facts.customer,
    customer_account: null,
    description: facts.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: facts.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: facts.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: facts.methodTypes ?? ['card'],
    payment_record: null,
    processing: null,
    receipt_email: facts.receiptEmail,
    review: null,
    setup_future_usage: facts.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: facts.statementDescriptor,
    statement_descriptor_suffix: facts.statementDescriptorSuffix,
    status: facts.paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    transfer_data: null,
    transfer_group: facts.transferGroup,
  }) satisfies Stripe.PaymentIntent;

/** What the customer is asked to do when their bank wants to see them. */
export const askForAuthentication = (
  id: string,
  clientSecret: string | null,
  returnUrl: string | undefined,
) =>
  (returnUrl === undefined
    ? {
        type: 'use_stripe_sdk',
        use_stripe_sdk: {
          type: 'three_d_secure_redirect',
          stripe_js: `https://hooks.stripe.com/redirect/authenticate/${id}`,
        },
      }
    : {
        type: 'redirect_to_url',
        redirect_to_url: {
          return_url: returnUrl,
          url: `https://hooks.stripe.com/redirect/authenticate/${id}?client_secret=${clientSecret ?? ''}`,
        },
      }) satisfies Stripe.PaymentIntent.NextAction;
