import { and, asc, eq, exists, gt, gte, inArray, isNotNull, lte, or, sql } from 'drizzle-orm';
import type { Instant } from '../domain/time.ts';
import type { webhookEvents } from './schema-messages.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, oncePerSession, rows, type Session, type Unit } from './unit.ts';

/** One Stripe event in the inbox. */
export type InboxEvent = typeof webhookEvents.$inferSelect;

export type InboxStatus = InboxEvent['status'];

/** A Stripe event whose signature was checked; `ignored` where it is rightly signed but not ours to act on. */
export interface ReceivedEvent {
  readonly eventId: string;
  readonly endpoint: InboxEvent['endpoint'];
  readonly account: string | null;
  readonly type: string;
  readonly objectId: string | null;
  readonly apiVersion: string | null;
  readonly livemode: boolean;
  readonly eventCreatedAt: Instant;
  /** The idempotency key of the request that caused it, by which echoes of our own actions are known. */
  readonly requestKey: string | null;
  readonly payload: unknown;
  readonly receivedAt: Instant;
  readonly status?: 'received' | 'ignored' | undefined;
  readonly reason?: string | null | undefined;
}

/** What became of an event: done with (delivered, ignored), or waiting until the time given. */
export type EventMark =
  | { readonly eventId: string; readonly at: Instant; readonly status: 'delivered' | 'ignored'; readonly reason?: string | null | undefined }
  | { readonly eventId: string; readonly at: Instant; readonly status: 'waiting'; readonly reason: string; readonly nextAttemptAt: Instant }; // prettier-ignore

/** When the last sweep that came to its end began: of the lists that are read each time, and of everybody's. */
export interface SweptAt {
  readonly busy: Instant | null;
  readonly everybody: Instant | null;
}

const sweptAtKey = 'gap_sweep';

const unfinished: InboxStatus[] = ['received', 'waiting'];

/** Prepared, because every webhook pays for it; the same event again changes nothing and answers no row. */
const insertion = oncePerSession(({ db, t: { webhookEvents: e } }) =>
  db
    .insert(e)
    .values({
      eventId: sql.placeholder('eventId'),
      endpoint: sql.placeholder('endpoint'),
      account: sql.placeholder('account'),
      type: sql.placeholder('type'),
      objectId: sql.placeholder('objectId'),
      apiVersion: sql.placeholder('apiVersion'),
      livemode: sql.placeholder('livemode'),
      eventCreatedAt: sql.placeholder('eventCreatedAt'),
      requestKey: sql.placeholder('requestKey'),
      payload: sql.placeholder('payload'),
      status: sql.placeholder('status'),
      reason: sql.placeholder('reason'),
      attempts: 0,
      nextAttemptAt: sql.placeholder('nextAttemptAt'),
      receivedAt: sql.placeholder('receivedAt'),
      doneAt: sql.placeholder('doneAt'),
    })
    .onConflictDoNothing()
    .prepare(),
);

function* receive(session: Session, event: ReceivedEvent): Unit<{ fresh: boolean }> {
  const { status = 'received', reason = null, receivedAt } = event;
  const isOpen = status === 'received';
  const times = { nextAttemptAt: isOpen ? receivedAt : null, doneAt: isOpen ? null : receivedAt };
  const insert = insertion(session);
  const inserted = yield* exec({ run: () => insert.run({ ...event, ...times, status, reason }) });
  return { fresh: inserted === 1 };
}

/** Notes what became of an event; one that is done with stays so. */
export function* markEvent({ db, t: { webhookEvents: e } }: Session, mark: EventMark): Unit<boolean> {
  const { eventId, status, at } = mark;
  const isWaiting = mark.status === 'waiting';
  const changed = yield* exec(
    db
      .update(e)
      .set({
        status,
        reason: mark.reason ?? null,
        attempts: sql`${e.attempts} + 1`,
        nextAttemptAt: isWaiting ? mark.nextAttemptAt : null,
        doneAt: isWaiting ? null : at,
      })
      .where(and(eq(e.eventId, eventId), inArray(e.status, unfinished))),
  );
  return changed === 1;
}

