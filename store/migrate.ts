import { fileURLToPath } from 'node:url';
import type Database from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * Brings a database to the schema of this code, once, however many processes open it together. Refuses one that
 * newer code has already changed: older code would write rows that the newer schema gives another meaning.
 */
export function migrate(client: Database.Database): void {
  const steps = readMigrationFiles({ migrationsFolder });
  const work = client.transaction(() => {
    client.exec('create table if not exists schema_steps (position integer primary key, hash text not null)');
    const done = client.prepare('select hash from schema_steps order by position').pluck().all();
    if (done.length > steps.length) {
      throw new Error(
        `The database was written by a newer Holdfast: it has ${done.length} migrations, this version knows ${steps.length}. Start the newer version, or restore a backup made before the upgrade.`,
      );
    }
    const note = client.prepare('insert into schema_steps (position, hash) values (?, ?)');
    for (const [position, { hash, sql }] of steps.entries()) {
      if (position >= done.length) {
        for (const statement of sql) client.exec(statement);
        note.run(position, hash);
      } else if (done[position] !== hash) {
        throw new Error(
          `The database has another history: its migration ${position} is not the one this version knows. It belongs to another build of Holdfast.`,
        );
      }
    }
  });
  work.immediate();
}
