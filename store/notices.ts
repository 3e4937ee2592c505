import { kindOf } from '../domain/kinds.ts';
import type { Notice } from '../domain/machine.ts';
import type { Instant } from '../domain/time.ts';
import { contactOf, type People } from './contacts.ts';
import { newId } from './page.ts';
import type { alerts as alertsTable } from './schema-journal.ts';
import { exec, type Session, type Unit } from './unit.ts';

/** Why a message is not sent to somebody who gave no address, or was forgotten since. */
export const noAddress = 'no address';

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
  const { db, t } = session;
  for (const { kind, to: recipient, at: owedAt } of notices) {
    const { email } = yield* contactOf(session, telling, recipient);
    const isReachable = typeof email === 'string';
    const written = db.insert(t.outbox).values({
      id: newId('msg'),
      kind,
      recipient,
      agreement: telling.workflowId,
      owedAt,
      createdAt: at,
      attempts: 0,
      nextAttemptAt: isReachable ? at : null,
      error: isReachable ? null : noAddress,
    });
    yield* exec(written.onConflictDoNothing());
  }
}

/** Has the people who run the house told of an alert that was opened; those of little weight wait in the list. */
export function* enqueueAlertMail(
  { db, t }: Session,
  { type, severity, subject, message, createdAt }: typeof alertsTable.$inferSelect,
): Unit<void> {
  if (severity === 'medium') return;
  const written = db.insert(t.outbox).values({
    id: newId('msg'),
    kind: 'admin_alert',
    recipient: 'admin',
    subject: `Alert (${severity}): ${type} ${subject}`,
    text: `${message}\n\nAbout: ${subject}\nIt is open until somebody resolves it.\n`,
    agreement: kindOf(subject) === null ? null : subject,
    createdAt,
    attempts: 0,
    nextAttemptAt: createdAt,
  });
  yield* exec(written);
}
