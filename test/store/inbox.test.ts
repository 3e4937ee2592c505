import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { ReceivedEvent } from '../../store/inbox.ts';
import { captureOf, newFile, noon, openBooks, stripeEvent } from './sample-books.ts';

describe('the inbox of Stripe events', () => {
  it('makes a hundred events that arrive together durable with few commits, and accepts none before its commit', async () => {
    const file = newFile();
    const [store, reader] = [openBooks(file), openBooks(file)];
    const accepted = Array.from({ length: 100 }, async (_, n) => {
      const { fresh } = await store.receive(stripeEvent(`evt_${n}`));
      return { fresh, onDisk: (await reader.findEvent(`evt_${n}`)) !== null };
    });
    const results = await Promise.all(accepted);
    expect(results).toEqual(Array(100).fill({ fresh: true, onDisk: true }));
    expect(store.transactions).toBeGreaterThan(0);
    expect(store.transactions).toBeLessThanOrEqual(20);
  });

  it('has accepted nothing while the commit is still to come', async () => {
    const file = newFile();
    const [store, reader] = [openBooks(file), openBooks(file)];
    let accepted = false;
    const receiving = store.receive(stripeEvent('evt_1')).then(() => (accepted = true));
    await Promise.resolve();
    expect(await reader.findEvent('evt_1')).toBeNull();
    expect(accepted).toBe(false);
    await receiving;
    expect(await reader.findEvent('evt_1')).not.toBeNull();
  });

  it('stores an event once when Stripe delivers it twenty times at the same moment', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    const either = (n: number) => (n % 2 === 0 ? here : there);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => either(n).receive(stripeEvent('evt_1'))),
    );
    expect(answers.filter((answer) => answer.fresh)).toHaveLength(1);
    expect(await here.countEvents()).toEqual({ received: 1, delivered: 0, waiting: 0, ignored: 0 });
  });

  it('spends no commit on events it has', async () => {
    const store = openBooks();
    await store.receive(stripeEvent('evt_1'));
    const before = store.transactions;
    await Promise.all(Array.from({ length: 50 }, () => store.receive(stripeEvent('evt_1'))));
    expect(store.transactions).toBe(before);
  });

  it('accepts the others when one event of the group cannot be stored', async () => {
    const store = openBooks();
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    const wrongEndpoint = { type: null } as unknown as { type: string };
    const results = await Promise.allSettled([
      store.receive(stripeEvent('evt_1')),
      store.receive(stripeEvent('evt_2', { payload: endless })),
      store.receive(stripeEvent('evt_3', wrongEndpoint)),
      store.receive(stripeEvent('evt_4')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    const known = await Promise.all(['evt_1', 'evt_2', 'evt_3', 'evt_4'].map((id) => store.findEvent(id)));
    expect(known.map((event) => event?.eventId)).toEqual(['evt_1', undefined, undefined, 'evt_4']);
  });

  it('accepts nothing while the disk takes no writes, and says so at once for the whole group', async () => {
    const file = newFile();
    const store = openBooks(file);
    const raw = new Database(file);
    raw.exec('begin immediate');
    const since = performance.now();
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => store.receive(stripeEvent(`evt_${n}`))),
    );
    const waitedMs = performance.now() - since;
    raw.exec('rollback');
    raw.close();
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    // One wait for the lock, not one for each member of the group.
    expect(waitedMs).toBeLessThan(9_000);
    expect(await store.receive(stripeEvent('evt_0'))).toEqual({ fresh: true, isDue: true });
  });

  it('finishes what it was given before it closes', async () => {
    const file = newFile();
    const store = openBooks(file);
    const receiving = store.receive(stripeEvent('evt_1'));
    await store.close();
    expect(await receiving).toEqual({ fresh: true, isDue: true });
    expect(await openBooks(file).findEvent('evt_1')).not.toBeNull();
  });

  it('is done with the echo of an operation as it comes, and with nothing else that names one', async () => {
    const store = openBooks();
    const capture = captureOf('lesson:les_1');
    await store.intend(capture);
    const requestKey = `${capture.key}:1`;
    const isDue = async (event: Partial<ReceivedEvent>): Promise<boolean> =>
      (await store.receive(stripeEvent(`evt_${crypto.randomUUID()}`, { requestKey, ...event }))).isDue;
    expect(await isDue({})).toBe(false);
    expect(await isDue({ status: 'ignored', reason: 'wrong_livemode' })).toBe(false);
    expect(await isDue({ requestKey: 'lesson:les_2:capture:1' })).toBe(true);
    expect(await isDue({ requestKey: capture.key })).toBe(true);
    // The bank's own news, and an account's, are news whoever caused them.
    for (const type of ['charge.dispute.created', 'refund.failed', 'account.updated'])
      expect(await isDue({ type })).toBe(true);
    expect(await store.countEvents()).toEqual({ received: 5, delivered: 1, waiting: 0, ignored: 1 });
  });

  it('keeps every word of an event', async () => {
    const store = openBooks();
    const event = stripeEvent('evt_1', {
      endpoint: 'connect',
      account: 'acct_1',
      requestKey: 'lesson:les_1:capture:1',
    });
    await store.receive(event);
    expect(await store.findEvent('evt_1')).toEqual({
      ...event,
      status: 'received',
      reason: null,
      attempts: 0,
      nextAttemptAt: noon,
      doneAt: null,
    });
  });

  it('offers an event until it is done with, at the times asked for, and never again after', async () => {
    const store = openBooks();
    await store.receive(stripeEvent('evt_1'));
    await store.receive(stripeEvent('evt_2', { status: 'ignored', reason: 'live event in test mode' }));
    const due = async (now: number) =>
      (await store.dueEvents({ now, limit: 10 })).map(({ eventId }) => eventId);
    expect(await due(noon - 1)).toEqual([]);
    expect(await due(noon)).toEqual(['evt_1']);

    const later = noon + 60_000;
    const waiting = {
      eventId: 'evt_1',
      at: noon,
      status: 'waiting',
      reason: 'no story yet',
      nextAttemptAt: later,
    } as const;
    expect(await store.markEvent(waiting)).toBe(true);
    expect(await due(later - 1)).toEqual([]);
    expect(await due(later)).toEqual(['evt_1']);
    expect([await store.nextEvent(noon - 1), await store.nextEvent(noon)]).toEqual([later, null]);

    expect(await store.markEvent({ eventId: 'evt_1', at: later, status: 'delivered' })).toBe(true);
    expect(await store.markEvent(waiting)).toBe(false);
    expect(await store.nextEvent(noon - 1)).toBeNull();
    expect(await store.findEvent('evt_1')).toMatchObject({
      status: 'delivered',
      attempts: 2,
      reason: null,
      doneAt: later,
    });
    expect(await due(later * 2)).toEqual([]);
    expect(await store.countEvents()).toEqual({ received: 0, delivered: 1, waiting: 0, ignored: 1 });
  });
});