/** The inbox as others use it. */
export const inbox = (engine: Engine) => ({
  /** Stores an event once; resolves only when it is durable. Events that arrive together share one commit. */
  receive: (event: ReceivedEvent): Promise<{ fresh: boolean }> =>
    engine.transactTogether((s) => receive(s, event)),

  /** Notes what became of an event, sharing commits like `receive`; answers false for one that is done with. */
  markEvent: (mark: EventMark): Promise<boolean> => engine.transactTogether((s) => markEvent(s, mark)),

  /**
   * Those of the events that one of our own operations caused, marked as delivered in one commit; answers their ids.
   * Most events are such echoes, so a storm of them costs one transaction for each batch.
   */
  markEchoes: (causes: ReadonlyMap<string, string>, at: Instant): Promise<Set<string>> =>
    engine.transact(function* ({ db, t: { webhookEvents: e, operations: o } }) {
      const asked = [...new Set(causes.values())];
      const kept = yield* rows(db.select({ key: o.key }).from(o).where(inArray(o.key, asked)));
      const known = new Set(kept.map(({ key }) => key));
      const echoes = [...causes].flatMap(([eventId, key]) => (known.has(key) ? [eventId] : []));
      if (echoes.length === 0) return new Set<string>();
      const done = { status: 'delivered', reason: 'echo', nextAttemptAt: null, doneAt: at } as const;
      yield* exec(
        db
          .update(e)
          .set({ ...done, attempts: sql`${e.attempts} + 1` })
          .where(and(inArray(e.eventId, echoes), inArray(e.status, unfinished))),
      );
      return new Set(echoes);
    }),

  /** The event of an id, or null. */
  findEvent: (eventId: string): Promise<InboxEvent | null> =>
    engine.read(({ db, t: { webhookEvents: e } }) =>
      first(db.select().from(e).where(eq(e.eventId, eventId))),
    ),

  /** Events that are still to be delivered and whose time has come, the longest due first. */
  dueEvents: ({ now, limit }: { now: Instant; limit: number }): Promise<InboxEvent[]> =>
    engine.read(({ db, t: { webhookEvents: e } }) =>
      rows(
        db
          .select()
          .from(e)
          .where(and(inArray(e.status, unfinished), lte(e.nextAttemptAt, now)))
          .orderBy(asc(e.nextAttemptAt), asc(e.eventCreatedAt), asc(e.eventId))
          .limit(limit),
      ),
    ),

  /**
   * Takes due events for one process until the time given: another process that drains at the same moment takes
   * others, and should this one die, they are due again then.
   */
  claimDue: ({ now, until, limit }: { now: Instant; until: Instant; limit: number }): Promise<InboxEvent[]> =>
    engine.transact(({ db, t: { webhookEvents: e } }) => {
      const isDue = and(inArray(e.status, unfinished), lte(e.nextAttemptAt, now));
      const due = db
        .select({ eventId: e.eventId })
        .from(e)
        .where(isDue)
        .orderBy(asc(e.nextAttemptAt), asc(e.eventCreatedAt), asc(e.eventId))
        .limit(limit);
      const taken = db
        .update(e)
        .set({ nextAttemptAt: until })
        .where(and(isDue, inArray(e.eventId, due)));
      return rows(taken.returning());
    }),

  /** How many events each status has. */
  countEvents: (): Promise<Record<InboxStatus, number>> =>
    engine.read(function* ({ db, t: { webhookEvents: e } }) {
      const counts = yield* rows(
        db
          .select({ status: e.status, count: sql<number>`count(*)`.mapWith(Number) })
          .from(e)
          .groupBy(e.status),
      );
      const total = { received: 0, delivered: 0, waiting: 0, ignored: 0 };
      for (const { status, count } of counts) total[status] = count;
      return total;
    }),

  /** Those of the ids that the inbox does not have yet. */
  missingEvents: (eventIds: readonly string[]): Promise<Set<string>> =>
    engine.read(function* ({ db, t: { webhookEvents: e } }) {
      const asked = [...eventIds];
      const there = yield* rows(db.select({ eventId: e.eventId }).from(e).where(inArray(e.eventId, asked)));
      const kept = new Set(there.map(({ eventId }) => eventId));
      return new Set(asked.filter((id) => !kept.has(id)));
    }),

  /**
   * Stripe's ids of the accounts whose events a sweep asks for, in order, after the one given: those that have an open
   * agreement or changed since then, or everybody's where `changedSince` is null.
   */
  accountsToSweep: (asked: {
    after: string;
    changedSince: Instant | null;
    limit: number;
  }): Promise<string[]> =>
    engine.read(function* ({ db, t: { accounts: a, agreements: g } }) {
      const open = db
        .select({ one: sql`1` })
        .from(g)
        .where(and(eq(g.payeeAccount, a.id), eq(g.open, true)));
      const isBusy =
        asked.changedSince === null ? undefined : or(gte(a.updatedAt, asked.changedSince), exists(open));
      const found = yield* rows(
        db
          .select({ id: a.stripeAccountId })
          .from(a)
          .where(and(isNotNull(a.stripeAccountId), gt(a.stripeAccountId, asked.after), isBusy))
          .orderBy(asc(a.stripeAccountId))
          .limit(asked.limit),
      );
      return found.flatMap(({ id }) => (id === null ? [] : [id]));
    }),

  /** How far Stripe's lists have been read; null where no sweep has come to its end. */
  sweptAt: (): Promise<SweptAt> =>
    engine.read(function* ({ db, t: { settings: s } }) {
      const kept = yield* first(db.select({ value: s.value }).from(s).where(eq(s.key, sweptAtKey)));
      const { busy, everybody } = (kept?.value ?? {}) as Partial<SweptAt>;
      return { busy: busy ?? null, everybody: everybody ?? null };
    }),

  /** Notes how far Stripe's lists have been read. */
  noteSwept: (value: SweptAt): Promise<void> =>
    engine.transact(function* ({ db, t: { settings: s } }) {
      yield* exec(
        db.insert(s).values({ key: sweptAtKey, value }).onConflictDoUpdate({ target: s.key, set: { value } }),
      );
    }),
});
