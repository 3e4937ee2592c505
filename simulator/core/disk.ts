import Database from 'better-sqlite3';
import type { Row, Table } from './table.ts';

/** Where committed rows live; without a file nothing is kept and every call is free. */
export interface Disk {
  load(tables: readonly Table<Row>[]): void;
  commit(tables: readonly Table<Row>[]): void;
  close(): void;
}

interface Line {
  kind: string;
  owner: string;
  seq: number;
  body: string;
}

/** Keeps nothing: for campaigns that run whole lives in memory. */
export const noDisk = (): Disk => ({
  load: () => undefined,
  commit: (tables) => {
    for (const table of tables) table.forgetDirty();
  },
  close: () => undefined,
});

/** Writes every change of a request in one transaction, so that a killed process has executed a request wholly or not at all. */
export const openDisk = (file: string): Disk => {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  // A killed process loses nothing that reached the operating system; only power loss would, and a simulator may lose that.
  database.pragma('synchronous = NORMAL');
  database.exec(
    'CREATE TABLE IF NOT EXISTS rows (kind TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID',
  );
  const write = database.prepare(
    'INSERT OR REPLACE INTO rows (kind, id, owner, seq, body) VALUES (?, ?, ?, ?, ?)',
  );
  const erase = database.prepare('DELETE FROM rows WHERE kind = ? AND id = ?');
  const save = database.transaction((tables: readonly Table<Row>[]) => {
    for (const table of tables)
      for (const row of table.takeDirty()) {
        if (row.body === null) erase.run(table.name, row.id);
        else write.run(table.name, row.id, row.owner, row.seq, row.body);
      }
  });
  return {
    load(tables) {
      const byName = new Map(tables.map((table) => [table.name, table]));
      const lines = database
        .prepare<[], Line>('SELECT kind, owner, seq, body FROM rows ORDER BY kind, seq')
        .all();
      for (const line of lines) byName.get(line.kind)?.restore(line);
    },
    commit(tables) {
      if (tables.some((table) => table.dirtyIds().size > 0)) save(tables);
    },
    close: () => database.close(),
  };
};
