import { describe, expect, it } from 'vitest';
import { newFile, noon, openBooks } from './sample-books.ts';

const key = { caller: 'op_1', route: 'POST /api/admin/alerts', key: 'k1' };
const request = { ...key, bodyHash: 'body', at: noon, abandonedBefore: noon - 60_000 };
const answer = { ...key, status: 200, response: { data: [1] } };

describe('a request that carries an idempotency key', () => {
  it('is worked on once when it is sent ten times at once', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    const either = (n: number) => (n % 2 === 0 ? here : there);
    const sent = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => either(n).reserveReply(request)),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = sent.flatMap((one) =>
      one.status === 'rejected' ? [one.reason as { code: string }] : [],
    );
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['not_ready']));
  });

  it('is given the first answer again, and keeps it', async () => {
    const store = openBooks();
    expect(await store.reserveReply(request)).toEqual({ kind: 'reserved' });
    expect(await store.finishReply(answer)).toBe(true);
    expect(await store.finishReply({ ...answer, status: 500 })).toBe(false);
    await store.releaseReply(key);
    expect(await store.reserveReply(request)).toEqual({
      kind: 'replay',
      status: 200,
      response: { data: [1] },
    });
  });

  it('is refused when the key came with another body, and is nobody else’s', async () => {
    const store = openBooks();
    await store.reserveReply(request);
    const other = store.reserveReply({ ...request, bodyHash: 'other' });
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await store.reserveReply({ ...request, caller: 'op_2', bodyHash: 'other' })).toEqual({
      kind: 'reserved',
    });
    expect(await store.reserveReply({ ...request, route: 'POST /other' })).toEqual({ kind: 'reserved' });
  });

  it('can be sent again after it failed without an answer, or its process died', async () => {
    const store = openBooks();
    await store.reserveReply(request);
    await store.releaseReply(key);
    expect(await store.reserveReply(request)).toEqual({ kind: 'reserved' });
    const afterCrash = { ...request, at: noon + 120_000, abandonedBefore: noon + 60_000 };
    expect(await store.reserveReply(afterCrash)).toEqual({ kind: 'reserved' });
    await expect(store.reserveReply(afterCrash)).rejects.toMatchObject({ code: 'not_ready' });
  });
});
