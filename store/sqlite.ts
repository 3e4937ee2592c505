import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { assertNever } from '../domain/errors.ts';
import { groupCommit } from './group-commit.ts';
import { migrate } from './migrate.ts';
import { tables } from './schema.ts';
import type { Question, Session, Unit, Work } from './unit.ts';

/** A database that runs units of work; it is all that the rest of the store knows about databases. */
export interface Engine {
  /** How many transactions this handle has committed that changed something. */
  readonly transactions: number;
  /** Runs the work as one transaction: everything is durable when the promise resolves, or nothing happened. */
  transact<Result>(work: Work<Result>): Promise<Result>;
  /** The same, but work that arrives together is committed together; other work in the group never fails it. */
  transactTogether<Result>(work: Work<Result>): Promise<Result>;
  /** Runs work that only reads; all its queries see the same moment. */
  read<Result>(work: Work<Result>): Promise<Result>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Finishes the writes that were accepted and lets go of the file; safe to call twice. */
  close(): Promise<void>;
}

/** How long a writer waits for another process; well above the milliseconds that any unit of work takes. */
const busyTimeoutMs = 5_000;

/** Money and people: nobody but the user who runs Holdfast reads the file. SQLite gives its WAL the same mode. */
const privateMode = 0o600;

/** Opens the SQLite file (made when missing) or a database in memory, brought to this code's schema and seeded. */
export function openSqlite(file: string, seed: Work<void>): Engine {
  const client = connect(file);
  const session: Session = { db: drizzle(client), t: tables };
  const inTransaction = client.transaction((run: () => unknown) => run());
  const changes = client.prepare('select total_changes()').pluck();
  let committed = 0;
  let changesBefore: unknown;

  const write = <Result>(work: Work<Result>): Result => {
    let isCommitted = false;
    try {
      const result = inTransaction.immediate(() => drive(work(session))) as Result;
      isCommitted = true;
      return result;
    } finally {
      // What was rolled back counts as changed too, so it is looked at after every transaction.
      const changesNow = changes.get();
      if (isCommitted && changesNow !== changesBefore) committed += 1;
      changesBefore = changesNow;
    }
  };
  const group = groupCommit(write);
  try {
    inTransaction.immediate(() => drive(seed(session)));
    changesBefore = changes.get();
  } catch (error) {
    client.close();
    throw error;
  }

  return {
    get transactions() {
      return committed;
    },
    async transact(work) {
      return write(work);
    },
    transactTogether: (work) => group.add(work),
    async read<Result>(work: Work<Result>) {
      return inTransaction.deferred(() => drive(work(session))) as Result;
    },
    async ping() {
      client.prepare('select 1').get();
    },
    async close() {
      group.flush();
      client.close();
    },
  };
}

function connect(file: string): Database.Database {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, 'a', privateMode));
    chmodSync(file, privateMode);
  }
  const client = new Database(file, { timeout: busyTimeoutMs });
  try {
    client.pragma('journal_mode = WAL');
    // An acknowledged webhook or intent must survive a power cut; WAL alone syncs only at checkpoints.
    client.pragma('synchronous = FULL');
    client.pragma('foreign_keys = ON');
    migrate(client);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Answers a unit's questions one after the other until it is done. */
function drive<Result>(unit: Unit<Result>): Result {
  let step = unit.next();
  while (step.done !== true) step = unit.next(answer(step.value));
  return step.value;
}

function answer(question: Question): unknown {
  switch (question.kind) {
    case 'rows':
      return question.query.all();
    case 'exec':
      return question.query.run().changes;
    default:
      return assertNever(question);
  }
}
