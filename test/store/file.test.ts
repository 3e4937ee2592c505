import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../store/canonical-json.ts';
import { openStore } from '../../store/store.ts';
import { first, rows } from '../../store/unit.ts';
import { captureOf, lesson, newFile, noon, openBooks, stripeEvent } from './sample-books.ts';

const otherProcess = fileURLToPath(new URL('./other-process.ts', import.meta.url));
const firstMigration = fileURLToPath(new URL('../../store/migrations/0000_books.sql', import.meta.url));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

async function runOther(file: string, name: string, rounds: number): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', otherProcess, file, name, String(rounds)]);
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
}

describe('the database file', () => {
  it('is readable by nobody but its owner, with everything SQLite keeps beside it', async () => {
    const file = newFile();
    const store = openBooks(file);
    await store.receive(stripeEvent('evt_1'));
    for (const part of [file, `${file}-wal`, `${file}-shm`]) {
      expect([part, modeOf(part)]).toEqual([part, '600']);
    }
    await store.close();
    chmodSync(file, 0o644);
    openBooks(file);
    expect(modeOf(file)).toBe('600');
  });

  it('syncs every commit to the disk, waits for other writers and keeps references true', async () => {
    const store = openBooks();
    const pragma = (name: string): Promise<unknown> =>
      store.read(function* ({ db }) {
        const answer = yield* first({
          all: () => db.all<Record<string, unknown>>(sql.raw(`pragma ${name}`)),
        });
        return Object.values(answer ?? {})[0];
      });
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('busy_timeout')).toBe(5_000);
  });

  it('is brought up to date when an earlier version wrote it, and loses nothing', async () => {
    const file = newFile();
    const old = new Database(file);
    const migration = readFileSync(firstMigration, 'utf8');
    for (const statement of migration.split('--> statement-breakpoint')) old.exec(statement);
    old.exec('create table schema_steps (position integer primary key, hash text not null)');
    old.exec("insert into customers values ('stu_1', 'cus_1', 1)");
    const recent = openBooks();
    const [hash] = (
      await recent.read(({ db }) =>
        rows({ all: () => db.all<{ hash: string }>(sql`select hash from schema_steps order by position`) }),
      )
    ).map((step) => step.hash);
    old.prepare('insert into schema_steps values (0, ?)').run(hash);
    old.close();

    const store = openBooks(file);
    expect(await store.findCustomer('stu_1')).toMatchObject({ stripeCustomerId: 'cus_1' });
    await store.appendAudit({ at: noon, actor: 'op_1', action: 'refund', subject: 'lesson:les_1' });
    const raw = new Database(file);
    expect(() => raw.exec('delete from audit_log')).toThrow('append only');
    raw.close();
  });

  it('is refused untouched when newer code, or another build, has changed it', async () => {
    const file = newFile();
    await openBooks(file).close();
    const raw = new Database(file);
    const count = Number(raw.prepare('select count(*) from schema_steps').pluck().get());
    raw.prepare('insert into schema_steps values (?, ?)').run(count, 'from the future');
    expect(() => openStore({ file })).toThrow(/written by a newer Holdfast/);
    raw.prepare('delete from schema_steps where position = ?').run(count);
    raw.prepare("update schema_steps set hash = 'other' where position = 0").run();
    expect(() => openStore({ file })).toThrow(/another history/);
    raw.close();
  });

  it('keeps one truth while several processes make it and write to it together', async () => {
    const file = newFile();
    const rounds = 40;
    const names = ['one', 'two', 'three', 'four'];
    await Promise.all(names.map((name) => runOther(file, name, rounds)));
    const store = openBooks(file);
    expect(await store.verifyAudit()).toBeNull();
    const { rows: trail } = await store.listAudit({ limit: 1_000 });
    expect(trail.filter(({ actor }) => actor === 'one')).toHaveLength(rounds);
    expect(trail).toHaveLength(rounds * names.length);
    expect(await store.countEvents()).toMatchObject({ received: rounds });
    expect((await store.listAlerts({ limit: 10 })).rows).toMatchObject([{ count: rounds * names.length }]);
  });

  it('has everything that was accepted when its process is killed', async () => {
    const file = newFile();
    const child = spawn(process.execPath, ['--import', 'tsx', otherProcess, file, 'killed', '1000000']);
    const store = openBooks(file);
    while ((await store.countEvents()).received < 20) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await once(child, 'close');
    const { received } = await store.countEvents();
    const [alert] = (await store.listAlerts({ limit: 1 })).rows;
    // The rounds are sequential: an event on disk proves that the alert before it was committed before.
    expect(alert?.count).toBeGreaterThanOrEqual(received);
    expect(alert?.count).toBeLessThanOrEqual(received + 1);
    expect(await store.verifyAudit()).toBeNull();
    expect(await store.receive(stripeEvent('evt_0'))).toEqual({ fresh: false, isDue: false });
  });
});

describe('the store', () => {
  it('begins an agreement once, with the intent of its first money move, however often it is asked', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    const either = (n: number) => (n % 2 === 0 ? here : there);
    const intent = captureOf('lesson:les_1');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        either(n).createAgreement(lesson('les_1', { inputHash: `${n}` }), intent),
      ),
    );
    expect(answers.filter((answer) => answer.created)).toHaveLength(1);
    expect(answers.map((answer) => answer.row.inputHash)).toEqual(Array(20).fill('0'));
    expect(await here.listOperations('lesson:les_1')).toMatchObject([
      { key: intent.key, status: 'intended' },
    ]);
    expect(here.transactions + there.transactions).toBe(1);
  });

  it('lets work that failed leave nothing, and answers its error', async () => {
    const store = openBooks();
    await store.ping();
    const failing = store.transact(function* () {
      yield* rows({ all: () => [] });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(
      await store.putCustomer({ personId: 'stu_1', stripeCustomerId: 'cus_1', createdAt: noon }),
    ).toMatchObject({
      stripeCustomerId: 'cus_1',
    });
  });

  it('works in memory, and may be closed twice', async () => {
    const store = openStore({ file: ':memory:' });
    await store.receive(stripeEvent('evt_1'));
    expect((await store.countEvents()).received).toBe(1);
    await store.close();
    await store.close();
    await expect(store.ping()).rejects.toThrow('not open');
  });

  it('gives equal content one fingerprint, whatever the order of its keys', () => {
    expect(contentHash({ b: [1, { d: 1, c: null }], a: 'x' })).toBe(
      contentHash({ a: 'x', b: [1, { c: null, d: 1 }] }),
    );
    expect(contentHash({ a: [1, 2] })).not.toBe(contentHash({ a: [2, 1] }));
    expect(contentHash({ a: 1, b: undefined })).toBe(contentHash({ a: 1 }));
  });
});
