import { asc, eq, getTableColumns, inArray, or } from 'drizzle-orm';
import type { Agreement } from './agreements.ts';
import type { Alert } from './alerts.ts';
import type { AuditRow } from './audit.ts';
import type { Debt } from './debts.ts';
import type { InboxEvent } from './inbox.ts';
import type { Operation } from './journal.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Message } from './outbox.ts';
import type { recoveries, stripeObjects } from './schema-agreements.ts';
import type { Engine } from './sqlite.ts';
import { rows, type Session, type Unit } from './unit.ts';

/** What one operation kept back of a payee's money for one older debt. */
export type Recovery = typeof recoveries.$inferSelect;

/** Which story an object at Stripe belongs to. */
export type ObjectOwner = typeof stripeObjects.$inferSelect;

/** An event of the inbox without Stripe's own text of it. */
export type InboxNote = Omit<InboxEvent, 'payload'>;

/** A message without its address and its words. */
export type MessageNote = Omit<Message, 'to' | 'subject' | 'text'>;

/** Every row about money and about what was done to it, of one moment. */
export interface Facts {
  readonly agreements: readonly Agreement[];
  readonly operations: readonly Operation[];
  readonly ledger: readonly LedgerEntry[];
  /** In the order of their numbers. */
  readonly audit: readonly AuditRow[];
  readonly inbox: readonly InboxNote[];
  readonly alerts: readonly Alert[];
  readonly debts: readonly Debt[];
  readonly recoveries: readonly Recovery[];
  readonly messages: readonly MessageNote[];
  readonly owners: readonly ObjectOwner[];
}

function* everything({ db, t }: Session): Unit<Facts> {
  const { payload: _payload, ...note } = getTableColumns(t.webhookEvents);
  const { to: _to, subject: _subject, text: _text, ...message } = getTableColumns(t.outbox);
  return {
    agreements: yield* rows(db.select().from(t.agreements).orderBy(asc(t.agreements.createdAt))),
    operations: yield* rows(db.select().from(t.operations).orderBy(asc(t.operations.createdAt))),
    ledger: yield* rows(db.select().from(t.ledgerEntries).orderBy(asc(t.ledgerEntries.at))),
    audit: yield* rows(db.select().from(t.auditLog).orderBy(asc(t.auditLog.seq))),
    inbox: yield* rows(db.select(note).from(t.webhookEvents).orderBy(asc(t.webhookEvents.receivedAt))),
    alerts: yield* rows(db.select().from(t.alerts).orderBy(asc(t.alerts.createdAt))),
    debts: yield* rows(db.select().from(t.debts).orderBy(asc(t.debts.openedAt))),
    recoveries: yield* rows(db.select().from(t.recoveries)),
    messages: yield* rows(db.select(message).from(t.outbox).orderBy(asc(t.outbox.createdAt))),
    owners: yield* rows(db.select().from(t.stripeObjects).orderBy(asc(t.stripeObjects.createdAt))),
  };
}

/** Only what concerns one story; the rows of others are not read. */
function* ofStory({ db, t }: Session, workflowId: string): Unit<Facts> {
  const { payload: _payload, ...note } = getTableColumns(t.webhookEvents);
  const { to: _to, subject: _subject, text: _text, ...message } = getTableColumns(t.outbox);
  const { agreements: g, operations: o, ledgerEntries: l, auditLog: a, webhookEvents: e, stripeObjects: s } = t;
  const own = db.select({ id: s.objectId }).from(s).where(eq(s.workflowId, workflowId));
  const keys = db.select({ key: o.key }).from(o).where(eq(o.workflowId, workflowId));
  const isTheirs = or(eq(t.recoveries.workflowId, workflowId), inArray(t.recoveries.operationKey, keys));
  return {
    agreements: yield* rows(db.select().from(g).where(eq(g.workflowId, workflowId))),
    operations: yield* rows(db.select().from(o).where(eq(o.workflowId, workflowId)).orderBy(asc(o.createdAt))),
    ledger: yield* rows(db.select().from(l).where(eq(l.workflowId, workflowId)).orderBy(asc(l.at))),
    audit: yield* rows(db.select().from(a).where(eq(a.subject, workflowId)).orderBy(asc(a.seq))),
    inbox: yield* rows(db.select(note).from(e).where(inArray(e.objectId, own)).orderBy(asc(e.receivedAt))),
    alerts: yield* rows(db.select().from(t.alerts).where(eq(t.alerts.subject, workflowId))),
    debts: yield* rows(db.select().from(t.debts).where(eq(t.debts.workflowId, workflowId))),
    recoveries: yield* rows(db.select().from(t.recoveries).where(isTheirs)),
    messages: yield* rows(db.select(message).from(t.outbox).where(eq(t.outbox.agreement, workflowId))),
    owners: yield* rows(db.select().from(s).where(eq(s.workflowId, workflowId))),
  };
} // prettier-ignore

/** The facts as others use them; they are read and never changed. */
export const facts = (engine: Engine) => ({
  /** Every row of one moment: of one story or of all. */
  readFacts: (workflowId?: string): Promise<Facts> =>
    engine.read((s) => (workflowId === undefined ? everything(s) : ofStory(s, workflowId))),
});
