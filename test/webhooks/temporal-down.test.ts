import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporal } from '../../worker/temporal-server.ts';
import type { TemporalServer } from '../../worker/temporal-server.ts';
import { searchAttributes } from '../../workflows/contract.ts';
import { eventually } from '../house/eventually.ts';
import { countOf, historyOf } from '../house/history.ts';
import type { Answer } from '../house/callers.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { book, booking, command, openAccount, show } from '../house/lessons.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { bothJoin, paidInFull, takesPlace } from '../house/stories.ts';
import { eventsMade } from '../house/stripe-events.ts';

// Temporal goes away and comes back with its file, as in an upgrade. Nobody's money may notice.

/** A client that lost its server looks for it again with growing pauses. */
const backWithinMs = 40_000;

describe('while Temporal is away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-temporal-'));
  let server: TemporalServer;
  let house: House;
  let account: { id: string };
  const start = (port?: number): Promise<TemporalServer> =>
    startTemporal({
      dbFile: join(folder, 'temporal.db'),
      headless: true,
      searchAttributes,
      log: () => undefined,
      ...(port === undefined ? {} : { port }),
    });
  beforeAll(async () => {
    server = await start();
    house = await openHouse({ temporalAddress: server.address });
    account = await openAccount(house);
  });
  afterAll(async () => {
    await house.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('Stripe’s messages are taken, everything else is told when to come back, and nothing is lost', async () => {
    const unpaid = { student: { id: 'stu_1', email: 's@example.org', name: 'S' } };
    const waiting = await book(house, account.id, unpaid);
    const held = await book(house, account.id);
    const request = booking(house, account.id);
    await server.stop();

    await house.sim('POST', `/payment_intents/${waiting.payment.paymentIntentId}/succeed`, {
      paymentMethod: 'pm_card_visa',
    });
    const event = await eventually(
      async () => (await eventsMade(house)).find((one) => isPaymentOf(one, waiting)),
      (one) => one?.pending_webhooks === 0,
    );
    expect(await house.store.findEvent(event?.id ?? '')).not.toMatchObject({ status: 'delivered' });

    const join = { party: 'student', at: held.startsAt };
    const key = crypto.randomUUID();
    const [started, told, cancelled] = await Promise.all([
      house.request('POST', '/api/lessons', { role: 'app', body: request }),
      command(house, held.id, 'join', join, key),
      command(house, held.id, 'cancel', { by: 'student', reason: 'Changed my mind' }),
    ]);
    for (const answer of [started, told, cancelled]) expectToComeBack(answer);
    expect(await show(house, held.id)).toMatchObject({ state: 'scheduled', payment: { captured: 0 } });
    const ready = await house.request('GET', '/readyz', { role: null });
    expect(ready).toMatchObject({ status: 503, body: { checks: { database: 'ok', temporal: 'failed' } } });
    expect((await house.request('GET', '/livez', { role: null })).status).toBe(200);

    server = await start(Number(server.address.split(':')[1]));
    const delivered = await eventually(
      () => house.store.findEvent(event?.id ?? ''),
      (row) => row?.status === 'delivered',
      backWithinMs,
    );
    expect(delivered).toMatchObject({ reason: null });
    const paid = await eventually(
      () => show(house, waiting.id),
      ({ state }) => state === 'scheduled',
      backWithinMs,
    );
    expect(paid.payment).toMatchObject({ state: 'authorized', authorized: 450 });

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => house.request('POST', '/api/lessons', { role: 'app', body: request })),
    );
    for (const { status, body } of answers) {
      expect([200, 201], JSON.stringify(body)).toContain(status);
      expect(body).toMatchObject({ id: request.id, payment: { state: 'authorized' } });
    }
    expect(countOf(await historyOf(house, request.id), 'workflowExecutionStarted')).toBe(1);
    const intents = await house.stripe.paymentIntents.list({ limit: 100 });
    const ours = intents.data.filter(({ metadata }) => metadata['workflow_id'] === `lesson:${request.id}`);
    expect(ours).toHaveLength(1);

    expect(await command(house, held.id, 'join', join, key)).toMatchObject({ status: 200 });
    await bothJoin(house, await show(house, request.id));
    await bothJoin(house, held);
    await takesPlace(house, paid);
    for (const { id } of [paid, held, request]) {
      expect(await show(house, id)).toMatchObject({ state: 'completed', payment: paidInFull });
    }
    await checkBooks(house);
  });
});

const isPaymentOf = (event: { type: string; data: { object: object } }, lesson: ShownLesson): boolean =>
  event.type === 'payment_intent.amount_capturable_updated' &&
  'id' in event.data.object &&
  event.data.object.id === lesson.payment.paymentIntentId;

function expectToComeBack({ status, headers, body }: Answer): void {
  expect(status, JSON.stringify(body)).toBe(503);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({ code: 'unavailable', retryable: true });
}
