import { and, eq, isNull } from 'drizzle-orm';
import { AppError, invariant } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { prepared } from './prepared.ts';
import type { replyKeys as replyKeysTable } from './schema-messages.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, type Session, type Unit } from './unit.ts';

/** Whose request it is, to what, and under which idempotency key. */
export interface ReplyKey {
  readonly caller: string;
  readonly route: string;
  readonly key: string;
}

/** What a request was answered. */
interface Reply extends ReplyKey {
  readonly status: number;
  readonly response: unknown;
}

/** A request that asks whether it is the first of its key. */
export interface Reservation extends ReplyKey {
  readonly bodyHash: string;
  readonly at: Instant;
  /** A request that began before this time and never answered died with its process; its key is taken over. */
  readonly abandonedBefore: Instant;
}

/** Go on (`reserved`), or give the answer that the first request was given. */
export type Reserved =
  | { readonly kind: 'reserved' }
  | { readonly kind: 'replay'; readonly status: number; readonly response: unknown };

const matching = ({ t: { replyKeys: r } }: Session, { caller, route, key }: ReplyKey) =>
  and(eq(r.caller, caller), eq(r.route, route), eq(r.key, key));

const inserting = prepared(({ db, t: { replyKeys: r } }, row: typeof replyKeysTable.$inferInsert) =>
  db.insert(r).values(row).onConflictDoNothing(),
);

const replyTo = prepared((s, key: ReplyKey) => s.db.select().from(s.t.replyKeys).where(matching(s, key)));

const takingOver = prepared((s, { at, ...key }: ReplyKey & { readonly at: Instant }) =>
  s.db.update(s.t.replyKeys).set({ createdAt: at }).where(matching(s, key)),
);

const isRunning = (s: Session, key: ReplyKey) => and(matching(s, key), isNull(s.t.replyKeys.status));

const finishing = prepared((s, { status, response, ...key }: Reply) =>
  s.db.update(s.t.replyKeys).set({ status, response }).where(isRunning(s, key)),
);

const releasing = prepared((s, key: ReplyKey) => s.db.delete(s.t.replyKeys).where(isRunning(s, key)));

/** Reserves a key, or answers what was answered before. Throws `idempotency_key_reused` or `not_ready`. */
function* reserveReply(session: Session, reservation: Reservation): Unit<Reserved> {
  const { caller, route, key, bodyHash, at, abandonedBefore } = reservation;
  const inserted = yield* exec(inserting(session, { caller, route, key, bodyHash, createdAt: at }));
  if (inserted === 1) return { kind: 'reserved' };

  const known = yield* first(replyTo(session, { caller, route, key }));
  invariant(known !== null, 'a reply key exists when it cannot be inserted');
  if (known.bodyHash !== bodyHash) {
    throw new AppError('idempotency_key_reused', 'This Idempotency-Key was used with another body');
  }
  if (known.status !== null) return { kind: 'replay', status: known.status, response: known.response };
  if (known.createdAt >= abandonedBefore) {
    throw new AppError('not_ready', 'The first request with this Idempotency-Key is still running');
  }
  yield* exec(takingOver(session, { caller, route, key, at }));
  return { kind: 'reserved' };
}

/** HTTP idempotency as others use it. */
export const replyKeys = (engine: Engine) => ({
  /** Reserves a key, or answers what was answered before; throws `idempotency_key_reused` or `not_ready`. */
  reserveReply: (reservation: Reservation): Promise<Reserved> =>
    engine.transact((s) => reserveReply(s, reservation)),

  /** Stores the answer that every later request with this key is given; the first one stored stays. */
  finishReply: (reply: Reply): Promise<boolean> =>
    engine.transact(function* (s) {
      return (yield* exec(finishing(s, reply))) === 1;
    }),

  /** Gives a key back whose request ended without an answer worth repeating, so that it can be sent again. */
  releaseReply: (key: ReplyKey): Promise<void> =>
    engine.transact(function* (s) {
      yield* exec(releasing(s, key));
    }),
});
