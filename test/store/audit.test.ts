import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { newFile, noon, openBooks } from './sample-books.ts';

async function fiveActions(store: Store): Promise<void> {
  for (let n = 1; n <= 5; n += 1) {
    await store.appendAudit({
      at: noon + n,
      actor: 'op_1',
      action: 'refund',
      subject: `lesson:les_${n}`,
      operationKey: `lesson:les_${n}:refund`,
      stripeRequestId: `req_${n}`,
      reason: 'the tutor was ill',
      before: { refunded: 0, nested: { b: 1, a: [1, 2] } },
      after: { refunded: 450 },
    });
  }
}

/** Edits the file as somebody would who wants to hide something: past the triggers. */
function tamper(file: string, statement: string): void {
  const raw = new Database(file);
  raw.exec('drop trigger audit_log_refuses_update; drop trigger audit_log_refuses_delete;');
  raw.exec(statement);
  raw.close();
}

describe('the audit log', () => {
  it('holds from its first row to its last, also after a restart', async () => {
    const file = newFile();
    const store = openBooks(file);
    expect(await store.verifyAudit()).toBeNull();
    await fiveActions(store);
    await store.close();
    expect(await openBooks(file).verifyAudit()).toBeNull();
  });

  it('holds over more rows than are checked at once', async () => {
    const store = openBooks();
    const row = { actor: 'op_1', action: 'refund', subject: 'lesson:les_1' };
    const numbers = await Promise.all(
      Array.from({ length: 1203 }, (_, n) => store.appendAudit({ ...row, at: noon + n })),
    );
    expect(numbers.at(-1)).toBe(1203);
    expect(await store.verifyAudit()).toBeNull();
  });

  it.each([
    ['at', '1'],
    ['actor', "'op_2'"],
    ['action', "'capture'"],
    ['subject', "'lesson:les_9'"],
    ['operation_key', 'null'],
    ['stripe_request_id', "'req_9'"],
    ['reason', "'no reason'"],
    ['before', '\'{"refunded":1}\''],
    ['after', '\'{"refunded":449}\''],
    ['prev_hash', "'f'"],
    ['hash', "'f'"],
  ])('names the row whose %s somebody changed behind its back', async (column, value) => {
    const file = newFile();
    const store = openBooks(file);
    await fiveActions(store);
    tamper(file, `update audit_log set ${column} = ${value} where seq = 3`);
    expect(await store.verifyAudit()).toBe(3);
  });

  it('names the row that somebody took out or moved', async () => {
    const file = newFile();
    const store = openBooks(file);
    await fiveActions(store);
    tamper(file, 'delete from audit_log where seq = 2');
    expect(await store.verifyAudit()).toBe(2);

    const moved = newFile();
    const other = openBooks(moved);
    await fiveActions(other);
    tamper(moved, 'update audit_log set seq = 9 where seq = 4');
    expect(await other.verifyAudit()).toBe(4);
  });

  it('refuses to change, remove or replace a row', async () => {
    const file = newFile();
    const store = openBooks(file);
    await fiveActions(store);
    const before = (await store.listAudit({ limit: 10 })).rows;
    const raw = new Database(file);
    const replacement = `insert or replace into audit_log (seq, at, actor, action, subject, prev_hash, hash)`;
    const [first] = before.slice(-1);
    for (const statement of [
      "update audit_log set actor = 'nobody'",
      'delete from audit_log where seq = 5',
      `${replacement} values (3, 1, 'x', 'x', 'x', 'new', 'new')`,
      `${replacement} values (99, 1, 'x', 'x', 'x', '${first?.prevHash}', 'new')`,
    ]) {
      expect(() => raw.exec(statement)).toThrow('audit_log is append only');
    }
    raw.close();
    expect((await store.listAudit({ limit: 10 })).rows).toEqual(before);
    expect(await store.verifyAudit()).toBeNull();
  });
});
