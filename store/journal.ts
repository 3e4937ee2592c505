import { and, asc, eq } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import { prepared } from './prepared.ts';
import type { operations } from './schema-journal.ts';
import type { Engine } from './sqlite.ts';
import { first, rows, type Session, type Unit, type Work } from './unit.ts';

/** One effect on the world outside: what was intended, and what came of it. */
export type Operation = typeof operations.$inferSelect;

/** What is about to be done. The key names the purpose, never the attempt, a clock or chance. */
export interface NewIntent {
  /** `<workflowId>:<purpose>[:<n>]` */
  readonly key: string;
  readonly workflowId: string;
  readonly kind: string;
  readonly params: unknown;
  readonly paramsHash: string;
  readonly at: Instant;
  readonly actor?: string | undefined;
}

/** The operation as the journal has it, and whether this call wrote it. */
export interface Intent {
  readonly fresh: boolean;
  readonly operation: Operation;
}

/** Who acts when nobody else is named: the story itself. */
export const systemActor = 'system';

const inserting = prepared(({ db, t: { operations: o } }, row: typeof operations.$inferInsert) =>
  db.insert(o).values(row).onConflictDoNothing().returning(),
);

const operationOf = prepared(({ db, t: { operations: o } }, { key }: Pick<Operation, 'key'>) =>
  db.select().from(o).where(eq(o.key, key)),
);

const operationsOf = prepared(({ db, t: { operations: o } }, { workflowId }: Pick<Operation, 'workflowId'>) =>
  db.select().from(o).where(eq(o.workflowId, workflowId)).orderBy(asc(o.createdAt), asc(o.key)),
);

const renewing = prepared(
  (
    { db, t: { operations: o } },
    { key, from, to, at }: { key: string; from: number; to: number; at: Instant },
  ) =>
    db
      .update(o)
      .set({ generation: to, updatedAt: at })
      .where(and(eq(o.key, key), eq(o.generation, from), eq(o.status, 'intended')))
      .returning(),
);

const keptKey = prepared(({ db, t: { operations: o } }, { key }: Pick<Operation, 'key'>) =>
  db.select({ key: o.key }).from(o).where(eq(o.key, key)),
);

/** Whether there is an operation of this key. */
export function* isJournalled(session: Session, key: string): Unit<boolean> {
  return (yield* first(keptKey(session, { key }))) !== null;
}

/** The operation of a key, or null. */
export function* findOperation(session: Session, key: string): Unit<Operation | null> {
  return yield* first(operationOf(session, { key }));
}

/**
 * Writes down what is about to be tried, before it is tried. The same key again answers what is there; the same key
 * for something else is a bug of ours and throws, because Stripe would answer it with another operation's result.
 * What has to be true with the intent (`also`) is written once, together with it.
 */
export function* intend(session: Session, intent: NewIntent, also?: Work<void>): Unit<Intent> {
  const { key, workflowId, kind, params, paramsHash, at, actor = systemActor } = intent;
  invariant(key.startsWith(`${workflowId}:`), `operation ${key} belongs to ${workflowId}`);
  const inserted = yield* first(
    inserting(session, {
      key,
      workflowId,
      kind,
      params,
      paramsHash,
      generation: 1,
      status: 'intended',
      stripeIds: [],
      createdAt: at,
      updatedAt: at,
    }),
  );
  if (inserted !== null) {
    yield* appendAudit(session, {
      at,
      actor,
      action: 'intent',
      subject: workflowId,
      operationKey: key,
      after: { kind, paramsHash, generation: inserted.generation },
    });
    if (also !== undefined) yield* also(session);
    return { fresh: true, operation: inserted };
  }
  const operation = yield* findOperation(session, key);
  invariant(operation !== null, `operation ${key} exists when it cannot be inserted`);
  invariant(
    operation.paramsHash === paramsHash && operation.kind === kind,
    `operation ${key} has one kind and one set of parameters`,
  );
  return { fresh: false, operation };
}

/** Why a new idempotency key is safe: the reason names both proofs (the old request is over; a read shows no effect). */
export interface Renewal {
  readonly key: string;
  readonly generation: number;
  readonly reason: string;
  readonly at: Instant;
  readonly actor?: string | undefined;
}

/** Moves an unfinished operation to its next generation, unless another attempt did so or finished it meanwhile. */
function* renew(
  session: Session,
  { key, generation, reason, at, actor = systemActor }: Renewal,
): Unit<{ renewed: boolean; operation: Operation }> {
  const renewed = yield* first(renewing(session, { key, from: generation, to: generation + 1, at }));
  if (renewed !== null) {
    yield* appendAudit(session, {
      at,
      actor,
      action: 'new_generation',
      subject: renewed.workflowId,
      operationKey: key,
      reason,
      before: { generation },
      after: { generation: renewed.generation },
    });
    return { renewed: true, operation: renewed };
  }
  const operation = yield* findOperation(session, key);
  invariant(operation !== null, `operation ${key} was intended before it is renewed`);
  return { renewed: false, operation };
}

/** The journal as others use it. */
export const journal = (engine: Engine) => ({
  /** Commits the intent before the effect is tried, and `also` with it; the same key again answers what is there. */
  intend: (intent: NewIntent, also?: Work<void>): Promise<Intent> =>
    engine.transact((s) => intend(s, intent, also)),

  /** Moves an unfinished operation to its next generation; answers whether this call did. */
  renew: (renewal: Renewal): Promise<{ renewed: boolean; operation: Operation }> =>
    engine.transact((s) => renew(s, renewal)),

  /** The operation of a key, or null. */
  findOperation: (key: string): Promise<Operation | null> => engine.read((s) => findOperation(s, key)),

  /** Every operation of a story, oldest first. */
  listOperations: (workflowId: string): Promise<Operation[]> =>
    engine.read((s) => rows(operationsOf(s, { workflowId }))),
});
