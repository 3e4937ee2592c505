import { sql } from 'drizzle-orm';
import { oncePerSession, type Answering, type Changing, type Session } from './unit.ts';

/** What drizzle makes of a query once its words are settled; it is asked with the values that were left open. */
interface Prepared {
  all(values: Record<string, unknown>): unknown;
  run(values: Record<string, unknown>): { changes: number };
}

/** A query as drizzle builds it, of any kind. */
interface Buildable {
  prepare(): Prepared;
}

/** The rows that a query of this type answers. */
type RowOf<Query> = Query extends { prepare(): { all(): (infer Row)[] } } ? Row : never;

/**
 * A query that is put into words and compiled once for each session, however often it is asked. `build` is given a
 * stand-in for every value: it may hand them on to drizzle, also as a whole row or a whole set of changes, and can
 * compute nothing from them. A value that is undefined is not given, and a query with other values left out is one of
 * its own. So is one with another `limit`, which stands in its words: SQLite compiles a query anew each time that it
 * is asked with a limit left open.
 */
export function prepared<Values extends object, Query extends Buildable>(
  build: (session: Session, given: Values) => Query,
): (session: Session, values: Values) => Answering<RowOf<Query>> & Changing {
  const known = oncePerSession(() => new Map<string, Prepared>());
  return (session, values) => {
    const given = values as Values & Record<string, unknown>;
    const names = Object.keys(given).filter((name) => given[name] !== undefined);
    const form = 'limit' in given ? `${names.join()} ${Number(given['limit'])}` : names.join();
    const ofSession = known(session);
    let query = ofSession.get(form);
    if (query === undefined) {
      const standIn = (name: string): unknown =>
        name === 'limit' ? sql.raw(String(Number(given[name]))) : sql.placeholder(name);
      const standIns = Object.fromEntries(names.map((name) => [name, standIn(name)]));
      query = build(session, standIns as Values).prepare();
      ofSession.set(form, query);
    }
    const asked = query;
    return { all: () => asked.all(given) as RowOf<Query>[], run: () => asked.run(given) };
  };
}
