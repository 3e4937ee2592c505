import { and, asc, desc, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { Instant } from '../domain/time.ts';
import { findAgreement } from './agreements.ts';
import { raiseAlert } from './alerts.ts';
import { contactOf } from './contacts.ts';
import { noAddress, writing } from './notices.ts';
import { afterCursor, newId, pageOf, rowsToAsk, type Page, type PageRequest } from './page.ts';
import { prepared } from './prepared.ts';
import type { agreements as agreementsTable, Contact } from './schema-agreements.ts';
import type { outbox as outboxTable } from './schema-messages.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, rows, type Session, type Unit } from './unit.ts';

/** One message, sent or still to be sent. */
export type Message = typeof outboxTable.$inferSelect;

/** A message with what is known now of the agreement it is about and of the side it is for. */
export interface MessageInContext {
  readonly message: Message;
  readonly agreement: typeof agreementsTable.$inferSelect | null;
  readonly contact: Contact;
}

/** A message whose address and words are given (agreement null: about no single one). */
export interface NewMessage {
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly agreement: string | null;
}

/** Writes messages with the change they tell of: no change without its message, no message without its change. */
export function* enqueue(session: Session, messages: readonly NewMessage[], at: Instant): Unit<void> {
  const fresh = { createdAt: at, attempts: 0, nextAttemptAt: at };
  for (const message of messages) yield* exec(writing(session, { ...message, ...fresh, id: newId('msg') }));
}

/** What came of an attempt to send: sent, in these words; or failed, and when to try again (null: never). */
export type SendResult =
  | { readonly id: string; readonly at: Instant; readonly sent: true; readonly words?: { readonly subject: string; readonly text: string } }
  | { readonly id: string; readonly at: Instant; readonly sent: false; readonly error: string; readonly nextAttemptAt: Instant | null }; // prettier-ignore

const marking = prepared(
  ({ db, t: { outbox: o } }, { id, ...news }: Pick<Message, 'id'> & Partial<Message>) =>
    db
      .update(o)
      .set({ ...news, attempts: sql`${o.attempts} + 1` })
      .where(and(eq(o.id, id), isNull(o.sentAt)))
      .returning(),
);

const isDue = ({ t: { outbox: o } }: Session, now: Instant) =>
  and(isNull(o.sentAt), lte(o.nextAttemptAt, now));

const dueOnes = prepared((s, { now, limit }: { now: Instant; limit: number }) => {
  const o = s.t.outbox;
  return s.db.select().from(o).where(isDue(s, now)).orderBy(asc(o.nextAttemptAt), asc(o.id)).limit(limit);
});

const claiming = prepared((s, { now, until, limit }: { now: Instant; until: Instant; limit: number }) => {
  const o = s.t.outbox;
  const due = s.db.select({ id: o.id }).from(o).where(isDue(s, now));
  const taken = due.orderBy(asc(o.nextAttemptAt), asc(o.id)).limit(limit);
  return s.db
    .update(o)
    .set({ nextAttemptAt: until })
    .where(and(isDue(s, now), inArray(o.id, taken)))
    .returning();
});

/** Notes an attempt once; a message that is given up is told to people, unless nobody was to get it. */
function* mark(session: Session, result: SendResult): Unit<boolean> {
  const { id, at } = result;
  const news = result.sent
    ? { ...result.words, sentAt: at, nextAttemptAt: null, error: null }
    : { nextAttemptAt: result.nextAttemptAt, error: result.error };
  const marked = yield* first(marking(session, { id, ...news }));
  if (marked === null) return false;
  if (!result.sent && result.nextAttemptAt === null && result.error !== noAddress) {
    const { kind, agreement, recipient, attempts } = marked;
    const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    const message = `${kind} to ${recipient ?? 'a given address'} was not sent: ${result.error} (${tries})`;
    // One subject for all mail to admins: the alert about it is mailed too, and must not breed another.
    const subject = recipient === 'admin' ? kind : (agreement ?? id);
    yield* raiseAlert(session, { type: 'NOTIFICATION_FAILED', subject, message, at });
  }
  return true;
}

/** A message with what its words and its address are made of, all of one moment. */
function* inContext(session: Session, message: Message): Unit<MessageInContext> {
  const { agreement: workflowId, recipient } = message;
  const agreement = workflowId === null ? null : yield* findAgreement(session, workflowId);
  const isForSide = recipient === 'payer' || recipient === 'payee';
  const contact = agreement !== null && isForSide ? yield* contactOf(session, agreement, recipient) : {};
  return { message, agreement, contact };
}

/** The outbox as others use it. */
export const outbox = (engine: Engine) => ({
  /** Writes messages in a transaction of its own. */
  enqueueMessages: (messages: readonly NewMessage[], at: Instant): Promise<void> =>
    engine.transact((s) => enqueue(s, messages, at)),

  /** Messages whose time to be sent has come, oldest first. */
  dueMessages: (asked: { now: Instant; limit: number }): Promise<Message[]> =>
    engine.read((s) => rows(dueOnes(s, asked))),

  /**
   * Takes due messages for one process until the time given: another process that sends at the same moment takes
   * others, and should this one die, they are due again then.
   */
  claimMessages: (asked: { now: Instant; until: Instant; limit: number }): Promise<Message[]> =>
    engine.transact((s) => rows(claiming(s, asked))),

  /** The message with its agreement and its recipient as they are now. */
  messageInContext: (message: Message): Promise<MessageInContext> =>
    engine.read((s) => inContext(s, message)),

  /**
   * Notes what came of an attempt to send; answers false for a message that was already sent. One that is given up
   * raises NOTIFICATION_FAILED in the same transaction.
   */
  markMessage: (result: SendResult): Promise<boolean> => engine.transact((s) => mark(s, result)),

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
