import { and, asc, eq, exists, gt, gte, inArray, isNotNull, lte, min, or, sql } from 'drizzle-orm';
import { canEcho } from '../domain/stripe-events.ts';
import type { Instant } from '../domain/time.ts';
import { isJournalled } from './journal.ts';
import { prepared } from './prepared.ts';
import type { webhookEvents } from './schema-messages.ts';
import { put, setting } from './settings.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, rows, type Session, type Unit } from './unit.ts';

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

/** Whether an event is new to the inbox, and whether it is still to be brought to whom it concerns. */
export interface Received {
  readonly fresh: boolean;
  readonly isDue: boolean;
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

/** The same event again changes nothing. */
const inserting = prepared(({ db, t: { webhookEvents: e } }, row: InboxEvent) =>
  db.insert(e).values(row).onConflictDoNothing(),
);

const marking = prepared(
  (
    { db, t: { webhookEvents: e } },
    { eventId, ...mark }: Pick<InboxEvent, 'eventId' | 'status' | 'reason' | 'nextAttemptAt' | 'doneAt'>,
  ) =>
    db
      .update(e)
      .set({ ...mark, attempts: sql`${e.attempts} + 1` })
      .where(and(eq(e.eventId, eventId), inArray(e.status, unfinished))),
);

const eventOf = prepared(({ db, t: { webhookEvents: e } }, { eventId }: Pick<InboxEvent, 'eventId'>) =>
  db.select().from(e).where(eq(e.eventId, eventId)),
);

const keptId = prepared(({ db, t: { webhookEvents: e } }, { eventId }: Pick<InboxEvent, 'eventId'>) =>
  db.select({ eventId: e.eventId }).from(e).where(eq(e.eventId, eventId)),
);

/** An event that is done with has no next attempt. Found in the order in which it is taken, by one index. */
const isDue = ({ t: { webhookEvents: e } }: Session, now: Instant) => lte(e.nextAttemptAt, now);

const longestDueFirst = ({ t: { webhookEvents: e } }: Session) =>
  [asc(e.nextAttemptAt), asc(e.eventCreatedAt), asc(e.eventId)] as const;

const dueOnes = prepared((s, { now, limit }: { now: Instant; limit: number }) =>
  s.db
    .select()
    .from(s.t.webhookEvents)
    .where(isDue(s, now))
    .orderBy(...longestDueFirst(s))
    .limit(limit),
);

const earliestTry = prepared(
  ({ t: { webhookEvents: e }, db }, { receivedAfter }: { receivedAfter: Instant }) =>
    db
      .select({ at: min(e.nextAttemptAt) })
      .from(e)
      .where(and(isNotNull(e.nextAttemptAt), gt(e.receivedAt, receivedAfter))),
);

const claiming = prepared((s, { now, until, limit }: { now: Instant; until: Instant; limit: number }) => {
  const e = s.t.webhookEvents;
  const due = s.db.select({ eventId: e.eventId }).from(e).where(isDue(s, now));
  const taken = due.orderBy(...longestDueFirst(s)).limit(limit);
  return s.db
    .update(e)
    .set({ nextAttemptAt: until })
    .where(and(isDue(s, now), inArray(e.eventId, taken)))
    .returning();
});

/** Which accounts a sweep asks for next: those of everybody where no time is given. */
const toSweep = prepared(
  (
    { db, t: { accounts: a, agreements: g } },
    { after, changedSince, limit }: { after: string; changedSince?: Instant | undefined; limit: number },
  ) => {
    const open = db
      .select({ one: sql`1` })
      .from(g)
      .where(and(eq(g.payeeAccount, a.id), eq(g.open, true)));
    const isBusy = changedSince === undefined ? undefined : or(gte(a.updatedAt, changedSince), exists(open));
    return db
      .select({ id: a.stripeAccountId })
      .from(a)
      .where(and(isNotNull(a.stripeAccountId), gt(a.stripeAccountId, after), isBusy))
      .orderBy(asc(a.stripeAccountId))
      .limit(limit);
  },
);

/** An operation is journalled before Stripe is asked, so its echo is known as one whenever it comes. */
function* isEcho(session: Session, { type, requestKey }: ReceivedEvent): Unit<boolean> {
  const operation = requestKey === null ? undefined : /^(.+):\d+$/.exec(requestKey)?.[1];
  return operation !== undefined && canEcho(type) && (yield* isJournalled(session, operation));
}

/** Most events are echoes of our own requests: they are done with as they come. */
function* receive(session: Session, event: ReceivedEvent): Unit<Received> {
  const { status = 'received', reason = null, receivedAt } = event;
  const isOurs = status === 'received' && (yield* isEcho(session, event));
  const isOpen = status === 'received' && !isOurs;
  const fate = isOurs ? ({ status: 'delivered', reason: 'echo' } as const) : { status, reason };
  const times = { nextAttemptAt: isOpen ? receivedAt : null, doneAt: isOpen ? null : receivedAt };
  const fresh = (yield* exec(inserting(session, { ...event, ...times, ...fate, attempts: 0 }))) === 1;
  return { fresh, isDue: fresh && isOpen };
}

/** Notes what became of an event; one that is done with stays so. */
export function* markEvent(session: Session, mark: EventMark): Unit<boolean> {
  const { eventId, status, at } = mark;
  const isWaiting = mark.status === 'waiting';
  const changed = yield* exec(
    marking(session, {
      eventId,
      status,
      reason: mark.reason ?? null,
      nextAttemptAt: isWaiting ? mark.nextAttemptAt : null,
      doneAt: isWaiting ? null : at,
    }),
  );
  return changed === 1;
}

/** The inbox as others use it. */
export const inbox = (engine: Engine) => ({
  /** Stores an event once; resolves only when it is durable. Events that arrive together share one commit. */
  receive: (event: ReceivedEvent): Promise<Received> => engine.transactTogether((s) => receive(s, event)),

  /** Notes what became of an event, sharing commits like `receive`; answers false for one that is done with. */
  markEvent: (mark: EventMark): Promise<boolean> => engine.transactTogether((s) => markEvent(s, mark)),

  /** The event of an id, or null. */
  findEvent: (eventId: string): Promise<InboxEvent | null> =>
    engine.read((s) => first(eventOf(s, { eventId }))),

  /** Events that are still to be delivered and whose time has come, the longest due first. */
  dueEvents: (asked: { now: Instant; limit: number }): Promise<InboxEvent[]> =>
    engine.read((s) => rows(dueOnes(s, asked))),

  /** The earliest time at which an event that came later than this is tried again, or null where none is. */
  nextEvent: (receivedAfter: Instant): Promise<Instant | null> =>
    engine.read(function* (s) {
      return (yield* first(earliestTry(s, { receivedAfter })))?.at ?? null;
    }),

  /**
   * Takes due events for one process until the time given: another process that drains at the same moment takes
   * others, and should this one die, they are due again then.
   */
  claimDue: (asked: { now: Instant; until: Instant; limit: number }): Promise<InboxEvent[]> =>
    engine.transact((s) => rows(claiming(s, asked))),

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
    engine.read(function* (s) {
      const missing = new Set<string>();
      for (const eventId of eventIds)
        if ((yield* first(keptId(s, { eventId }))) === null) missing.add(eventId);
      return missing;
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
    engine.read(function* (s) {
      const found = yield* rows(toSweep(s, { ...asked, changedSince: asked.changedSince ?? undefined }));
      return found.flatMap(({ id }) => (id === null ? [] : [id]));
    }),

  /** How far Stripe's lists have been read; null where no sweep has come to its end. */
  sweptAt: (): Promise<SweptAt> =>
    engine.read(function* (s) {
      const { busy, everybody } = ((yield* setting(s, sweptAtKey)) ?? {}) as Partial<SweptAt>;
      return { busy: busy ?? null, everybody: everybody ?? null };
    }),

  /** Notes how far Stripe's lists have been read. */
  noteSwept: (value: SweptAt): Promise<void> => engine.transact((s) => put(s, sweptAtKey, value)),
});
