import type { Stripe } from 'stripe';
import { Table, type Row } from './table.ts';
import type { Mark } from './clock.ts';
import type { Appointment } from './schedule.ts';
import type { Tally, Violation } from './books.ts';
import type { StoredAnswer } from '../http/idempotency.ts';
import type { LoggedRequest } from '../http/request-log.ts';
import type { ArmedFault } from '../http/faults.ts';
import type { Delivery, Listener } from '../webhooks/delivery.ts';
import type { SimEvent } from '../webhooks/events.ts';
import type { CheckoutFacts } from '../resources/checkout-parameters.ts';
import type { CardFacts } from '../resources/test-cards.ts';

/** The id of an expandable field, whether or not its type allows the object in its place. */
export const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);

/** Everything the simulator knows, one table per kind; the first block is what the API shows, the second what it keeps to itself. */
export const createTables = () => ({
  accounts: new Table<Stripe.Account>('account'),
  balanceTransactions: new Table<Stripe.BalanceTransaction>('balance_transaction', {
    source: (row) => idOf(row.source),
  }),
  charges: new Table<Stripe.Charge>('charge', { payment_intent: (row) => idOf(row.payment_intent) }),
  checkoutSessions: new Table<Stripe.Checkout.Session>('checkout_session', {
    payment_intent: (row) => idOf(row.payment_intent),
  }),
  customers: new Table<Stripe.Customer>('customer'),
  disputes: new Table<Stripe.Dispute>('dispute', { charge: (row) => idOf(row.charge) }),
  earlyFraudWarnings: new Table<Stripe.Radar.EarlyFraudWarning>('early_fraud_warning', {
    charge: (row) => idOf(row.charge),
  }),
  events: new Table<SimEvent>('event'),
  paymentIntents: new Table<Stripe.PaymentIntent>('payment_intent', {
    customer: (row) => idOf(row.customer),
  }),
  paymentMethods: new Table<Stripe.PaymentMethod>('payment_method', {
    customer: (row) => idOf(row.customer),
  }),
  payouts: new Table<Stripe.Payout>('payout'),
  refunds: new Table<Stripe.Refund>('refund', {
    charge: (row) => idOf(row.charge),
    pending_reason: (row) => row.pending_reason ?? null,
    payment_intent: (row) => idOf(row.payment_intent),
  }),
  reversals: new Table<Stripe.TransferReversal>('transfer_reversal', {
    transfer: (row) => idOf(row.transfer),
  }),
  setupIntents: new Table<Stripe.SetupIntent>('setup_intent', { customer: (row) => idOf(row.customer) }),
  transfers: new Table<Stripe.Transfer>('transfer', {
    transfer_group: (row) => row.transfer_group,
    destination: (row) => idOf(row.destination),
    source_transaction: (row) => idOf(row.source_transaction),
  }),
  webhookEndpoints: new Table<Stripe.WebhookEndpoint>('webhook_endpoint'),

  appointments: new Table<Appointment>('appointment'),
  answers: new Table<StoredAnswer>('answer'),
  cards: new Table<CardFacts>('card'),
  checkouts: new Table<CheckoutFacts>('checkout'),
  deliveries: new Table<Delivery>('delivery', { event: (row) => row.event }),
  faults: new Table<ArmedFault>('fault'),
  listeners: new Table<Listener>('listener'),
  log: new Table<LoggedRequest>('request'),
  marks: new Table<Mark>('mark'),
  tallies: new Table<Tally>('tally', { place: (row) => row.place }),
  violations: new Table<Violation>('violation'),
});

export type Tables = ReturnType<typeof createTables>;

/** The tables whose objects an id can be expanded into, by the id's prefix. */
export const tableOfPrefix = (tables: Tables): Record<string, Table<Row>> => ({
  acct: tables.accounts as unknown as Table<Row>,
  ch: tables.charges as unknown as Table<Row>,
  cs: tables.checkoutSessions as unknown as Table<Row>,
  cus: tables.customers as unknown as Table<Row>,
  du: tables.disputes as unknown as Table<Row>,
  evt: tables.events as unknown as Table<Row>,
  issfr: tables.earlyFraudWarnings as unknown as Table<Row>,
  pi: tables.paymentIntents as unknown as Table<Row>,
  pm: tables.paymentMethods as unknown as Table<Row>,
  po: tables.payouts as unknown as Table<Row>,
  py: tables.charges as unknown as Table<Row>,
  pyr: tables.refunds as unknown as Table<Row>,
  re: tables.refunds as unknown as Table<Row>,
  seti: tables.setupIntents as unknown as Table<Row>,
  tr: tables.transfers as unknown as Table<Row>,
  trr: tables.reversals as unknown as Table<Row>,
  txn: tables.balanceTransactions as unknown as Table<Row>,
});
