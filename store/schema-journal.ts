import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { AlertType, Fact } from '../domain/machine.ts';
import { instant, json } from './columns.ts';

/** The journal: one row for each effect on the world outside, written before the effect is tried. */
export const operations = sqliteTable(
  'operations',
  {
    key: text('key').primaryKey(),
    workflowId: text('workflow_id').notNull(),
    kind: text('kind').notNull(),
    params: json('params').$type<unknown>().notNull(),
    paramsHash: text('params_hash').notNull(),
    generation: integer('generation').notNull(),
    status: text('status', { enum: ['intended', 'done'] }).notNull(),
    result: text('result', { enum: ['effect', 'none'] }),
    outcome: json('outcome').$type<Fact>(),
    stripeIds: json('stripe_ids').$type<readonly string[]>().notNull(),
    requestId: text('request_id'),
    createdAt: instant('created_at').notNull(),
    /** When the present generation began (or the operation ended): tells how old its idempotency key is. */
    updatedAt: instant('updated_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  (t) => [
    index('operations_by_story').on(t.workflowId, t.createdAt),
    index('operations_unfinished')
      .on(t.createdAt)
      .where(sql`status = 'intended'`),
    check('operations_status', sql`status in ('intended', 'done')`),
    check('operations_result', sql`(status = 'done') = (result is not null)`),
  ],
);

/** Where money went: signed lines that sum to zero within each operation. */
export const ledgerEntries = sqliteTable(
  'ledger_entries',
  {
    id: text('id').primaryKey(),
    workflowId: text('workflow_id').notNull(),
    operationKey: text('operation_key')
      .notNull()
      .references(() => operations.key),
    account: text('account').notNull(),
    currency: text('currency').notNull(),
    amount: integer('amount').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [
    index('ledger_by_story').on(t.workflowId),
    index('ledger_by_account').on(t.account, t.currency),
    index('ledger_by_operation').on(t.operationKey),
  ],
);

/** Who did what to whose money: a chain of hashes that only ever grows. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    at: instant('at').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    operationKey: text('operation_key'),
    stripeRequestId: text('stripe_request_id'),
    reason: text('reason'),
    before: json('before').$type<unknown>(),
    after: json('after').$type<unknown>(),
    prevHash: text('prev_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [
    // Two rows after the same one would be a fork of the chain; the database refuses the second.
    uniqueIndex('audit_log_chain').on(t.prevHash),
    index('audit_log_by_subject').on(t.subject, t.seq),
    index('audit_log_by_operation').on(t.operationKey),
  ],
);

/** What a person should look at; at most one is open for each type and subject. */
export const alerts = sqliteTable(
  'alerts',
  {
    id: text('id').primaryKey(),
    type: text('type').$type<AlertType>().notNull(),
    severity: text('severity', { enum: ['medium', 'high', 'critical'] }).notNull(),
    subject: text('subject').notNull(),
    message: text('message').notNull(),
    count: integer('count').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    resolvedAt: instant('resolved_at'),
    resolvedBy: text('resolved_by'),
    resolution: text('resolution'),
  },
  (t) => [
    uniqueIndex('alerts_one_open')
      .on(t.type, t.subject)
      .where(sql`resolved_at is null`),
    index('alerts_newest').on(t.createdAt, t.id),
    index('alerts_by_subject').on(t.subject),
  ],
);

/** Which notes of a story were turned into alerts; resolving the alert does not make an old note news again. */
export const alertNotes = sqliteTable(
  'alert_notes',
  { subject: text('subject').notNull(), type: text('type').notNull(), at: instant('at').notNull() },
  (t) => [primaryKey({ columns: [t.subject, t.type, t.at] })],
);
