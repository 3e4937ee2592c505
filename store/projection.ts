import { and, eq, lt } from 'drizzle-orm';
import type { BaseState, Columns, Parked } from '../domain/machine.ts';
import type { Instant } from '../domain/time.ts';
import { raiseAlert, raiseNotes, resolveOpenAlert } from './alerts.ts';
import { appendAudit } from './audit.ts';
import { followDebt } from './debts.ts';
import { systemActor } from './journal.ts';
import { enqueueNotices } from './notices.ts';
import { prepared } from './prepared.ts';
import { followSeat } from './seats.ts';
import type { agreements as agreementsTable } from './schema-agreements.ts';
import { exec, first, type Session, type Unit } from './unit.ts';

/** The row of an agreement. */
type Agreement = typeof agreementsTable.$inferSelect;

const shownOf = prepared(({ db, t: { agreements: a } }, { workflowId }: Pick<Agreement, 'workflowId'>) =>
  db
    .select({
      status: a.status,
      paymentState: a.paymentState,
      rev: a.rev,
      state: a.state,
      contacts: a.contacts,
    })
    .from(a)
    .where(eq(a.workflowId, workflowId)),
);

const showing = prepared(
  (
    { db, t: { agreements: a } },
    { workflowId, ...row }: Pick<Agreement, 'workflowId' | 'rev'> & Partial<Agreement>,
  ) =>
    db
      .update(a)
      .set(row)
      .where(and(eq(a.workflowId, workflowId), lt(a.rev, row.rev))),
);

/** A state of a story on its way to the lists. */
export interface Projection {
  readonly workflowId: string;
  readonly state: BaseState;
  readonly columns: Columns;
  /** Who caused the change. */
  readonly actor: string;
  readonly at: Instant;
  readonly reason?: string | null | undefined;
}

/** The columns of an agreement's row that follow from its state. */
export const columnsOfRow = ({ state: status, seat: _seat, advanced: _advanced, ...columns }: Columns) => ({
  ...columns,
  status,
});

/**
 * Shows a state to whoever lists stories, and answers whether it did: an older state never overwrites a newer one,
 * in whatever order writers come. A change of the visible state leaves an audit row, and alerts and notices keep in step.
 */
export function* project(session: Session, projection: Projection): Unit<boolean> {
  const { workflowId, state, columns, actor, at, reason } = projection;
  const before = yield* first(shownOf(session, { workflowId }));
  // Who answers a message while an effect is under way may be told later of its outcome than these lists.
  if (before === null || before.rev >= state.rev || before.state.outcomes > state.outcomes) return false;
  const row = { ...columnsOfRow(columns), state, rev: state.rev, updatedAt: at };
  const changed = yield* exec(showing(session, { workflowId, ...row }));
  if (changed === 0) return false;

  const { status, paymentState, rev } = before;
  if (status !== columns.state || paymentState !== columns.paymentState) {
    yield* appendAudit(session, {
      at,
      actor,
      action: 'status_changed',
      subject: workflowId,
      reason,
      before: { status, paymentState, rev },
      after: { status: columns.state, paymentState: columns.paymentState, rev: state.rev },
    });
  }
  yield* raiseNotes(session, workflowId, state.alerts);
  const { contacts } = before;
  const telling = { workflowId, contacts, payeeAccount: columns.payeeAccount };
  yield* enqueueNotices(session, telling, state.notices, at);
  yield* followParking(session, projection, before.state.parked);
  yield* followSeat(session, projection);
  yield* followDebt(session, projection);
  return true;
}

/** Keeps one PARKED alert open exactly while the story waits for a person. */
export function* followParking(
  session: Session,
  { workflowId, state: { parked }, at }: Pick<Projection, 'workflowId' | 'state' | 'at'>,
  parkedBefore: Parked | null,
): Unit<void> {
  const alert = { type: 'PARKED', subject: workflowId } as const;
  if (parked === null) {
    if (parkedBefore === null) return;
    yield* resolveOpenAlert(session, alert, { by: systemActor, resolution: 'The story goes on', at });
    return;
  }
  if (parkedBefore !== null && parkedBefore.since === parked.since) return;
  const { reason, operation, attempts } = parked;
  const message = `${reason} (${operation}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'})`;
  yield* raiseAlert(session, { ...alert, message, at });
}
