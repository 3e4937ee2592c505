// Which of Stripe's event types concern us, and how.

/** News about a connected account: its row is read again from Stripe, and whoever waits for it is told. */
const accountTypes = new Set(['account.updated', 'capability.updated', 'account.application.deauthorized']);

export const isAboutAccount = (type: string): boolean => accountTypes.has(type);

/** The event types whose objects belong to agreements (spec 5); everything else is taken and laid aside. */
const agreementTypes = new Set([
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'payment_intent.amount_capturable_updated',
  'payment_intent.requires_action',
  'payment_intent.processing',
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'charge.refunded',
  'charge.captured',
  'charge.expired',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'radar.early_fraud_warning.created',
  'transfer.created',
  'transfer.reversed',
  'payout.paid',
  'payout.failed',
  'payout.canceled',
  'setup_intent.succeeded',
  'setup_intent.setup_failed',
]);

/** What may have to be acted on although the agreement is over: its story is taken up again for it (W3). */
const wakingTypes = new Set([
  'payment_intent.succeeded',
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'charge.refunded',
  'refund.updated',
  'refund.failed',
  'transfer.reversed',
  'radar.early_fraud_warning.created',
]);

export const canWake = (type: string): boolean => wakingTypes.has(type) || isAboutDispute(type);

/** A dispute of the bank's: besides its agreement it has a story of its own. */
export const isAboutDispute = (type: string): boolean => type.startsWith('charge.dispute.');

export const isAboutAgreement = (type: string): boolean => agreementTypes.has(type);

/** Types that somebody here does something about. */
export const isKnownEvent = (type: string): boolean => isAboutAccount(type) || isAboutAgreement(type);

/** What a bank or Stripe itself does, whatever request it was caused by: never an echo of ours. */
const neverEchoes = /^(?:charge\.dispute\.|refund\.failed$|payout\.failed$|radar\.)/;

/**
 * Whether an event of this type, caused by a request of ours, is its mere echo: a story has or will read that request's
 * answer, so waking it would tell it nothing.
 */
export const canEcho = (type: string): boolean => isAboutAgreement(type) && !neverEchoes.test(type);
