import type { BookingView, LessonView } from '../views.ts';

/** What the ids that the deeds need are read from. */
export type Triggered = LessonView | BookingView;

/** What a deed outside Holdfast is done to, and how its id is read from the agreement; an account is found by its own id. */
export const subjects = {
  payment: ({ payment }: Triggered) => payment.paymentIntentId,
  card: ({ payment }: Triggered) => ('setupIntentId' in payment ? payment.setupIntentId : null),
  checkout: ({ payment }: Triggered) => ('sessionId' in payment ? payment.sessionId : null),
  charge: ({ payment }: Triggered) => payment.chargeId,
  payout: ({ payment }: Triggered) => payment.payoutId,
  refund: ({ payment }: Triggered) => payment.refundIds.at(-1) ?? null,
  dispute: (view: Triggered) => ('bankDisputes' in view ? (view.bankDisputes.at(-1)?.id ?? null) : null),
  account: () => null,
};

/** One deed: the control that does it, and to what. */
export interface Deed {
  readonly of: keyof typeof subjects;
  readonly path: (id: string) => string;
  readonly body?: (id: string) => Readonly<Record<string, unknown>>;
}

const on = (of: Deed['of'], collection: string, verb: string): Deed => ({
  of,
  path: (id) => `/${collection}/${id}/${verb}`,
});

/** Each event and the deed outside Holdfast that makes it happen. */
export const deeds: Readonly<Record<string, Deed>> = {
  'checkout.session.completed': on('checkout', 'checkout/sessions', 'complete'),
  'checkout.session.declined': on('checkout', 'checkout/sessions', 'fail'),
  'checkout.session.expired': on('checkout', 'checkout/sessions', 'expire'),
  'checkout.session.async_payment_succeeded': on('payment', 'payment_intents', 'succeed'),
  'checkout.session.async_payment_failed': on('payment', 'payment_intents', 'fail'),
  'payment_intent.canceled': on('payment', 'payment_intents', 'cancel'),
  'payment_intent.succeeded': on('payment', 'payment_intents', 'capture'),
  'payment_intent.amount_capturable_updated': on('payment', 'payment_intents', 'succeed'),
  'payment_intent.payment_failed': on('payment', 'payment_intents', 'fail'),
  'payment_intent.processing': on('payment', 'payment_intents', 'process'),
  'payment_intent.requires_action': on('payment', 'payment_intents', 'require_action'),
  'setup_intent.succeeded': on('card', 'setup_intents', 'succeed'),
  'setup_intent.setup_failed': on('card', 'setup_intents', 'fail'),
  'payout.paid': on('payout', 'payouts', 'pay'),
  'payout.failed': on('payout', 'payouts', 'fail'),
  'refund.updated': on('refund', 'refunds', 'succeed'),
  'refund.failed': on('refund', 'refunds', 'fail'),
  'charge.dispute.created': {
    of: 'charge',
    path: () => '/disputes',
    body: (charge) => ({ charge, reason: 'fraudulent' }),
  },
  'charge.dispute.won': on('dispute', 'disputes', 'win'),
  'charge.dispute.lost': on('dispute', 'disputes', 'lose'),
  'charge.dispute.closed': on('dispute', 'disputes', 'close'),
  'radar.early_fraud_warning.created': {
    of: 'charge',
    path: () => '/early_fraud_warnings',
    body: (charge) => ({ charge }),
  },
  'account.updated': {
    of: 'account',
    path: (id) => `/accounts/${id}`,
    body: () => ({ payouts_enabled: false }),
  },
  'account.application.deauthorized': on('account', 'accounts', 'deauthorize'),
};

/** Events of the calendar, which are about no agreement: whoever asks it next meets them. */
export const calendarFaults: Readonly<Record<string, string>> = {
  'calendar.refused': 'refuse',
  'calendar.lost_before': 'drop_before',
  'calendar.lost_after': 'drop_after',
};
