import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../domain/machine.ts';
import { openStore } from '../../store/store.ts';
import { rows } from '../../store/unit.ts';
import { captured, captureOf, columns, lesson, newFile, noon, openBooks, stateAt } from './sample-books.ts';

const workflowId = 'lesson:les_1';
const told = (kind: Notice['kind'], to: Notice['to'], at = noon): Notice => ({ kind, to, at });

describe('the notices of a story', () => {
  it('are owed once each, however often and by whomever the story is told again', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    await here.createAgreement(lesson('les_1'));
    const notices = [told('payment_failed', 'payer'), told('payment_failed', 'payer', noon + 1)];
    const tell = (store: typeof here, rev: number, more: Notice[] = []) =>
      store.project({
        workflowId,
        state: stateAt(rev, { notices: [...notices, ...more] }),
        columns: columns(),
        actor: 'system',
        at: noon + rev,
      });
    await Promise.all(Array.from({ length: 10 }, (_, n) => tell(n % 2 === 0 ? here : there, n + 1)));
    expect((await here.listMessages({ limit: 10 })).rows).toHaveLength(2);

    await tell(here, 20, [told('dispute_filed', 'payer'), told('dispute_filed', 'payee')]);
    const { rows: all } = await there.listMessages({ limit: 10 });
    expect(all.map(({ kind, recipient, owedAt, agreement }) => [kind, recipient, owedAt, agreement])).toEqual(
      expect.arrayContaining([
        ['payment_failed', 'payer', noon, workflowId],
        ['payment_failed', 'payer', noon + 1, workflowId],
        ['dispute_filed', 'payer', noon, workflowId],
        ['dispute_filed', 'payee', noon, workflowId],
      ]),
    );
    expect(all).toHaveLength(4);
  });

  it('come into being with the state that owes them, or not at all', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1'), captureOf(workflowId));
    const state = stateAt(1, { notices: [told('payout_processed', 'payee')] });
    const failing = store.settle(captured(workflowId, { state, notifications: [null as never] }));
    await expect(failing).rejects.toThrow(/NOT NULL/);
    expect((await store.listMessages({ limit: 5 })).rows).toEqual([]);
    await store.settle(captured(workflowId, { state }));
    expect((await store.listMessages({ limit: 5 })).rows).toMatchObject([{ kind: 'payout_processed' }]);
  });

  it('keep no address: a person who is forgotten in the agreement is forgotten', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1'));
    const state = stateAt(1, { notices: [told('payment_failed', 'payer')] });
    await store.project({ workflowId, state, columns: columns(), actor: 'system', at: noon });
    const { rows: owed } = await store.listMessages({ limit: 5 });
    expect(JSON.stringify(owed)).not.toContain('@');
    expect(await store.messageInContext(owed[0]!)).toMatchObject({ contact: { email: 's@example.org' } });
  });

  it('reach a payee at their account’s address where they gave no other', async () => {
    const store = openBooks();
    await store.claimAccount({
      id: 'tut_acct_1',
      stripeAccountId: null,
      email: 'payee@example.org',
      country: 'US',
      type: 'express',
      status: 'pending',
      transfersEnabled: false,
      payoutsEnabled: false,
      payoutSchedule: 'manual',
      onboarding: null,
      inputHash: '',
      at: noon,
    });
    await store.createAgreement(lesson('les_1'));
    const state = stateAt(1, { notices: [told('payout_processed', 'payee')] });
    await store.project({ workflowId, state, columns: columns(), actor: 'system', at: noon });
    const [due] = await store.dueMessages({ now: noon, limit: 5 });
    expect(await store.messageInContext(due!)).toMatchObject({ contact: { email: 'payee@example.org' } });
  });

  it('are kept as undeliverable for somebody without an address, and hold nothing up', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1', { contacts: { student: { email: null } } }));
    const state = stateAt(1, { notices: [told('payment_failed', 'payer'), told('payment_failed', 'payee')] });
    expect(await store.project({ workflowId, state, columns: columns(), actor: 'system', at: noon })).toBe(
      true,
    );
    expect((await store.listMessages({ limit: 5 })).rows).toMatchObject(
      Array(2).fill({ nextAttemptAt: null, error: 'no address', sentAt: null }),
    );
    expect(await store.dueMessages({ now: Number.MAX_SAFE_INTEGER, limit: 5 })).toEqual([]);
    expect((await store.listAlerts({ limit: 5 })).rows).toEqual([]);
  });
});

