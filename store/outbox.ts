import { and, asc, desc, eq, isNull, lte, sql } from 'drizzle-orm';
import type { Instant } from '../domain/time.ts';
import { afterCursor, newId, pageOf, rowsToAsk, type Page, type PageRequest } from './page.ts';
import type { outbox as outboxTable } from './schema-messages.ts';
import type { Engine } from './sqlite.ts';
import { exec, rows, type Session, type Unit } from './unit.ts';

/** One message, sent or still to be sent. */
export type Message = typeof outboxTable.$inferSelect;

/** A message to a person about an agreement (null: about no single one). */
export interface NewMessage {
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly agreement: string | null;
}

/** Writes messages with the change they tell of: no change without its message, no message without its change. */
export function* enqueue({ db, t }: Session, messages: readonly NewMessage[], at: Instant): Unit<void> {
  if (messages.length === 0) return;
  const written = messages.map((message) => ({
    ...message,
    id: newId('msg'),
    createdAt: at,
    attempts: 0,
    nextAttemptAt: at,
  }));
  yield* exec(db.insert(t.outbox).values(written));
}

/** What came of an attempt to send: sent, or failed and when to try again (null: never). */
export type SendResult =
  | { readonly id: string; readonly at: Instant; readonly sent: true }
  | { readonly id: string; readonly at: Instant; readonly sent: false; readonly error: string; readonly nextAttemptAt: Instant | null }; // prettier-ignore

/** The outbox as others use it. */
export const outbox = (engine: Engine) => ({
  /** Writes messages in a transaction of its own. */
  enqueueMessages: (messages: readonly NewMessage[], at: Instant): Promise<void> =>
    engine.transact((s) => enqueue(s, messages, at)),

  /** Messages whose time to be sent has come, oldest first. */
  dueMessages: ({ now, limit }: { now: Instant; limit: number }): Promise<Message[]> =>
    engine.read(({ db, t: { outbox: o } }) =>
      rows(
        db
          .select()
          .from(o)
          .where(and(isNull(o.sentAt), lte(o.nextAttemptAt, now)))
          .orderBy(asc(o.nextAttemptAt), asc(o.id))
          .limit(limit),
      ),
    ),

  /** Notes what came of an attempt to send; answers false for a message that was already sent. */
  markMessage: (result: SendResult): Promise<boolean> =>
    engine.transact(function* ({ db, t: { outbox: o } }) {
      const news = result.sent
        ? { sentAt: result.at, nextAttemptAt: null, error: null }
        : { nextAttemptAt: result.nextAttemptAt, error: result.error };
      const changed = yield* exec(
        db
          .update(o)
          .set({ ...news, attempts: sql`${o.attempts} + 1` })
          .where(and(eq(o.id, result.id), isNull(o.sentAt))),
      );
      return changed === 1;
    }),

  /** Lists the newest first. */
  listMessages: (page: PageRequest): Promise<Page<Message>> =>
    engine.read(function* ({ db, t: { outbox: o } }) {
      const found = yield* rows(
        db
          .select()
          .from(o)
          .where(afterCursor(page, o.createdAt, o.id))
          .orderBy(desc(o.createdAt), desc(o.id))
          .limit(rowsToAsk(page)),
      );
      return pageOf(found, page, (row) => [row.createdAt, row.id]);
    }),
});
