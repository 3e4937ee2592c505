import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, desc, eq, gt, max } from 'drizzle-orm';
import type { Instant } from '../domain/time.ts';
import { contentHash } from './canonical-json.ts';
import { afterCursor, pageOf, rowsToAsk, type Page, type PageRequest } from './page.ts';
import { prepared } from './prepared.ts';
import type { auditLog } from './schema-journal.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, rows, type Session, type Unit } from './unit.ts';

/** One row of the audit log, as stored. */
export type AuditRow = typeof auditLog.$inferSelect;

/** What is told to the audit log: opaque ids and amounts only, never a name, an e-mail address or a secret. */
export interface AuditEntry {
  readonly at: Instant;
  readonly actor: string;
  readonly action: string;
  /** A workflow id or the id of an object. */
  readonly subject: string;
  readonly operationKey?: string | null | undefined;
  readonly stripeRequestId?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What the first row follows. */
const origin = { seq: 0, hash: '0'.repeat(64) };

/** Rows checked before others get a turn: a few milliseconds of hashing. */
const verifyBatch = 500;

const hashOf = ({ hash: _own, ...content }: Omit<AuditRow, 'hash'> & { hash?: string }): string =>
  contentHash(content);

const newest = prepared(({ db, t: { auditLog: log } }) => {
  const last = db.select({ seq: max(log.seq) }).from(log);
  return db.select({ seq: log.seq, hash: log.hash }).from(log).where(eq(log.seq, last));
});

const appending = prepared(({ db, t: { auditLog: log } }, row: AuditRow) => db.insert(log).values(row));

/** Appends one row to the chain and answers its number. Nothing can change or remove it afterwards. */
export function* appendAudit(session: Session, entry: AuditEntry): Unit<number> {
  const last = (yield* first(newest(session, {}))) ?? origin;
  const content = {
    seq: last.seq + 1,
    at: entry.at,
    actor: entry.actor,
    action: entry.action,
    subject: entry.subject,
    operationKey: entry.operationKey ?? null,
    stripeRequestId: entry.stripeRequestId ?? null,
    reason: entry.reason ?? null,
    before: entry.before ?? null,
    after: entry.after ?? null,
    prevHash: last.hash,
  };
  yield* exec(appending(session, { ...content, hash: hashOf(content) }));
  return content.seq;
}

/** Which rows of the audit log to list. */
export interface AuditFilter extends PageRequest {
  readonly subject?: string | undefined;
  readonly operationKey?: string | undefined;
  readonly action?: string | undefined;
}

/** The audit log as others use it. */
export const audit = (engine: Engine) => ({
  /** Appends one row in a transaction of its own. */
  appendAudit: (entry: AuditEntry): Promise<number> => engine.transact((s) => appendAudit(s, entry)),

  /** Lists the newest first. */
  listAudit: (filter: AuditFilter): Promise<Page<AuditRow>> =>
    engine.read(function* ({ db, t: { auditLog: log } }) {
      const found = yield* rows(
        db
          .select()
          .from(log)
          .where(
            and(
              filter.subject === undefined ? undefined : eq(log.subject, filter.subject),
              filter.operationKey === undefined ? undefined : eq(log.operationKey, filter.operationKey),
              filter.action === undefined ? undefined : eq(log.action, filter.action),
              afterCursor(filter, log.seq, log.hash),
            ),
          )
          .orderBy(desc(log.seq))
          .limit(rowsToAsk(filter)),
      );
      return pageOf(found, filter, (row) => [row.seq, row.hash]);
    }),

  /** The number of the first row that is missing, moved or changed, or null where the chain holds to its end. */
  async verifyAudit(): Promise<number | null> {
    let last: { readonly seq: number; readonly hash: string } = origin;
    for (;;) {
      const batch = await engine.read(({ db, t: { auditLog: log } }) =>
        rows(db.select().from(log).where(gt(log.seq, last.seq)).orderBy(asc(log.seq)).limit(verifyBatch)),
      );
      for (const row of batch) {
        if (row.seq !== last.seq + 1 || row.prevHash !== last.hash) return last.seq + 1;
        if (hashOf(row) !== row.hash) return row.seq;
        last = row;
      }
      if (batch.length < verifyBatch) return null;
      await nextTurn();
    }
  },
});
