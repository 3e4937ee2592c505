import { kindOf } from '../domain/kinds.ts';
import type { Notice } from '../domain/machine.ts';
import type { Instant } from '../domain/time.ts';
import { contactOf, type People } from './contacts.ts';
import { newId } from './page.ts';
import { prepared } from './prepared.ts';
import type { alerts as alertsTable } from './schema-journal.ts';
import type { outbox as outboxTable } from './schema-messages.ts';
import { exec, type Session, type Unit } from './unit.ts';

/** Why a message is not sent to somebody who gave no address, or was forgotten since. */
export const noAddress = 'no address';

type NewRow = typeof outboxTable.$inferInsert;

const notifying = prepared(({ db, t: { outbox: o } }, notice: NewRow) =>
  db.insert(o).values(notice).onConflictDoNothing(),
);

/** Writes one message, whatever was written before. */
export const writing = prepared(({ db, t: { outbox: o } }, message: NewRow) => db.insert(o).values(message));

/** An agreement whose people are told something. */
interface Telling extends People {
  readonly workflowId: string;
}

/**
 * Writes the notices of a story that are new to the outbox; one that was written before is not written again, however
 * often the story repeats it. A notice to somebody without an address is kept as undeliverable.
 */
export function* enqueueNotices(
  session: Session,
  telling: Telling,
  notices: readonly Notice[],
  at: Instant,
): Unit<void> {
  for (const { kind, to: recipient, at: owedAt } of notices) {
    const { email } = yield* contactOf(session, telling, recipient);
    const isReachable = typeof email === 'string';
    const notice = {
      id: newId('msg'),
      kind,
      recipient,
      agreement: telling.workflowId,
      owedAt,
      createdAt: at,
      attempts: 0,
      nextAttemptAt: isReachable ? at : null,
      error: isReachable ? null : noAddress,
    };
    yield* exec(notifying(session, notice));
  }
}

/** Has the people who run the house told of an alert that was opened; those of little weight wait in the list. */
export function* enqueueAlertMail(
  session: Session,
  { type, severity, subject, message, createdAt }: typeof alertsTable.$inferSelect,
): Unit<void> {
  if (severity === 'medium') return;
  const mail = {
    id: newId('msg'),
    kind: 'admin_alert',
    recipient: 'admin' as const,
    subject: `Alert (${severity}): ${type} ${subject}`,
    text: `${message}\n\nAbout: ${subject}\nIt is open until somebody resolves it.\n`,
    agreement: kindOf(subject) === null ? null : subject,
    createdAt,
    attempts: 0,
    nextAttemptAt: createdAt,
  };
  yield* exec(writing(session, mail));
}
