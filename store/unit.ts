// store/: the journal of money moves, the projection that lists read, and the inbox and outbox around them.
// Every atomic piece of work is a generator that yields its queries, so a transaction can wait for nothing else.
// Imports domain/ only: no Stripe, no Temporal, no HTTP; callers say what time it is.

import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { tables } from './schema.ts';

/** What a unit of work asks its queries of: a connection and the tables of its database. */
export interface Session {
  readonly db: BetterSQLite3Database;
  readonly t: typeof tables;
}

/** A query that answers rows. */
export interface Answering<Row> {
  all(): Row[];
}

/** A query that changes rows. */
export interface Changing {
  run(): { changes: number };
}

/** One query on its way to the driver, which alone knows how its database is asked. */
export type Question =
  | { readonly kind: 'rows'; readonly query: Answering<unknown> }
  | { readonly kind: 'exec'; readonly query: Changing };

/** A piece of work that happens as a whole or not at all; units compose with `yield*`. */
export type Unit<Result> = Generator<Question, Result, unknown>;

/** Work to be started inside a transaction; it may be started again when the first try was rolled back. */
export type Work<Result> = (session: Session) => Unit<Result>;

/** Asks a query for its rows. */
export function* rows<Row>(query: Answering<Row>): Unit<Row[]> {
  return (yield { kind: 'rows', query }) as Row[];
}

/** Asks a query for its first row, or null where there is none. */
export function* first<Row>(query: Answering<Row>): Unit<Row | null> {
  const [found] = yield* rows(query);
  return found ?? null;
}

/** Runs a query that changes rows and answers how many it changed. */
export function* exec(query: Changing): Unit<number> {
  return (yield { kind: 'exec', query }) as number;
}

/** Makes something once for each session, such as the prepared form of a query that is asked very often. */
export function oncePerSession<Made>(make: (session: Session) => Made): (session: Session) => Made {
  const known = new WeakMap<Session, Made>();
  return (session) => {
    const made = known.get(session) ?? make(session);
    known.set(session, made);
    return made;
  };
}
