import { describe, expect, it } from 'vitest';
import { newFile, noon, openBooks } from './sample-books.ts';

const lost = { type: 'MISSING_PAYMENT', subject: 'lesson:les_1', message: 'no payment', at: noon } as const;

describe('alerts', () => {
  it('has one open for each type and subject, however many raise it at once', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    const either = (n: number) => (n % 2 === 0 ? here : there);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => either(n).raiseAlert({ ...lost, message: `no ${n}` })),
    );
    await here.raiseAlert({ ...lost, subject: 'lesson:les_2' });
    await here.raiseAlert({ ...lost, type: 'ORPHAN' });
    const open = (await there.listAlerts({ resolved: false, limit: 10 })).rows;
    expect(open.map(({ type, subject, count }) => `${type} ${subject} ${count}`).sort()).toEqual([
      'MISSING_PAYMENT lesson:les_1 20',
      'MISSING_PAYMENT lesson:les_2 1',
      'ORPHAN lesson:les_1 1',
    ]);
    expect(open.find(({ count }) => count === 20)).toMatchObject({ severity: 'critical', message: 'no 19' });
    expect(open.every(({ id }) => id.startsWith('alt_'))).toBe(true);
  });

  it('records who resolved an alert, when and why, and opens a new one when it comes again', async () => {
    const store = openBooks();
    const { id } = await store.raiseAlert(lost);
    const resolution = { id, by: 'op_1', resolution: 'paid by bank', at: noon + 5 };
    expect(await store.resolveAlert(resolution)).toMatchObject({
      resolvedBy: 'op_1',
      resolvedAt: noon + 5,
      resolution: 'paid by bank',
    });
    expect((await store.listAudit({ limit: 10 })).rows).toMatchObject([
      {
        actor: 'op_1',
        action: 'alert_resolved',
        subject: lost.subject,
        reason: 'paid by bank',
        at: noon + 5,
      },
    ]);
    const again = await store.raiseAlert({ ...lost, at: noon + 9 });
    expect(again.id).not.toBe(id);
    expect(again.count).toBe(1);
    const listed = async (filter: object) =>
      (await store.listAlerts({ limit: 10, ...filter })).rows.map((alert) => alert.id);
    expect(await listed({})).toEqual([again.id, id]);
    expect(await listed({ resolved: true })).toEqual([id]);
    expect(await listed({ resolved: false, type: lost.type, subject: lost.subject })).toEqual([again.id]);
    expect(await listed({ type: 'ORPHAN' })).toEqual([]);
  });

  it('refuses to resolve what is unknown or was resolved, and keeps the first answer', async () => {
    const store = openBooks();
    const { id } = await store.raiseAlert(lost);
    const by = { by: 'op_1', resolution: 'done', at: noon };
    await expect(store.resolveAlert({ id: 'alt_none', ...by })).rejects.toMatchObject({ code: 'not_found' });
    const both = await Promise.allSettled([
      store.resolveAlert({ id, ...by }),
      store.resolveAlert({ id, ...by, by: 'op_2' }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(both[1]).toMatchObject({ reason: { code: 'command_refused' } });
    expect((await store.listAlerts({ limit: 10 })).rows).toMatchObject([{ resolvedBy: 'op_1' }]);
    expect((await store.listAudit({ limit: 10 })).rows).toHaveLength(1);
  });
});
