import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../house/eventually.ts';
import { countOf, historyOf } from '../house/history.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { book, command, openAccount, show, until } from '../house/lessons.ts';
import { paidInFull, takesPlace } from '../house/stories.ts';
import { eventsMade } from '../house/stripe-events.ts';

// What Stripe tells us about our own requests is kept, and wakes nobody: a signal is an event and a worker's time.

describe('the echoes of our own requests', () => {
  let house: House;
  let account: { id: string; stripeId: string };
  beforeAll(async () => {
    house = await openHouse();
    account = await openAccount(house);
  });
  afterAll(async () => {
    await house.close();
  });

  const keptAbout = async (known: ReadonlySet<string>) => {
    const made = await eventsMade(house, [account.stripeId]);
    const fresh = made.filter(({ id }) => !known.has(id));
    const rows = await Promise.all(fresh.map(({ id }) => house.store.findEvent(id)));
    return fresh.map(({ type }, index) => ({ type, row: rows[index] ?? null }));
  };
  const knownEvents = async (): Promise<Set<string>> =>
    new Set((await eventsMade(house, [account.stripeId])).map(({ id }) => id));

  it('never wake the story of a lesson that is paid, held, captured and transferred', async () => {
    const known = await knownEvents();
    const paid = await takesPlace(house, await book(house, account.id));
    expect(paid).toMatchObject({ state: 'completed', payment: paidInFull });
    expect(countOf(await historyOf(house, paid.id), 'workflowExecutionSignaled')).toBe(0);
    // Stripe's next message may be on its way this very moment.
    const kept = await eventually(
      () => keptAbout(known),
      (all) => all.every(({ row }) => row !== null && row.status !== 'received'),
    );
    const echoes = kept.filter(({ row }) => row?.status === 'delivered' && row.reason === 'echo');
    expect(echoes.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'payment_intent.amount_capturable_updated',
        'payment_intent.succeeded',
        'transfer.created',
      ]),
    );
    await checkBooks(house);
  });

  it('never wake the story of a lesson that is cancelled, nor raise an alert', async () => {
    const lesson = await book(house, account.id);
    await command(house, lesson.id, 'cancel', { by: 'tutor', reason: 'Ill' });
    const gone = await until(house, lesson.id, ({ payment }) => payment.state === 'released');
    await house.sim('POST', '/clock/advance', { seconds: 0 });
    expect(countOf(await historyOf(house, gone.id), 'workflowExecutionSignaled')).toBe(0);
    const { rows } = await house.store.listAlerts({ limit: 100, subject: `lesson:${lesson.id}` });
    expect(rows).toEqual([]);
    await checkBooks(house);
  });

  it('are told from what a person does in Stripe’s dashboard, which wakes the story', async () => {
    const lesson = await book(house, account.id);
    await house.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/cancel`);
    const gone = await until(house, lesson.id, ({ state }) => state === 'cancelled');
    expect(gone.payment).toMatchObject({ state: 'released', captured: 0, released: 450 });
    const signals = countOf(await historyOf(house, lesson.id), 'workflowExecutionSignaled');
    expect(signals).toBeGreaterThan(0);
    expect(await show(house, lesson.id)).toMatchObject({ cancelReason: 'The hold was cancelled in Stripe' });
    await checkBooks(house);
  });
});
