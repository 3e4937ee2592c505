import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { flag, instant, json } from './columns.ts';

/** The inbox: every Stripe event once, however often it is delivered. */
export const webhookEvents = sqliteTable(
  'webhook_events',
  {
    eventId: text('event_id').primaryKey(),
    endpoint: text('endpoint', { enum: ['platform', 'connect'] }).notNull(),
    account: text('account'),
    type: text('type').notNull(),
    objectId: text('object_id'),
    apiVersion: text('api_version'),
    livemode: flag('livemode').notNull(),
    eventCreatedAt: instant('event_created_at').notNull(),
    requestKey: text('request_key'),
    payload: json('payload').$type<unknown>().notNull(),
    status: text('status', { enum: ['received', 'delivered', 'waiting', 'ignored'] }).notNull(),
    reason: text('reason'),
    attempts: integer('attempts').notNull(),
    nextAttemptAt: instant('next_attempt_at'),
    receivedAt: instant('received_at').notNull(),
    doneAt: instant('done_at'),
  },
  (t) => [
    index('webhook_events_due').on(t.status, t.nextAttemptAt),
    index('webhook_events_in_turn').on(t.nextAttemptAt, t.eventCreatedAt, t.eventId),
    index('webhook_events_by_object').on(t.objectId),
    check('webhook_events_status', sql`status in ('received', 'delivered', 'waiting', 'ignored')`),
  ],
);

/** Messages to people, written with the change they tell of and sent later. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    /** Whose address is looked up when the message is sent; null where `to` is the address itself. */
    recipient: text('recipient', { enum: ['payer', 'payee', 'admin'] }),
    to: text('to'),
    /** Null until the message is sent, unless its words were given with it: they tell what is true when it is sent. */
    subject: text('subject'),
    text: text('text'),
    agreement: text('agreement'),
    /** When its story came to owe it; null for a message no story owes. */
    owedAt: instant('owed_at'),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
    attempts: integer('attempts').notNull(),
    nextAttemptAt: instant('next_attempt_at'),
    error: text('error'),
  },
  (t) => [
    // A story tells its notices again with every state; the database refuses the second of each.
    uniqueIndex('outbox_owed_once').on(t.agreement, t.kind, t.recipient, t.owedAt),
    index('outbox_newest').on(t.createdAt, t.id),
    index('outbox_due')
      .on(t.nextAttemptAt)
      .where(sql`sent_at is null`),
  ],
);

/** Answers to requests that carried an idempotency key. */
export const replyKeys = sqliteTable(
  'reply_keys',
  {
    caller: text('caller').notNull(),
    route: text('route').notNull(),
    key: text('key').notNull(),
    bodyHash: text('body_hash').notNull(),
    /** The HTTP status of the stored answer; null while the first request still runs. */
    status: integer('status'),
    response: json('response').$type<unknown>(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.caller, t.route, t.key] }), index('reply_keys_by_age').on(t.createdAt)],
);

/** Small facts that outlive a restart. */
export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: json('value').$type<unknown>().notNull(),
});
