import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkBooks } from '../house/books.ts';
import { book, booking, openAccount, show, until } from '../house/lessons.ts';
import type { Resident, Street } from '../house/street.ts';
import { openStreet } from '../house/street.ts';

describe('processes that die between a promise and its keeping', () => {
  let street: Street;
  let api: Resident;
  let account: { id: string; stripeId: string };
  beforeAll(async () => {
    street = await openStreet();
    api = await street.startApi();
    street.startWorker();
    account = await openAccount(street);
    const first = booking(street, account.id);
    await street.request('POST', '/api/lessons', { role: 'app', body: first });
    await until(street, first.id, ({ state }) => state === 'scheduled', 120_000);
  });
  afterAll(async () => {
    await street.close();
  });

  it('delivers a webhook whose API died after writing it down and before telling the lesson', async () => {
    const unpaid = await book(street, account.id, {
      student: { id: 'stu_1', email: 's@example.org', name: 'S' },
    });
    const intent = unpaid.payment.paymentIntentId;
    // Temporal is away, so the event is written down and answered, and cannot be delivered before the API dies.
    await street.killTemporal();
    await street.sim('POST', `/payment_intents/${intent}/succeed`, { paymentMethod: 'pm_card_visa' });
    const isReceived = async (): Promise<boolean> =>
      (await street.store.dueEvents({ now: Number.MAX_SAFE_INTEGER, limit: 100 })).some(
        ({ type, objectId }) => type === 'payment_intent.amount_capturable_updated' && objectId === intent,
      );
    await vi.waitUntil(isReceived, { timeout: 90_000, interval: 50 });
    await api.kill();
    await street.startTemporal();
    api = await street.startApi();
    const paid = await until(street, unpaid.id, ({ state }) => state === 'scheduled', 120_000);
    expect(paid.payment).toMatchObject({ state: 'authorized', authorized: 450 });
    await checkBooks(street);
  }, 240_000);

  it('finishes a booking whose API died before it could answer: one hold, and the same request again finds it', async () => {
    const body = booking(street, account.id);
    await street.sim('POST', '/faults', {
      method: 'POST',
      path: '/v1/payment_intents',
      fault: { kind: 'delay', ms: 1_000 },
    });
    const lost = street.request('POST', '/api/lessons', { role: 'app', body }).catch(() => null);
    for (
      let tries = 0;
      tries < 200 && (await street.store.findAgreement(`lesson:${body.id}`)) === null;
      tries += 1
    )
      await pause(10);
    await pause(300);
    await api.kill();
    expect(await lost).toBeNull();
    api = await street.startApi();
    const again = await street.request('POST', '/api/lessons', { role: 'app', body });
    expect([200, 201]).toContain(again.status);
    await until(street, body.id, ({ state }) => state === 'scheduled');
    const intents = await street.stripe.paymentIntents.list({ limit: 100 });
    expect(intents.data.filter(({ transfer_group }) => transfer_group === `lesson:${body.id}`)).toHaveLength(
      1,
    );
    await checkBooks(street);
  });

  it('settles a lesson whose end passed while the Temporal server was away', async () => {
    const now = street.clock.now();
    const at = (ms: number): string => new Date(now + ms).toISOString();
    const student = {
      id: 'stu_1',
      email: 's@example.org',
      name: 'S',
      paymentMethod: 'pm_card_bypassPending',
    };
    const lesson = await book(street, account.id, { startsAt: at(1_000), endsAt: at(9_000), student });
    for (const party of ['student', 'tutor']) {
      const joined = await street.request('POST', `/api/lessons/${lesson.id}/join`, {
        role: 'app',
        body: { party },
      });
      expect(joined.status).toBe(200);
    }
    await street.killTemporal();
    await pause(9_500);
    expect(await show(street, lesson.id)).toMatchObject({ state: 'in_progress', payment: { captured: 0 } });
    await street.startTemporal();
    const paid = await until(street, lesson.id, ({ payment }) => payment['paidOut'] === 360, 120_000);
    expect(paid).toMatchObject({
      state: 'completed',
      payment: { captured: 450, feeEarned: 90, transferred: 360 },
    });
    await checkBooks(street);
  }, 200_000);
});
