import Database from 'better-sqlite3';
import { setTimeout as pause } from 'node:timers/promises';

/** How many rows each table has. */
export type RowCounts = Readonly<Record<string, number>>;

const quietForMs = 250;
/** What is still under way after this long is a story that waits for nobody here. */
const restsWithinMs = 10_000;

/** Counts the rows of a house from outside, over a connection that cannot write. */
export class Rows {
  readonly #counts: ReadonlyMap<string, Database.Statement<[], number>>;
  readonly #client: Database.Database;

  constructor(databaseFile: string) {
    this.#client = new Database(databaseFile, { readonly: true });
    const listed = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'";
    const tables = this.#client.prepare<[], string>(listed).pluck().all();
    const counting = (table: string) => this.#client.prepare<[], number>(`select count(*) from "${table}"`).pluck();
    this.#counts = new Map(tables.map((table) => [table, counting(table)]));
  } // prettier-ignore

  count(): RowCounts {
    return Object.fromEntries([...this.#counts].map(([table, one]) => [table, one.get() ?? 0]));
  }

  /** The counts once nothing has been written for a moment. */
  async atRest(): Promise<RowCounts> {
    let seen = this.count();
    for (const deadline = Date.now() + restsWithinMs; Date.now() < deadline;) {
      await pause(quietForMs);
      const now = this.count();
      if (grown(seen, now) === null) return now;
      seen = now;
    }
    return seen;
  }

  close(): void {
    this.#client.close();
  }
}

/** The tables that have more or fewer rows than before, in words, or null. */
export function grown(before: RowCounts, after: RowCounts): string | null {
  const changed = Object.entries(after).filter(([table, count]) => count !== before[table]);
  if (changed.length === 0) return null;
  return changed.map(([table, count]) => `${table} ${before[table]} -> ${count}`).join(', ');
}
