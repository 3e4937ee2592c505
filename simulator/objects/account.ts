import type { Stripe } from 'stripe';

interface Facts {
  id: string;
  created: number;
  country: string;
  currency: string;
  email: string | null;
  type: Stripe.Account.Type;
  businessType: Stripe.Account.BusinessType | null;
  capabilities: Stripe.Account.Capabilities;
  metadata: Stripe.Metadata;
  controller: Stripe.Account.Controller;
}

/** What Stripe still wants to know; empty once the form is filled in. */
export const requirements = (
  due: string[],
  disabledReason: Stripe.Account.Requirements.DisabledReason | null,
): Stripe.Account.Requirements => ({
  alternatives: [],
  current_deadline: null,
  currently_due: due,
  disabled_reason: disabledReason,
  errors: [],
  eventually_due: due,
  past_due: due,
  pending_verification: [],
});

/** What a form that nobody filled in still lacks. */
const unanswered = ['external_account', 'tos_acceptance.date', 'tos_acceptance.ip'];

const settings: Stripe.Account.Settings = {
  branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
  card_payments: {
    statement_descriptor_prefix: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  dashboard: { display_name: null, timezone: 'Etc/UTC' },
  invoices: { default_account_tax_ids: null, hosted_payment_method_save: 'offer' },
  payments: {
    statement_descriptor: null,
    statement_descriptor_kana: null,
    statement_descriptor_kanji: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  payouts: {
    debit_negative_balances: true,
    schedule: { delay_days: 2, interval: 'daily' },
    statement_descriptor: null,
  },
  sepa_debit_payments: {},
};

/** Whoever is paid through the platform, before they have answered anything. */
export const account = (facts: Facts) =>
  ({
    id: facts.id,
    object: 'account',
    business_profile: {
      annual_revenue: null,
      estimated_worker_count: null,
      mcc: null,
      minority_owned_business_designation: null,
      name: null,
      product_description: null,
      specified_commercial_transactions_act_url: null,
      support_address: null,
      support_email: null,
      support_phone: null,
      support_url: null,
      url: null,
    },
    business_type: facts.businessType,
    capabilities: facts.capabilities,
    charges_enabled: false,
    controller: facts.controller,
    country: facts.country,
    created: facts.created,
    default_currency: facts.currency,
    details_submitted: false,
    email: facts.email,
    external_accounts: {
      object: 'list',
      data: [],
      has_more: false,
      url: `/v1/accounts/${facts.id}/external_accounts`,
    },
    future_requirements: { ...requirements([], null), disabled_reason: null, errors: [] },
    metadata: facts.metadata,
    payouts_enabled: false,
    requirements: requirements(unanswered, 'requirements.past_due'),
    settings,
    tos_acceptance: { date: null, ip: null, user_agent: null },
    type: facts.type,
  }) satisfies Stripe.Account;

/** The bank account that an onboarded account is paid out to. */
export const bankAccount = (id: string, owner: string, country: string, currency: string) =>
  ({
    id,
    object: 'bank_account',
    account: owner,
    account_holder_name: null,
    account_holder_type: null,
    account_type: null,
    available_payout_methods: ['standard'],
    bank_name: 'STRIPE TEST BANK',
    country,
    currency,
    default_for_currency: true,
    fingerprint: 'fpbankaccount',
    future_requirements: { currently_due: [], errors: [], past_due: [], pending_verification: [] },
    last4: '6789',
    metadata: {},
    requirements: { currently_due: [], errors: [], past_due: [], pending_verification: [] },
    routing_number: '110000000',
    status: 'new',
  }) satisfies Stripe.BankAccount;

/** A capability of a rejected account says so; any other waits for answers. */
const disabledBecause = (owner: Stripe.Account): Stripe.Capability.Requirements.DisabledReason =>
  owner.requirements?.disabled_reason?.startsWith('rejected.')
    ? 'rejected.other'
    : 'requirements.fields_needed';

/** One capability of an account, as the capabilities endpoint shows it. */
export const capability = (owner: Stripe.Account, id: string, status: Stripe.Capability.Status) =>
  ({
    id,
    object: 'capability',
    account: owner.id,
    future_requirements: {
      alternatives: [],
      current_deadline: null,
      currently_due: [],
      disabled_reason: null,
      errors: [],
      eventually_due: [],
      past_due: [],
      pending_verification: [],
    },
    requested: status !== 'unrequested',
    requested_at: owner.created ?? null,
    requirements: {
      alternatives: [],
      current_deadline: null,
      currently_due: owner.requirements?.currently_due ?? [],
      disabled_reason: status === 'active' ? null : disabledBecause(owner),
      errors: [],
      eventually_due: owner.requirements?.eventually_due ?? [],
      past_due: owner.requirements?.past_due ?? [],
      pending_verification: [],
    },
    status,
  }) satisfies Stripe.Capability;
