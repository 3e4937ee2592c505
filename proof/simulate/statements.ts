import Database from 'better-sqlite3';

type Prepare = (this: Database.Database, source: string) => Database.Statement;

/**
 * Compiles each statement once for a database: thousands of short-lived worlds ask the same few hundred. Only what SQLite
 * does before it answers is spared. Answers how to undo it.
 */
export function compileOnce(): () => void {
  const prototype = Database.prototype as { prepare: Prepare };
  const { prepare } = prototype;
  const known = new WeakMap<Database.Database, Map<string, Database.Statement>>();
  prototype.prepare = function (source) {
    const own = known.get(this) ?? new Map<string, Database.Statement>();
    known.set(this, own);
    const statement = own.get(source) ?? prepare.call(this, source);
    own.set(source, statement);
    return statement;
  };
  return () => {
    prototype.prepare = prepare;
  };
}
