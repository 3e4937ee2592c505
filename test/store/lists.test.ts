import { describe, expect, it } from 'vitest';
import type { Columns } from '../../domain/machine.ts';
import type { Page } from '../../store/page.ts';
import { columns, lesson, noon, openBooks } from './sample-books.ts';

/** Reads a list to its end, letting something happen between the pages. */
async function readAll<Row>(
  page: (cursor: string | null) => Promise<Page<Row>>,
  between: () => Promise<unknown>,
): Promise<Row[]> {
  const seen: Row[] = [];
  let cursor: string | null = null;
  do {
    const { rows, nextCursor }: Page<Row> = await page(cursor);
    seen.push(...rows);
    cursor = nextCursor;
    await between();
  } while (cursor !== null);
  return seen;
}

describe('paging through agreements', () => {
  it('shows every agreement once, newest first, while new ones begin', async () => {
    const store = openBooks();
    // Three of each moment, so that pages end in the middle of one.
    for (let n = 0; n < 20; n += 1) {
      await store.createAgreement(lesson(`old_${n}`, { at: noon + Math.floor(n / 3) }));
    }
    let made = 0;
    const seen = await readAll(
      (cursor) => store.listAgreements({ kind: 'lesson', limit: 4, cursor }),
      () => store.createAgreement(lesson(`new_${(made += 1)}`, { at: noon + 1_000 })),
    );
    const ids = seen.map(({ id }) => id);
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
    expect(ids.every((id) => id.startsWith('old_'))).toBe(true);
    const times = seen.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('ends without a cursor when the last page is full', async () => {
    const store = openBooks();
    for (const id of ['a', 'b', 'c', 'd']) await store.createAgreement(lesson(id));
    const { rows, nextCursor } = await store.listAgreements({ limit: 2 });
    expect(rows.map(({ id }) => id)).toEqual(['d', 'c']);
    expect(await store.listAgreements({ limit: 2, cursor: nextCursor })).toMatchObject({
      rows: [{ id: 'b' }, { id: 'a' }],
      nextCursor: null,
    });
  });

  it.each(['', 'x', '%00', 'bnVsbA', 'WzEsMl0', 'WyJhIiwiYiJd', 'WzEsImEiLDJd', '__proto__'])(
    'refuses the cursor %j, which no list has given',
    async (cursor) => {
      const store = openBooks();
      for (const list of [store.listAgreements, store.listAlerts, store.listAudit, store.listMessages]) {
        await expect(list({ limit: 2, cursor })).rejects.toMatchObject({
          code: 'invalid',
          errors: [{ pointer: '/cursor' }],
        });
      }
    },
  );

  it('finds by state, payee and whether a person is needed', async () => {
    const store = openBooks();
    const begin = (id: string, more: Partial<Columns>) =>
      store.createAgreement(lesson(id, { columns: columns(more) }));
    await begin('plain', {});
    await begin('other_payee', { payeeAccount: 'tut_acct_2' });
    await begin('parked', { state: 'parked', needsAttention: 'capture refused' });
    const ids = async (filter: object) =>
      (await store.listAgreements({ limit: 10, ...filter })).rows.map(({ id }) => id).sort();
    expect(await ids({})).toEqual(['other_payee', 'parked', 'plain']);
    expect(await ids({ kind: 'booking' })).toEqual([]);
    expect(await ids({ status: 'scheduled' })).toEqual(['other_payee', 'plain']);
    expect(await ids({ payeeAccount: 'tut_acct_2' })).toEqual(['other_payee']);
    expect(await ids({ needsAttention: true })).toEqual(['parked']);
    expect(await ids({ needsAttention: false })).toEqual(['other_payee', 'plain']);
    expect(await ids({ status: "scheduled' or '1'='1" })).toEqual([]);
  });
});

describe('what the safety nets find', () => {
  it('finds lessons whose hold should have been settled, the longest overdue first, and nothing else', async () => {
    const store = openBooks();
    const begin = (id: string, more: Partial<Columns>) =>
      store.createAgreement(lesson(id, { columns: columns({ settlesAt: noon, ...more }) }));
    for (const state of ['scheduled', 'in_progress', 'ended_early', 'settling'])
      await begin(state, { state });
    await begin('oldest', { settlesAt: noon - 5 });
    await begin('not yet', { settlesAt: noon + 1 });
    await begin('captured', { paymentState: 'captured' });
    await begin('disputed', { state: 'disputed' });
    await begin('parked', { needsAttention: 'capture refused' });
    await begin('closed', { open: false });
    const found = await store.listOverdue({ before: noon + 1, limit: 50 });
    expect(found.map(({ id }) => id).sort()).toEqual([
      'ended_early',
      'in_progress',
      'oldest',
      'scheduled',
      'settling',
    ]);
    expect(await store.listOverdue({ before: noon + 1, limit: 1 })).toMatchObject([{ id: 'oldest' }]);
  });

  it('knows the next time at which an open agreement wakes, and who waits for an account', async () => {
    const store = openBooks();
    expect(await store.nextWake()).toBeNull();
    const begin = (id: string, more: Partial<Columns>) =>
      store.createAgreement(lesson(id, { columns: columns(more) }));
    await begin('closed', { open: false, nextWakeAt: noon - 1 });
    await begin('asleep', { nextWakeAt: null, waitsFor: 'account' });
    expect(await store.nextWake()).toBeNull();
    await begin('late', { nextWakeAt: noon + 9 });
    await begin('soon', { nextWakeAt: noon + 3 });
    expect(await store.nextWake()).toBe(noon + 3);
    expect((await store.listOpen()).map(({ id }) => id)).toEqual(['asleep', 'late', 'soon']);
    expect(await store.listOpenByAccount('tut_acct_1', 'account')).toMatchObject([{ id: 'asleep' }]);
    expect(await store.listOpenByAccount('tut_acct_2', 'account')).toEqual([]);
  });
});
