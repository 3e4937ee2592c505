import { and, count, eq } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import type { BaseState, Columns, Fact } from '../domain/machine.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import { unnet } from './debts.ts';
import { findOperation, intend, systemActor, type NewIntent, type Operation } from './journal.ts';
import { post, type LedgerLine } from './ledger.ts';
import { enqueue, type NewMessage } from './outbox.ts';
import { prepared } from './prepared.ts';
import { project } from './projection.ts';
import type { Engine } from './sqlite.ts';
import { own, type OwnedObject } from './stripe-objects.ts';
import { first, type Session, type Unit } from './unit.ts';

/** What came of an operation, with everything that has to be true together with it. */
export interface OperationResult {
  readonly key: string;
  /** `effect` where the world outside changed; `none` where it definitively did not. */
  readonly result: 'effect' | 'none';
  /** The fact the story learns; a second attempt is answered with it. */
  readonly outcome: Fact;
  readonly stripeIds: readonly string[];
  readonly requestId: string | null;
  readonly ledger: readonly LedgerLine[];
  /** How many operations of the agreement had ended in the books that the ledger lines start from; absent: any. */
  readonly ended?: number;
  readonly objects: readonly OwnedObject[];
  readonly notifications?: readonly NewMessage[] | undefined;
  /** The story's state with the outcome, or null for an operation that belongs to no agreement. */
  readonly state: BaseState | null;
  readonly columns: Columns | null;
  readonly at: Instant;
  readonly actor?: string | undefined;
  readonly reason?: string | null | undefined;
}

const finishing = prepared(
  ({ db, t: { operations: o } }, { key, ...end }: Partial<Operation> & { key: string }) =>
    db
      .update(o)
      .set({ ...end, status: 'done' })
      .where(and(eq(o.key, key), eq(o.status, 'intended')))
      .returning(),
);

/** Another worker ended an operation of the same agreement meanwhile: the books are to be read again. Nothing is written. */
export class Overtaken extends Error {
  constructor(key: string) {
    super(`The books changed while ${key} was under way`);
    this.name = 'Overtaken';
  }
}

const counting = prepared(({ db, t: { operations: o } }, { workflowId }: Pick<Operation, 'workflowId'>) =>
  db
    .select({ ended: count() })
    .from(o)
    .where(and(eq(o.workflowId, workflowId), eq(o.status, 'done'))),
);

/** The operation as the journal has it now, and whether this call finished it. */
export interface Settled {
  readonly settled: boolean;
  readonly operation: Operation;
}

/**
 * Finishes an operation: outcome, ledger, ownership, audit row, projection and messages, together or not at all.
 * For one that is finished already it changes nothing and answers the outcome that counts. One that had no effect
 * gives back what it was to keep of older debts.
 *
 * @throws Overtaken where more has `ended` than its caller knew of
 */
export function* settle(session: Session, done: OperationResult): Unit<Settled> {
  const { key, result, outcome, stripeIds, requestId, at, actor = systemActor, reason } = done;
  invariant(result === 'effect' || done.ledger.length === 0, `${key} had no effect and moved no money`);
  const end = { result, outcome, stripeIds, requestId, updatedAt: at, finishedAt: at };
  const operation = yield* first(finishing(session, { key, ...end }));
  if (operation === null) {
    const finished = yield* findOperation(session, key);
    invariant(finished !== null, `operation ${key} was intended before it is finished`);
    return { settled: false, operation: finished };
  }

  const { workflowId, kind, generation } = operation;
  if (done.ended !== undefined) {
    const now = yield* first(counting(session, { workflowId }));
    // This one is among them.
    if (now?.ended !== done.ended + 1) throw new Overtaken(key);
  }
  if (result === 'none') yield* unnet(session, key);
  yield* post(session, done.ledger, { workflowId, operationKey: key, at });
  yield* own(session, workflowId, done.objects, at);
  yield* appendAudit(session, {
    at,
    actor,
    action: result === 'effect' ? 'effect' : 'no_effect',
    subject: workflowId,
    operationKey: key,
    stripeRequestId: requestId,
    reason,
    before: { kind, generation, status: 'intended' },
    after: { kind, generation, status: 'done', outcome: outcome.type, stripeIds, ledger: done.ledger },
  });
  if (done.state !== null && done.columns !== null) {
    yield* project(session, { workflowId, state: done.state, columns: done.columns, actor, at, reason });
  }
  yield* enqueue(session, done.notifications ?? [], at);
  return { settled: true, operation };
}

/** The end of operations as others use it. */
export const settlement = (engine: Engine) => ({
  /** Finishes an operation in one transaction; a second call answers the first outcome and changes nothing. */
  settle: (done: OperationResult): Promise<Settled> => engine.transact((s) => settle(s, done)),

  /** Writes down an effect that somebody else made: an operation that is intended and finished in one transaction. */
  record: (intent: NewIntent, done: OperationResult): Promise<Settled> =>
    engine.transact(function* (s) {
      yield* intend(s, intent);
      return yield* settle(s, done);
    }),
});
