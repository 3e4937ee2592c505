import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { book, command, hourMs, openAccount, show, travel, until } from '../house/lessons.ts';
import type { ShownLesson } from '../house/lessons.ts';

// Refunds that others make, and ours that fail after they were made (stripe-rules E1, E2).
describe('a refund that was not ours, or that did not last', () => {
  let house: House;
  let account: string;
  beforeAll(async () => {
    house = await openHouse();
    account = (await openAccount(house)).id;
  });
  afterAll(async () => {
    await house.close();
  });

  /** A lesson whose payment a person has captured in Stripe's dashboard before it took place. */
  const capturedEarly = async (): Promise<ShownLesson> => {
    const lesson = await book(house, account);
    await house.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/capture`, {});
    return await until(house, lesson.id, ({ payment }) => payment['captured'] === 450);
  };
  const refundInDashboard = (lesson: ShownLesson, amount: number) =>
    house.stripe.refunds.create({ payment_intent: lesson.payment.paymentIntentId, amount });
  const alertsOf = async (id: string): Promise<string[]> => {
    const { rows } = await house.store.listAlerts({ subject: `lesson:${id}`, limit: 100 });
    return rows.map(({ type }) => type);
  };
  const hold = async (lesson: ShownLesson): Promise<void> => {
    for (const party of ['student', 'tutor'])
      await command(house, lesson.id, 'join', { party, at: lesson.startsAt });
    await travel(house, Date.parse(lesson.endsAt) + hourMs);
  };

  it('pays the tutor her share of what is left when a part was refunded in the dashboard', async () => {
    const lesson = await capturedEarly();
    await refundInDashboard(lesson, 150);
    await until(house, lesson.id, ({ payment }) => payment['refunded'] === 150);
    expect(await alertsOf(lesson.id)).toContain('CHARGE_REFUNDED');
    await hold(lesson);
    const { state, payment } = await show(house, lesson.id);
    expect([state, payment.state]).toEqual(['completed', 'partially_refunded']);
    expect(payment).toMatchObject({ captured: 450, refunded: 150, feeEarned: 60, transferred: 240, held: 0 });
    await checkBooks(house);
  });

  it('transfers nothing when everything was refunded in the dashboard', async () => {
    const lesson = await capturedEarly();
    await refundInDashboard(lesson, 450);
    await until(house, lesson.id, ({ payment }) => payment['refunded'] === 450);
    await hold(lesson);
    const { payment } = await show(house, lesson.id);
    expect(payment).toMatchObject({
      state: 'refunded',
      refunded: 450,
      transferred: 0,
      feeEarned: 0,
      held: 0,
    });
    await checkBooks(house);
  });

  it('pays the tutor nothing out of a refund that no webhook told us of', async () => {
    const lesson = await capturedEarly();
    await house.sim('POST', '/webhooks', { lose: 1 });
    await refundInDashboard(lesson, 450);
    await hold(lesson);
    await house.sim('POST', '/webhooks', {});
    const { payment } = await show(house, lesson.id);
    expect(payment).toMatchObject({ state: 'refunded', refunded: 450, transferred: 0, held: 0 });
    await checkBooks(house);
  });

  it('keeps the money on the platform while the bank has the payment under dispute, though no webhook said so', async () => {
    const lesson = await capturedEarly();
    const charge = await house.stripe.charges.retrieve(lesson.payment.chargeId);
    const fault = { kind: 'status_before', status: 200, body: { ...charge, disputed: true } };
    await house.sim('POST', '/faults', { method: 'GET', path: `/v1/charges/${charge.id}`, fault });
    await hold(lesson);
    const parked = await show(house, lesson.id);
    expect(parked.payment).toMatchObject({ captured: 450, transferred: 0, held: 450 });
    expect(parked.needsAttention).toMatchObject({
      operation: 'transfer',
      commands: ['retry', 'skip', 'refund'],
    });
    expect(await alertsOf(lesson.id)).toEqual(expect.arrayContaining(['TRANSFER_FAILED', 'PARKED']));
    await house.sim('DELETE', '/faults');
    const retried = await command(house, lesson.id, 'retry', { reason: 'the bank gave in' });
    expect(retried.status, JSON.stringify(retried.body)).toBe(200);
    await until(house, lesson.id, ({ payment }) => payment['transferred'] === 360);
    await checkBooks(house);
  });

  it('records what the platform laid out when a refund in the dashboard comes after the transfer', async () => {
    const lesson = await book(house, account);
    await hold(lesson);
    await until(house, lesson.id, ({ payment }) => payment['transferred'] === 360);
    await refundInDashboard(lesson, 450);
    const after = await until(house, lesson.id, ({ payment }) => payment['refunded'] === 450);
    expect(after.payment).toMatchObject({
      captured: 450,
      transferred: 360,
      feeEarned: 90,
      advanced: 450,
      held: 0,
    });
    await checkBooks(house);
  });

  it('takes a failed refund back, asks a person, and sends it again once under a new key', async () => {
    const lesson = await capturedEarly();
    const partly = await command(house, lesson.id, 'refund', { reason: 'agreed', amount: 100 });
    expect(partly.status, JSON.stringify(partly.body)).toBe(200);
    const refunded = await until(house, lesson.id, ({ payment }) => payment['refunded'] === 100);
    const [first] = (await house.stripe.refunds.list({ payment_intent: refunded.payment.paymentIntentId }))
      .data;
    await house.sim('POST', `/refunds/${first?.id}/fail`, {});
    const parked = await until(house, lesson.id, ({ needsAttention }) => needsAttention !== null);
    expect(parked.payment['refunded']).toBe(0);
    expect(parked.needsAttention).toMatchObject({
      operation: 'refund',
      reason: 'refund_failed',
      commands: ['retry', 'skip'],
    });
    expect(await alertsOf(lesson.id)).toContain('REFUND_FAILED');
    const retried = await command(house, lesson.id, 'retry', { reason: 'new card' });
    expect(retried.status, JSON.stringify(retried.body)).toBe(200);
    // The rest, 350 of which a fifth is the platform's, is divided before the bank sends the refund back or after it.
    const again = await until(
      house,
      lesson.id,
      ({ payment }) => payment['refunded'] === 100 && payment['transferred'] === 280,
    );
    expect(again.payment).toMatchObject({ feeEarned: 70, held: 0 });
    const all = (await house.stripe.refunds.list({ payment_intent: again.payment.paymentIntentId })).data;
    expect(all.map(({ status }) => status).sort((a, b) => (a ?? '').localeCompare(b ?? ''))).toEqual([
      'failed',
      'succeeded',
    ]);
    await checkBooks(house);
  });
});