describe('messages in the hands of a sender', () => {
  it('are in no other’s until they are due again', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    const message = {
      kind: 'receipt',
      to: 'a@example.org',
      subject: 'Paid',
      text: 'Thanks',
      agreement: null,
    };
    await here.enqueueMessages(Array(7).fill(message), noon);
    const claim = (store: typeof here, now: number) =>
      store.claimMessages({ now, until: now + 60_000, limit: 5 });
    const taken = [...(await claim(here, noon)), ...(await claim(there, noon)), ...(await claim(here, noon))];
    expect(new Set(taken.map(({ id }) => id)).size).toBe(7);
    expect(taken).toHaveLength(7);
    expect(await claim(there, noon + 59_999)).toEqual([]);
    expect(await claim(there, noon + 60_000)).toHaveLength(5);
  });

  it('raise an alert with the attempt that gives them up, and none before', async () => {
    const store = openBooks();
    const message = {
      kind: 'receipt',
      to: 'a@example.org',
      subject: 'Paid',
      text: 'Thanks',
      agreement: workflowId,
    };
    await store.enqueueMessages([message], noon);
    const id = (await store.dueMessages({ now: noon, limit: 1 }))[0]?.id ?? '';
    const fail = (nextAttemptAt: number | null) =>
      store.markMessage({ id, at: noon, sent: false, error: 'away', nextAttemptAt });
    await fail(noon + 1);
    expect((await store.listAlerts({ limit: 5 })).rows).toEqual([]);
    await fail(null);
    expect((await store.listAlerts({ limit: 5 })).rows).toMatchObject([
      {
        type: 'NOTIFICATION_FAILED',
        subject: workflowId,
        message: expect.stringContaining('away (2 attempts)'),
      },
    ]);
  });
});

describe('an outbox of an earlier version', () => {
  it('keeps every message, with the address and the words it was given', async () => {
    const file = newFile();
    const raw = new Database(file);
    const early = ['0000_books', '0001_append-only-audit'].map((name) =>
      readFileSync(fileURLToPath(new URL(`../../store/migrations/${name}.sql`, import.meta.url)), 'utf8'),
    );
    for (const statement of early.flatMap((text) => text.split('--> statement-breakpoint'))) raw.exec(statement);
    raw.exec('create table schema_steps (position integer primary key, hash text not null)');
    const known = await openBooks().read(({ db }) =>
      rows({ all: () => db.all<{ hash: string }>(sql`select hash from schema_steps order by position`) }),
    );
    for (const [position, { hash }] of known.slice(0, early.length).entries())
      raw.prepare('insert into schema_steps values (?, ?)').run(position, hash);
    const old = "('msg_1', 'receipt', 'a@example.org', 'Paid', 'Thanks', null, 5, null, 0, 6, null)";
    raw.exec(`insert into outbox values ${old}`);
    raw.close();

    const store = openStore({ file });
    const { rows: kept } = await store.listMessages({ limit: 5 });
    await store.close();
    expect(kept).toEqual([
      {
        id: 'msg_1', kind: 'receipt', recipient: null, to: 'a@example.org', subject: 'Paid', text: 'Thanks',
        agreement: null, owedAt: null, createdAt: 5, sentAt: null, attempts: 0, nextAttemptAt: 6, error: null,
      },
    ]);
  });
}); // prettier-ignore
