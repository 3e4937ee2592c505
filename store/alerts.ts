import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { AppError, invariant } from '../domain/errors.ts';
import { alertSeverities, type AlertNote, type AlertType } from '../domain/machine.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import { enqueueAlertMail } from './notices.ts';
import { afterCursor, newId, pageOf, rowsToAsk, type Page, type PageRequest } from './page.ts';
import { prepared } from './prepared.ts';
import type { alerts as alertsTable, alertNotes as alertNotesTable } from './schema-journal.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, rows, type Session, type Unit } from './unit.ts';

/** One alert, open until somebody resolved it. */
export type Alert = typeof alertsTable.$inferSelect;

/** What is wrong, and with what: a workflow id or the id of an object. */
export interface NewAlert {
  readonly type: AlertType;
  readonly subject: string;
  readonly message: string;
  readonly at: Instant;
}

const raising = prepared(
  ({ db, t: { alerts: a } }, row: Omit<Alert, 'resolvedAt' | 'resolvedBy' | 'resolution'>) =>
    db
      .insert(a)
      .values(row)
      .onConflictDoUpdate({
        target: [a.type, a.subject],
        targetWhere: sql`resolved_at is null`,
        set: { count: sql`${a.count} + 1`, message: row.message, updatedAt: row.updatedAt },
      })
      .returning(),
);

const noting = prepared(({ db, t: { alertNotes: n } }, note: typeof alertNotesTable.$inferInsert) =>
  db.insert(n).values(note).onConflictDoNothing(),
);

/** Which open alert: the one of an id, or of a type and a subject. */
type OpenAlert = Pick<Alert, 'id'> | Pick<Alert, 'type' | 'subject'>;

const resolving = prepared(
  ({ db, t: { alerts: a } }, { at, by, resolution, ...which }: Resolution & OpenAlert) => {
    const matches =
      'id' in which ? eq(a.id, which.id) : and(eq(a.type, which.type), eq(a.subject, which.subject));
    return db
      .update(a)
      .set({ resolvedAt: at, resolvedBy: by, resolution, updatedAt: at })
      .where(and(matches, isNull(a.resolvedAt)))
      .returning();
  },
);

const alertOf = prepared(({ db, t: { alerts: a } }, { id }: Pick<Alert, 'id'>) =>
  db.select().from(a).where(eq(a.id, id)),
);

/** Opens an alert and has it mailed by its weight, or counts it up where one of this type is open for the subject. */
export function* raiseAlert(session: Session, { type, subject, message, at }: NewAlert): Unit<Alert> {
  const raised = yield* first(
    raising(session, {
      id: newId('alt'),
      type,
      severity: alertSeverities[type],
      subject,
      message,
      count: 1,
      createdAt: at,
      updatedAt: at,
    }),
  );
  invariant(raised !== null, `an alert of type ${type} is open after it was raised`);
  if (raised.count === 1) yield* enqueueAlertMail(session, raised);
  return raised;
}

/** Raises the notes of a story that are new; one that was raised before stays quiet, resolved or not. */
export function* raiseNotes(session: Session, subject: string, notes: readonly AlertNote[]): Unit<void> {
  for (const { type, at, message } of notes) {
    const isNews = (yield* exec(noting(session, { subject, type, at }))) === 1;
    if (isNews) yield* raiseAlert(session, { type, subject, message, at });
  }
}

/** Who ended an alert, and how. */
export interface Resolution {
  readonly by: string;
  readonly resolution: string;
  readonly at: Instant;
}

function* resolveWhere(
  session: Session,
  which: OpenAlert,
  { by, resolution, at }: Resolution,
): Unit<Alert | null> {
  const resolved = yield* first(resolving(session, { by, resolution, at, ...which }));
  if (resolved !== null) {
    yield* appendAudit(session, {
      at,
      actor: by,
      action: 'alert_resolved',
      subject: resolved.subject,
      reason: resolution,
      before: { alert: resolved.id, type: resolved.type, count: resolved.count, open: true },
      after: { alert: resolved.id, type: resolved.type, count: resolved.count, open: false },
    });
  }
  return resolved;
}

/** Ends the open alert of this type about the subject; answers false where there is none. */
export function* resolveOpenAlert(
  session: Session,
  which: Pick<Alert, 'type' | 'subject'>,
  resolution: Resolution,
): Unit<boolean> {
  return (yield* resolveWhere(session, which, resolution)) !== null;
}

/** Ends an alert by its id; throws `not_found` or, when somebody did so before, `command_refused`. */
function* resolveAlert(
  session: Session,
  { id, ...resolution }: Resolution & { readonly id: string },
): Unit<Alert> {
  const resolved = yield* resolveWhere(session, { id }, resolution);
  if (resolved !== null) return resolved;
  const known = yield* first(alertOf(session, { id }));
  if (known === null) throw new AppError('not_found', `There is no alert ${id}`);
  throw new AppError('command_refused', `Alert ${id} was already resolved by ${known.resolvedBy}`);
}

/** Which alerts to list. */
export interface AlertFilter extends PageRequest {
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly resolved?: boolean | undefined;
}

/** The alerts as others use them. */
export const alerts = (engine: Engine) => ({
  /** Opens an alert or counts up the open one, in a transaction of its own. */
  raiseAlert: (alert: NewAlert): Promise<Alert> => engine.transact((s) => raiseAlert(s, alert)),

  /** Ends an alert and leaves an audit row; throws `not_found` or `command_refused`. */
  resolveAlert: (resolution: Resolution & { readonly id: string }): Promise<Alert> =>
    engine.transact((s) => resolveAlert(s, resolution)),

  /** Lists the newest first. */
  listAlerts: (filter: AlertFilter): Promise<Page<Alert>> =>
    engine.read(function* ({ db, t: { alerts: a } }) {
      const resolved = filter.resolved === true ? isNotNull(a.resolvedAt) : isNull(a.resolvedAt);
      const found = yield* rows(
        db
          .select()
          .from(a)
          .where(
            and(
              filter.type === undefined ? undefined : sql`${a.type} = ${filter.type}`,
              filter.subject === undefined ? undefined : eq(a.subject, filter.subject),
              filter.resolved === undefined ? undefined : resolved,
              afterCursor(filter, a.createdAt, a.id),
            ),
          )
          .orderBy(desc(a.createdAt), desc(a.id))
          .limit(rowsToAsk(filter)),
      );
      return pageOf(found, filter, (row) => [row.createdAt, row.id]);
    }),
});
