import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  clientSecret: string;
  created: number;
  customer: string | null;
  description: string | null;
  metadata: Stripe.Metadata;
  paymentMethod: string | null;
  methodTypes: string[] | null;
  automaticMethods: Stripe.SetupIntent.AutomaticPaymentMethods | null;
  usage: string;
}

/** An intent to save a card, as it is born. */
export const setupIntent = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'setup_intent',
    allowed_payment_method_types: facts.methodTypes,
    application: null,
    automatic_payment_methods: facts.automaticMethods,
    cancellation_reason: null,
    client_secret: facts.clientSecret,
    created: facts.created,
    customer: facts.customer,
    customer_account: null,
    description: facts.description,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: facts.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: facts.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: facts.methodTypes ?? ['card'],
    single_use_mandate: null,
    status: facts.paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    usage: facts.usage,
  }) satisfies Stripe.SetupIntent;
