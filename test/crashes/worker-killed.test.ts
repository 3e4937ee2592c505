import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBooks } from '../house/books.ts';
import { book, booking, command, hourMs, openAccount, show, travel, until } from '../house/lessons.ts';
import type { Resident, Street } from '../house/street.ts';
import { openStreet } from '../house/street.ts';

// The worker is killed while requests of several activities are on their way to Stripe, which executes them after the
// process that asked is dead. Another worker takes over when the heartbeat is missed (12 s); nobody does anything by hand.
describe('a worker killed inside every activity', () => {
  let street: Street;
  let worker: Resident;
  let account: { id: string; stripeId: string };
  beforeAll(async () => {
    street = await openStreet();
    await street.startApi();
    worker = street.startWorker();
    account = await openAccount(street);
    // The first lesson waits until the worker's process has started.
    const first = booking(street, account.id);
    await bookSlowly(first);
    await until(street, first.id, ({ state }) => state === 'scheduled');
  });
  afterAll(async () => {
    await street.close();
  });

  /** Longer than all the requests need to arrive, so that each of them executes after the kill. */
  const delayMs = 6_000;

  const countOf = async (method: string, path: string): Promise<number> => {
    const { data } = (await street.sim('GET', '/requests')) as { data: { method: string; path: string }[] };
    return data.filter((one) => one.method === method && matches(path, one.path)).length;
  };

  /** Arms a delay for each request, begins what leads to them, and kills the worker when all of them have arrived. */
  const killDuring = async (
    requests: readonly [string, string][],
    begin: () => Promise<unknown>,
  ): Promise<void> => {
    const before = new Map<string, number>();
    for (const [method, path] of requests) {
      await street.sim('POST', '/faults', { method, path, fault: { kind: 'delay', ms: delayMs } });
      before.set(method + path, await countOf(method, path));
    }
    const begun = begin();
    for (const [method, path] of requests) {
      while ((await countOf(method, path)) === before.get(method + path)) await pause(20);
    }
    await worker.kill();
    worker = street.startWorker();
    await begun;
    await street.sim('DELETE', '/faults');
  };

  const bookSlowly = async (body: { id: string }): Promise<void> => {
    const answer = await street.request('POST', '/api/lessons', { role: 'app', body });
    expect([201, 202], JSON.stringify(answer.body)).toContain(answer.status);
  };
  const payer = (paymentMethod: string, id = 'stu_1') => ({
    id,
    email: 's@example.org',
    name: 'S',
    paymentMethod,
  });

  it('holds, cancels, refunds, reads, and saves a card once each', async () => {
    const { id: cancelled } = await book(street, account.id);
    const { id: read } = await book(street, account.id);
    const { id: refunded, payment } = await book(street, account.id);
    await street.sim('POST', `/payment_intents/${payment.paymentIntentId}/capture`, {});
    await until(street, refunded, (lesson) => lesson.payment['captured'] === 450);
    const held = booking(street, account.id);
    const month = street.clock.now() + 30 * 24 * hourMs;
    const later = { startsAt: at(month), endsAt: at(month + hourMs) };
    const carded = booking(street, account.id, { ...later, student: payer('pm_card_visa', 'stu_later') });
    const readId = (await show(street, read)).payment.paymentIntentId;

    await killDuring(
      [
        ['POST', '/v1/payment_intents'],
        ['POST', '/v1/payment_intents/*/cancel'],
        ['POST', '/v1/refunds'],
        ['POST', '/v1/customers'],
        ['GET', `/v1/payment_intents/${readId}`],
      ],
      () =>
        Promise.all([
          bookSlowly(held),
          bookSlowly(carded),
          command(street, cancelled, 'cancel', { by: 'tutor', reason: 'ill' }),
          command(street, refunded, 'refund', { reason: 'agreed', amount: 100 }),
          command(street, read, 'sync', { reason: 'look' }),
        ]),
    );

    await until(street, held.id, ({ state }) => state === 'scheduled');
    await until(street, carded.id, ({ state }) => state === 'scheduled');
    await until(street, cancelled, (lesson) => lesson.payment.state === 'released');
    await until(street, refunded, (lesson) => lesson.payment['refunded'] === 100);
    expect(await show(street, read)).toMatchObject({ state: 'scheduled', needsAttention: null });
    const intents = await street.stripe.paymentIntents.list({ limit: 100 });
    expect(intents.data.filter(({ transfer_group }) => transfer_group === `lesson:${held.id}`)).toHaveLength(
      1,
    );
    const customers = await street.stripe.customers.list({ limit: 100 });
    const own = customers.data.filter(({ metadata }) => metadata['person_id'] === 'stu_later');
    expect(own).toHaveLength(1);
    expect((await street.stripe.setupIntents.list({ customer: own[0]?.id ?? '' })).data).toHaveLength(1);
    await checkBooks(street);
  });

  it('captures, transfers, pays out and saves a card once each', async () => {
    const lessons = [];
    for (let n = 0; n < 3; n += 1) {
      const lesson = await book(street, account.id, { student: payer('pm_card_bypassPending') });
      for (const party of ['student', 'tutor']) {
        await command(street, lesson.id, 'join', { party, at: lesson.startsAt });
      }
      lessons.push(lesson);
    }
    const [first] = lessons;
    const lastEnd = Math.max(...lessons.map(({ endsAt }) => Date.parse(endsAt)));
    const month = street.clock.now() + 30 * 24 * hourMs;
    const later = { startsAt: at(month), endsAt: at(month + hourMs) };
    const carded = booking(street, account.id, { ...later, student: payer('pm_card_visa', 'stu_setup') });
    await travel(street, lastEnd - 2_000 - Math.max(0, lastEnd - Date.parse(first?.endsAt ?? '')));

    // One lesson hangs in its capture, one in its transfer, one in its payout.
    await killDuring(
      [
        ['POST', `/v1/payment_intents/${first?.payment.paymentIntentId}/capture`],
        ['POST', '/v1/transfers'],
        ['POST', '/v1/payouts'],
        ['POST', '/v1/setup_intents'],
      ],
      () => bookSlowly(carded),
    );

    for (const { id } of lessons) {
      const paid = await until(street, id, (lesson) => lesson.payment['paidOut'] === 360);
      expect(paid).toMatchObject({
        state: 'completed',
        payment: { state: 'captured', captured: 450, transferred: 360 },
      });
    }
    await until(street, carded.id, ({ state }) => state === 'scheduled');
    const payouts = await street.stripe.payouts.list({ limit: 100 }, { stripeAccount: account.stripeId });
    expect(payouts.data).toHaveLength(3);
    await checkBooks(street);
  });
});

const at = (instant: number): string => new Date(instant).toISOString();

const matches = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(path.split('?')[0] ?? '');
