import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../house/eventually.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { book, booking, hourMs, openAccount, show, travel, until, writes } from '../house/lessons.ts';
import { bothJoin, paidInFull, takesPlace } from '../house/stories.ts';
import { deliver, eventOf, eventsKept, eventsMade } from '../house/stripe-events.ts';

// Whatever becomes of Stripe's messages on their way, the money of a lesson is the same.

const unpaid = { student: { id: 'stu_1', email: 's@example.org', name: 'S' } };

describe('Stripe’s messages in every weather', () => {
  let house: House;
  let account: { id: string; stripeId: string };
  beforeAll(async () => {
    house = await openHouse();
    account = await openAccount(house);
  });
  beforeEach(async () => {
    await house.sim('POST', '/webhooks', {});
  });
  afterAll(async () => {
    await house.close();
  });

  /** The customer pays on her own page, so that only a message or a look of ours can tell the lesson. */
  const customerPays = async (): Promise<ShownLesson> => {
    const lesson = await book(house, account.id, unpaid);
    expect(lesson).toMatchObject({ state: 'awaiting_payment', payment: { state: 'pending' } });
    const body = { paymentMethod: 'pm_card_visa' };
    await house.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/succeed`, body);
    return lesson;
  };

  const holdsOf = (lesson: ShownLesson) =>
    house.stripe.paymentIntents
      .list({ limit: 100 })
      .autoPagingToArray({ limit: 1_000 })
      .then((all) => all.filter(({ metadata }) => metadata['workflow_id'] === `lesson:${lesson.id}`));

  const weathers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'come at once and once': {},
    'come twenty times each': { duplicate: 19 },
    'come twenty times each, all at the end and in any order': {
      hold: true,
      duplicate: 19,
      shuffle: true,
      seed: 7,
    },
    'come three days late': { delaySeconds: 3 * 86_400 },
    'come three days late, thrice and in any order': {
      delaySeconds: 3 * 86_400,
      duplicate: 2,
      shuffle: true,
      seed: 3,
    },
    'are lost by a third': { lose: 0.34, seed: 11 },
    'are all lost': { lose: 1 },
  };
  it.each(Object.entries(weathers))('moves the same money when they %s', async (_what, weather) => {
    await house.sim('POST', '/webhooks', weather);
    const lesson = await customerPays();
    const paid = await takesPlace(house, await afterItsDeadline(lesson));
    await house.sim('POST', '/webhooks/flush', {});
    await travel(house, 'P4D');
    expect(await show(house, lesson.id)).toMatchObject({ state: 'completed', payment: paidInFull });
    expect(paid.payment.chargeId).toBe((await show(house, lesson.id)).payment.chargeId);
    expect(await holdsOf(lesson)).toHaveLength(1);
    await checkBooks(house);
  });

  /** Half an hour later the lesson has looked at Stripe itself, if it had to. */
  async function afterItsDeadline(lesson: ShownLesson): Promise<ShownLesson> {
    await travel(house, 'PT31M');
    return until(house, lesson.id, ({ state }) => state === 'scheduled');
  }

  /** How many more events are kept than Stripe made, once all that it made is delivered: time goes on, and it may make more. */
  async function keptBeyondMade(): Promise<number> {
    const { made, kept } = await eventually(
      async () => ({ made: await eventsMade(house, [account.stripeId]), kept: await eventsKept(house), again: await eventsMade(house, [account.stripeId]) }),
      (now) => now.made.length === now.again.length && now.made.every((one) => one.pending_webhooks === 0),
    );
    return kept - made.length;
  } // prettier-ignore

  it('keeps each event once, and Stripe has to repeat none, however often it comes', async () => {
    const [before, madeBefore] = [await eventsKept(house), await eventsMade(house, [account.stripeId])];
    await house.sim('POST', '/webhooks', { duplicate: 19 });
    const lesson = await customerPays();
    await takesPlace(house, await afterItsDeadline(lesson));
    const known = new Set(madeBefore.map(({ id }) => id));
    const { made } = await eventually(
      async () => {
        const all = await eventsMade(house, [account.stripeId]);
        return { made: all.filter(({ id }) => !known.has(id)), kept: (await eventsKept(house)) - before };
      },
      (now) => now.kept === now.made.length && now.made.every((one) => one.pending_webhooks === 0),
    );
    expect(made.length).toBeGreaterThan(5);
    for (const { id } of made) expect(await house.store.findEvent(id), id).toMatchObject({ eventId: id });
    await checkBooks(house);
  });

  it('answers the same event twenty times at once with 200 and keeps it once', async () => {
    const lesson = await book(house, account.id);
    const { paymentIntentId } = lesson.payment;
    const before = await keptBeyondMade();
    const event = eventOf(house, 'payment_intent.amount_capturable_updated', { id: paymentIntentId });
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(house, event)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await keptBeyondMade()).toBe(before + 1);
    const paid = await takesPlace(house, lesson);
    expect(paid).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });

  it('keeps an event that comes before its lesson is booked, and brings it once it is', async () => {
    const request = booking(house, account.id);
    const object = { id: 'pi_not_yet_known', metadata: { workflow_id: `lesson:${request.id}` } };
    const early = eventOf(house, 'payment_intent.succeeded', object);
    expect(await deliver(house, early)).toMatchObject({ status: 200 });
    const waiting = await eventually(
      () => house.store.findEvent(early.id),
      (row) => row?.status === 'waiting',
    );
    expect(waiting).toMatchObject({ reason: 'no_owner' });
    const lesson = await book(house, account.id, request);
    const delivered = await eventually(
      () => house.store.findEvent(early.id),
      (row) => row?.status === 'delivered',
    );
    expect(delivered?.reason).toBeNull();
    const paid = await takesPlace(house, lesson);
    expect(paid).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });

  it('keeps an event whose lesson is never booked for thirty days, then tells people', async () => {
    const orphan = eventOf(house, 'charge.captured', { id: `ch_${crypto.randomUUID().slice(0, 8)}` });
    expect(await deliver(house, orphan)).toMatchObject({ status: 200 });
    await travel(house, 'P29D');
    expect(await house.store.findEvent(orphan.id)).toMatchObject({ status: 'waiting', reason: 'no_owner' });
    await travel(house, 'P2D');
    expect(await house.store.findEvent(orphan.id)).toMatchObject({ status: 'ignored', reason: 'no_owner' });
    const { rows } = await house.store.listAlerts({ limit: 100, type: 'ORPHAN' });
    expect(rows).toHaveLength(1);
  });

  it('takes an event after its lesson closed, moves nothing, and warns of a bank’s dispute', async () => {
    const paid = await takesPlace(house, await book(house, account.id));
    expect(paid).toMatchObject({ state: 'completed', payment: paidInFull });
    const { paymentIntentId, chargeId } = paid.payment;
    const writesBefore = (await writes(house, /^\/v1\//)).length;
    const late = eventOf(house, 'payment_intent.amount_capturable_updated', { id: paymentIntentId });
    await house.sim('POST', '/webhooks', { lose: 1 });
    const inquiry = { charge: chargeId, reason: 'fraudulent', status: 'warning_needs_response' };
    const { id: disputeId }: Stripe.Dispute = await house.sim('POST', '/disputes', inquiry);
    await house.sim('POST', '/webhooks', {});
    const dispute = eventOf(house, 'charge.dispute.created', { id: disputeId, charge: chargeId });
    for (const event of [late, late, dispute, dispute]) {
      expect(await deliver(house, event)).toMatchObject({ status: 200 });
    }
    for (const { id } of [late, dispute]) {
      const row = await eventually(
        () => house.store.findEvent(id),
        (one) => one?.status === 'delivered',
      );
      expect(row).toMatchObject({ reason: 'late' });
    }
    expect(await show(house, paid.id)).toEqual(paid);
    expect((await writes(house, /^\/v1\//)).length).toBe(writesBefore);
    const alerts = await house.store.listAlerts({ limit: 100, subject: `lesson:${paid.id}` });
    expect(alerts.rows).toMatchObject([{ type: 'CHARGE_DISPUTE', severity: 'critical', count: 1 }]);
    await house.sim('POST', `/disputes/${disputeId}/close`, {});
    await checkBooks(house);
  });

  it('loses nothing when the worker is away for an hour while the customer pays', async () => {
    const waiting = await book(house, account.id, unpaid);
    const other = await book(house, account.id);
    await house.stopWorker();
    await house.sim('POST', `/payment_intents/${waiting.payment.paymentIntentId}/succeed`, {
      paymentMethod: 'pm_card_visa',
    });
    const event = await eventually(
      async () => (await eventsMade(house)).find((one) => isAbout(one, waiting)),
      (one) => one?.pending_webhooks === 0,
    );
    await hourPasses();
    expect(await show(house, waiting.id)).toMatchObject({ state: 'awaiting_payment' });
    await house.startWorker();
    await until(house, waiting.id, ({ state }) => state === 'scheduled');
    expect(await house.store.findEvent(event?.id ?? '')).toMatchObject({ status: 'delivered', reason: null });
    await travel(house, Date.parse(other.startsAt));
    await bothJoin(house, other);
    const paid = await takesPlace(house, waiting);
    expect(paid).toMatchObject({ state: 'completed', payment: paidInFull });
    expect(await show(house, other.id)).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });

  const isAbout = (
    { type, data }: { type: string; data: { object: object } },
    lesson: ShownLesson,
  ): boolean =>
    type === 'payment_intent.amount_capturable_updated' &&
    'id' in data.object &&
    data.object.id === lesson.payment.paymentIntentId;

  /** Travel needs a worker, so only the clocks outside the stories move; these catch up at the next journey. */
  const hourPasses = async (): Promise<void> => {
    await house.store.setClockOffsetMs((await house.store.clockOffsetMs()) + hourMs);
    await house.clock.refresh();
    await house.sim('POST', '/clock/advance', { seconds: hourMs / 1000 });
  };
});
