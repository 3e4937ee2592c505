import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
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
