// The endpoints of Stripe's API that the simulator answers, one file per object, and the rules behind them.

/** What the bank says when a card is charged. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
}

/** How a test payment method behaves, by Stripe's own names. */
export interface TestCard {
  readonly brand: 'visa' | 'mastercard' | 'amex' | 'discover' | 'diners' | 'jcb' | 'unionpay';
  readonly last4: string;
  readonly funding: 'credit' | 'debit' | 'prepaid';
  readonly country: string;
  readonly type: 'card' | 'us_bank_account';
  /** `always`: every payment needs the customer; `unless_set_up`: only until saved with consent; `on_session`: saved already. */
  readonly authentication: 'never' | 'always' | 'unless_set_up' | 'on_session';
  readonly charge: 'ok' | 'processing' | Decline;
  /** A decline that also refuses saving the card; others are met only when charging. */
  readonly refusesSetup: boolean;
  readonly settles: 'ordinary' | 'at_once';
  readonly refund: 'ok' | 'fails' | 'pending';
  readonly afterwards: 'nothing' | 'dispute' | 'dispute_not_received' | 'inquiry' | 'early_fraud_warning';
}

/** What the simulator knows about one payment method beyond what the API shows. */
export interface CardFacts {
  readonly id: string;
  readonly testCard: string;
  /** Saved with the customer present, so that later payments may be made without them. */
  readonly setUp: boolean;
  /** Detached, or used up without a customer: no payment takes it any more. */
  readonly spent: boolean;
}

const plain: TestCard = {
  brand: 'visa',
  last4: '4242',
  funding: 'credit',
  country: 'US',
  type: 'card',
  authentication: 'never',
  charge: 'ok',
  refusesSetup: false,
  settles: 'ordinary',
  refund: 'ok',
  afterwards: 'nothing',
};

const declined = (
  last4: string,
  declineCode: string,
  message = 'Your card was declined.',
  code = 'card_declined',
): TestCard => ({
  ...plain,
  last4,
  charge: { code, declineCode, message },
  refusesSetup: true,
});

const insufficient = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
};
const generic = { code: 'card_declined', declineCode: 'generic_decline', message: 'Your card was declined.' };

const cards: Record<string, TestCard> = {
  visa: plain,
  us: plain,
  visa_debit: { ...plain, last4: '5556', funding: 'debit' },
  mastercard: { ...plain, brand: 'mastercard', last4: '4444' },
  mastercard_debit: { ...plain, brand: 'mastercard', last4: '8210', funding: 'debit' },
  mastercard_prepaid: { ...plain, brand: 'mastercard', last4: '5100', funding: 'prepaid' },
  amex: { ...plain, brand: 'amex', last4: '8431' },
  discover: { ...plain, brand: 'discover', last4: '9424' },
  diners: { ...plain, brand: 'diners', last4: '3237' },
  jcb: { ...plain, brand: 'jcb', last4: '0505' },
  unionpay: { ...plain, brand: 'unionpay', last4: '0005' },
  gb: { ...plain, last4: '0000', country: 'GB' },
  de: { ...plain, last4: '0016', country: 'DE' },
  fr: { ...plain, last4: '0003', country: 'FR' },
  ca: { ...plain, last4: '0000', country: 'CA' },
  bypassPending: { ...plain, last4: '0077', settles: 'at_once' },
  bypassPendingInternational: { ...plain, last4: '3726', country: 'GB', settles: 'at_once' },
  chargeDeclined: declined('0002', 'generic_decline'),
  chargeDeclinedInsufficientFunds: declined(
    '9995',
    'insufficient_funds',
    'Your card has insufficient funds.',
  ),
  chargeDeclinedLostCard: declined('9987', 'lost_card'),
  chargeDeclinedStolenCard: declined('9979', 'stolen_card'),
  chargeDeclinedExpiredCard: declined('0069', 'expired_card', 'Your card has expired.', 'expired_card'),
  chargeDeclinedIncorrectCvc: declined(
    '0127',
    'incorrect_cvc',
    "Your card's security code is incorrect.",
    'incorrect_cvc',
  ),
  chargeDeclinedProcessingError: declined(
    '0119',
    'processing_error',
    'An error occurred while processing your card. Try again in a little bit.',
    'processing_error',
  ),
  chargeDeclinedVelocityLimitExceeded: declined('6975', 'card_velocity_exceeded'),
  chargeDeclinedFraudulent: declined('0019', 'fraudulent'),
  radarBlock: declined('0019', 'fraudulent'),
  chargeCustomerFail: { ...plain, last4: '0341', charge: generic },
  authenticationRequired: { ...plain, last4: '3184', authentication: 'always' },
  authenticationRequiredOnSetup: { ...plain, last4: '3155', authentication: 'unless_set_up' },
  authenticationRequiredSetupForOffSession: { ...plain, last4: '0446', authentication: 'on_session' },
  authenticationRequiredChargeDeclinedInsufficientFunds: {
    ...plain,
    last4: '9995',
    authentication: 'always',
    charge: insufficient,
  },
  threeDSecure2Required: { ...plain, last4: '3220', authentication: 'always' },
  threeDSecureRequired: { ...plain, last4: '3063', authentication: 'always' },
  threeDSecureRequiredChargeDeclined: { ...plain, last4: '8235', authentication: 'always', charge: generic },
  threeDSecureOptional: { ...plain, last4: '3055' },
  createDispute: { ...plain, last4: '0259', afterwards: 'dispute' },
  createDisputeProductNotReceived: { ...plain, last4: '2685', afterwards: 'dispute_not_received' },
  createDisputeInquiry: { ...plain, last4: '1976', afterwards: 'inquiry' },
  createIssuerFraudRecord: { ...plain, last4: '5423', afterwards: 'early_fraud_warning' },
  refundFail: { ...plain, last4: '5126', refund: 'fails' },
  pendingRefund: { ...plain, last4: '7726', refund: 'pending' },
};

const bank = { ...plain, last4: '6789', type: 'us_bank_account' } as const satisfies TestCard;

const bankAccounts: Record<string, TestCard> = {
  success: { ...bank, charge: 'ok' },
  processing: { ...bank, charge: 'processing' },
};

/** The behaviour behind a name such as `pm_card_visa`, `pm_card_visa_chargeDeclined` or `tok_visa`. */
export const testCardNamed = (name: string): TestCard | undefined => {
  const known = (table: Record<string, TestCard>, key: string) =>
    Object.hasOwn(table, key) ? table[key] : undefined;
  if (name.startsWith('pm_usBankAccount_'))
    return known(bankAccounts, name.slice('pm_usBankAccount_'.length));
  const short = name.startsWith('pm_card_')
    ? name.slice('pm_card_'.length)
    : name.startsWith('tok_')
      ? name.slice('tok_'.length)
      : undefined;
  return short === undefined ? undefined : (known(cards, short) ?? known(cards, short.replace(/^visa_/, '')));
};
