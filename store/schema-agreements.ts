import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { BaseState, Columns } from '../domain/machine.ts';
import type { Policy } from '../domain/policy.ts';
import { flag, instant, json } from './columns.ts';

/** How to reach a person. Kept in the agreement's row and nowhere else, so that one delete forgets them. */
export interface Contact {
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
}

/** One row for each agreement: what it was started with, its latest state, and what lists search by. */
export const agreements = sqliteTable(
  'agreements',
  {
    workflowId: text('workflow_id').primaryKey(),
    kind: text('kind').notNull(),
    id: text('id').notNull(),
    inputHash: text('input_hash').notNull(),
    input: json('input').$type<unknown>().notNull(),
    contacts: json('contacts').$type<Readonly<Record<string, Contact>>>().notNull(),
    metadata: json('metadata').$type<Readonly<Record<string, string>>>().notNull(),
    state: json('state').$type<BaseState>().notNull(),
    rev: integer('rev').notNull(),
    status: text('status').notNull(),
    paymentState: text('payment_state').notNull(),
    payeeAccount: text('payee_account').notNull(),
    needsAttention: text('needs_attention'),
    open: flag('open').notNull(),
    waitsFor: text('waits_for').$type<NonNullable<Columns['waitsFor']>>(),
    settlesAt: instant('settles_at').notNull(),
    disputeDeadline: instant('dispute_deadline'),
    nextWakeAt: instant('next_wake_at'),
    amount: integer('amount').notNull(),
    currency: text('currency').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    index('agreements_newest').on(t.kind, t.createdAt, t.workflowId),
    index('agreements_by_status').on(t.kind, t.status, t.createdAt, t.workflowId),
    index('agreements_by_payee').on(t.payeeAccount, t.createdAt, t.workflowId),
    index('agreements_by_wake').on(t.open, t.nextWakeAt),
    index('agreements_by_settlement').on(t.open, t.paymentState, t.settlesAt),
    index('agreements_parked')
      .on(t.needsAttention, t.createdAt)
      .where(sql`needs_attention is not null`),
  ],
);

/** Which story each object at Stripe belongs to. */
export const stripeObjects = sqliteTable(
  'stripe_objects',
  {
    objectId: text('object_id').primaryKey(),
    workflowId: text('workflow_id').notNull(),
    kind: text('kind').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [index('stripe_objects_by_story').on(t.workflowId)],
);

/** Every version of every policy; running agreements keep the one they pinned. */
export const policies = sqliteTable(
  'policies',
  {
    id: text('id').notNull(),
    version: integer('version').notNull(),
    kind: text('kind').$type<Policy['kind']>().notNull(),
    terms: json('terms').$type<Policy>().notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (t) => [primaryKey({ columns: [t.id, t.version] })],
);

/** The payees and their connected accounts. */
export const accounts = sqliteTable(
  'accounts',
  {
    id: text('id').primaryKey(),
    stripeAccountId: text('stripe_account_id').unique(),
    email: text('email').notNull(),
    country: text('country').notNull(),
    type: text('type').notNull(),
    status: text('status', {
      enum: ['pending', 'configured', 'restricted', 'rejected', 'disconnected'],
    }).notNull(),
    transfersEnabled: flag('transfers_enabled').notNull(),
    payoutsEnabled: flag('payouts_enabled').notNull(),
    payoutSchedule: text('payout_schedule', { enum: ['manual', 'automatic'] }).notNull(),
    onboarding: json('onboarding').$type<unknown>(),
    frozen: flag('frozen').notNull(),
    inputHash: text('input_hash').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [index('accounts_newest').on(t.createdAt, t.id)],
);

/** Which customer at Stripe stands for which payer. */
export const customers = sqliteTable('customers', {
  personId: text('person_id').primaryKey(),
  stripeCustomerId: text('stripe_customer_id').notNull().unique(),
  createdAt: instant('created_at').notNull(),
});

/** What a provider offers; a price of null is the provider's default price. */
export interface EventType {
  readonly id: number;
  readonly title: string;
  readonly price: number | null;
  /** In minutes. */
  readonly duration: number;
  readonly seats: number;
}

/** The providers, whose time is booked and whose account is paid for it. */
export const providers = sqliteTable(
  'providers',
  {
    id: text('id').primaryKey(),
    username: text('username').notNull().unique(),
    account: text('account').notNull(),
    defaultPrice: integer('default_price').notNull(),
    currency: text('currency').notNull(),
    eventTypes: json('event_types').$type<readonly EventType[]>().notNull(),
    inputHash: text('input_hash').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [index('providers_newest').on(t.createdAt, t.id)],
);

/** Who sits where at a provider's time: one row for each seat that is being paid for or bought. */
export const seats = sqliteTable(
  'seats',
  {
    slot: text('slot').notNull(),
    workflowId: text('workflow_id').notNull(),
    label: text('label'),
    /** Taken for a move to this slot which the story has not made yet; it counts like any other. */
    reserved: flag('reserved').notNull(),
    takenAt: instant('taken_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.slot, t.workflowId] }),
    index('seats_by_story').on(t.workflowId),
    uniqueIndex('seats_label_once')
      .on(t.slot, t.label)
      .where(sql`label is not null`),
  ],
);

/** What payees owe the platform, one row for each agreement in which it laid money out for them. */
export const debts = sqliteTable(
  'debts',
  {
    workflowId: text('workflow_id').primaryKey(),
    account: text('account').notNull(),
    currency: text('currency').notNull(),
    /** What the platform has laid out, as the story says. */
    advanced: integer('advanced').notNull(),
    /** What was kept back from other agreements' transfers. */
    recovered: integer('recovered').notNull(),
    /** What was recovered when the story closed the debt, and all that ever counts of it; null while it is open. */
    closedWith: integer('closed_with'),
    openedAt: instant('opened_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    alertedAt: instant('alerted_at'),
  },
  (t) => [
    index('debts_by_account').on(t.account, t.currency, t.openedAt),
    index('debts_to_alert')
      .on(t.openedAt)
      .where(sql`alerted_at is null`),
    check('debts_amounts', sql`advanced >= 0 and recovered >= 0`),
  ],
);

/** Which operation kept back how much for which debt. */
export const recoveries = sqliteTable(
  'recoveries',
  {
    operationKey: text('operation_key').notNull(),
    workflowId: text('workflow_id')
      .notNull()
      .references(() => debts.workflowId),
    amount: integer('amount').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.operationKey, t.workflowId] }),
    check('recoveries_amount', sql`amount > 0`),
  ],
);
