import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureSchedules, gapSweepId } from '../../worker/schedules.ts';
import { eventually } from '../house/eventually.ts';
import { arm, calm, requests } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { book, booking, openAccount, travel, until } from '../house/lessons.ts';
import { paidInFull, takesPlace } from '../house/stories.ts';
import type { Street } from '../house/street.ts';
import { openStreet } from '../house/street.ts';
import { deliver, eventsKept, eventsMade } from '../house/stripe-events.ts';

// Stripe's messages that never came are fetched, and the house goes on as if they had.

const mustAuthenticate = {
  student: { id: 'stu_3ds', email: 's@example.org', name: 'S', paymentMethod: 'pm_card_authenticationRequired' },
}; // prettier-ignore

describe('events that Stripe could not deliver', () => {
  let house: House;
  let account: { id: string; stripeId: string };
  beforeAll(async () => {
    house = await openHouse();
    account = await openAccount(house);
  });
  beforeEach(async () => {
    await house.sim('POST', '/webhooks', {});
    await calm(house);
  });
  afterAll(async () => {
    await house.close();
  });

  /** One sweep, begun now; resolves when it has come to its end. */
  const sweep = async (): Promise<void> => {
    const before = await house.store.sweptAt();
    await house.gapSweep.trigger();
    await eventually(
      () => house.store.sweptAt(),
      ({ busy }) => busy !== before.busy,
      30_000,
    );
    // The mark comes a moment before the end, and a sweep that is asked for meanwhile is none.
    const { info } = await house.gapSweep.describe();
    const { workflowId } = info.recentActions.at(-1)?.action.workflow ?? { workflowId: '' };
    await house.temporal.workflow.getHandle(workflowId).result();
  };

  const loseEverything = () => house.sim('POST', '/webhooks', { lose: 1 });

  const setTransfers = (stripeId: string, transfers: 'active' | 'inactive') =>
    house.sim('POST', `/accounts/${stripeId}`, { capabilities: { transfers } });

  /** Every time the account was asked for its events. */
  const listingsOf = async (stripeId: string) =>
    (await requests(house)).filter((one) => one.path.startsWith('/v1/events') && one.account === stripeId);

  const canReceive = async (id: string) => (await house.store.findAccount(id))?.transfersEnabled;

  it('let a lesson whose customer passed her bank’s check be held and paid, though its news never came', async () => {
    await loseEverything();
    const lesson = await book(house, account.id, mustAuthenticate);
    expect(lesson).toMatchObject({ state: 'awaiting_payment', payment: { authorized: 0 } });
    const { paymentIntentId } = lesson.payment;
    await house.sim('POST', `/payment_intents/${paymentIntentId}/succeed`, {});
    const news = (await eventsMade(house)).find(
      ({ type, data }) =>
        type === 'payment_intent.amount_capturable_updated' &&
        'id' in data.object &&
        data.object.id === paymentIntentId,
    );
    const eventId = news?.id ?? '';
    expect(await house.store.findEvent(eventId)).toBeNull();
    await sweep();
    const row = await eventually(
      () => house.store.findAgreement(`lesson:${lesson.id}`),
      (seen) => seen?.status === 'scheduled',
    );
    expect(row).toMatchObject({ paymentState: 'authorized' });
    expect(await house.store.findEvent(eventId)).toMatchObject({
      endpoint: 'platform',
      account: null,
      type: 'payment_intent.amount_capturable_updated',
      objectId: paymentIntentId,
      status: 'delivered',
      reason: null,
    });
    expect(await takesPlace(house, lesson)).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });

  it('tell us of a tutor’s account that can no longer be paid, and of one that can again', async () => {
    const tutor = await openAccount(house);
    await loseEverything();
    for (const transfers of ['inactive', 'active'] as const) {
      const isPayable = transfers === 'active';
      await setTransfers(tutor.stripeId, transfers);
      expect(await canReceive(tutor.id)).toBe(!isPayable);
      await sweep();
      await eventually(
        () => canReceive(tutor.id),
        (seen) => seen === isPayable,
      );
    }
    const news = await eventsMade(house, [tutor.stripeId]);
    const told = news.find(({ type, account: from }) => type === 'account.updated' && from === tutor.stripeId);
    expect(await house.store.findEvent(told?.id ?? '')).toMatchObject({ endpoint: 'connect', account: tutor.stripeId });
  }); // prettier-ignore

  it('are kept once each however often they are fetched, and those that came anyway are not told twice', async () => {
    await sweep();
    await loseEverything();
    const lesson = await book(house, account.id, mustAuthenticate);
    await house.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/succeed`, {});
    const before = await eventsKept(house);
    await sweep();
    const after = await eventsKept(house);
    expect(after).toBeGreaterThan(before);
    await until(house, lesson.id, ({ state }) => state === 'scheduled');
    const rev = (await house.store.findAgreement(`lesson:${lesson.id}`))?.rev;
    await sweep();
    await sweep();
    expect(await eventsKept(house)).toBe(after);
    for (const event of await eventsMade(house)) {
      if ((await house.store.findEvent(event.id)) === null) continue;
      expect(await deliver(house, event)).toMatchObject({ status: 200 });
    }
    expect(await eventsKept(house)).toBe(after);
    expect((await house.store.findAgreement(`lesson:${lesson.id}`))?.rev).toBe(rev);
    expect(await takesPlace(house, lesson)).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  }); // prettier-ignore

  it('fill many pages, and a sweep that Stripe interrupts goes on at the page where it was', async () => {
    const busy = await openAccount(house);
    await sweep();
    await loseEverything();
    for (let turn = 0; turn < 120; turn += 1) {
      await setTransfers(busy.stripeId, turn % 2 === 0 ? 'inactive' : 'active');
    }
    const made = (await eventsMade(house, [busy.stripeId])).filter((one) => one.account === busy.stripeId);
    expect(made.length).toBeGreaterThan(200);
    const before = (await listingsOf(busy.stripeId)).length;
    const target = { method: 'GET', path: '/v1/events', account: busy.stripeId, nth: 2 } as const;
    await arm(house, target, { fault: { kind: 'status_before', status: 503 }, times: 1 });
    await sweep();
    for (const { id } of made) expect(await house.store.findEvent(id), id).not.toBeNull();
    const asked = (await listingsOf(busy.stripeId)).slice(before).map(({ params }) => params['starting_after'] ?? null);
    expect(asked.filter((after) => after === null)).toHaveLength(1);
    expect(asked[1]).toBe(asked[2]);
  }); // prettier-ignore

  it('of an account that has nothing to do with us today are fetched once a day', async () => {
    const idle = await openAccount(house);
    await travel(house, 'P2D');
    await sweep();
    await loseEverything();
    await setTransfers(idle.stripeId, 'inactive');
    const before = (await listingsOf(idle.stripeId)).length;
    expect(before).toBeGreaterThan(0);
    await sweep();
    await sweep();
    expect(await listingsOf(idle.stripeId)).toHaveLength(before);
    expect(await canReceive(idle.id)).toBe(true);
    await travel(house, 'P1DT1H');
    await sweep();
    await eventually(
      () => canReceive(idle.id),
      (seen) => seen === false,
    );
  });

  it('are fetched also while one account has left us', async () => {
    const [gone, here] = (await Promise.all([openAccount(house), openAccount(house)])).toSorted((a, b) =>
      a.stripeId < b.stripeId ? -1 : 1,
    );
    await sweep();
    await loseEverything();
    await house.sim('POST', `/accounts/${gone?.stripeId}/deauthorize`, {});
    await setTransfers(here?.stripeId ?? '', 'inactive');
    expect(await canReceive(here?.id ?? '')).toBe(true);
    await sweep();
    await eventually(
      () => canReceive(here?.id ?? ''),
      (seen) => seen === false,
    );
  });

  it('are looked for every quarter of an hour by one schedule, however many workers make it', async () => {
    await Promise.all([1, 2, 3].map(() => ensureSchedules(house.temporal, house.queue)));
    const { spec, action, policies, state } = await house.gapSweep.describe();
    expect(spec.intervals).toMatchObject([{ every: 900_000 }]);
    expect(action).toMatchObject({ workflowType: 'gapSweep', taskQueue: house.queue });
    expect(policies.overlap).toBe('SKIP');
    // What a person paused is not set going by a worker that starts.
    expect(state.paused).toBe(true);
    const ids = [];
    for await (const { scheduleId } of house.temporal.schedule.list()) ids.push(scheduleId);
    expect(ids.filter((id) => id === gapSweepId(house.queue))).toHaveLength(1);
  });

  it('are found on a journey, at most once a step, and a lesson that nobody looked at is held', async () => {
    await loseEverything();
    const lesson = await book(house, account.id, mustAuthenticate);
    await house.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/succeed`, {});
    const taken = async () => (await house.gapSweep.describe()).info.numActionsTaken;
    const before = await taken();
    await travel(house, 'PT16M');
    expect(await taken()).toBe(before + 1);
    expect(await house.store.findAgreement(`lesson:${lesson.id}`)).toMatchObject({ status: 'scheduled' });
    const paid = await takesPlace(house, lesson);
    expect(paid).toMatchObject({ state: 'completed', payment: paidInFull });
    const atRest = await taken();
    const answer = await house.request('POST', '/_dev/travel', { body: { by: 'P60D' } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect((await taken()) - atRest).toBeLessThanOrEqual(Number(answer.body['steps']));
    await checkBooks(house);
  });

  it('do not keep a traveller waiting while Stripe does not answer, and are found once it does', async () => {
    await loseEverything();
    const busy = await openAccount(house);
    await setTransfers(busy.stripeId, 'inactive');
    await arm(
      house,
      { method: 'GET', path: '/v1/events' },
      { fault: { kind: 'status_before', status: 503 }, times: 100_000 },
    );
    const begunAt = Date.now();
    await travel(house, 'PT20M');
    await travel(house, 'PT20M');
    expect(Date.now() - begunAt).toBeLessThan(15_000);
    expect(await canReceive(busy.id)).toBe(true);
    await calm(house);
    await eventually(
      () => canReceive(busy.id),
      (seen) => seen === false,
      20_000,
    );
  });
});

describe('a sweep whose worker is killed in the middle', () => {
  let street: Street;
  beforeAll(async () => {
    street = await openStreet();
    await street.startApi();
  });
  afterAll(async () => {
    await street.close();
  });

  it('is brought to its end by another worker: the lesson is held', async () => {
    const workers = [street.startWorker(), street.startWorker()];
    const account = await openAccount(street);
    await street.sim('POST', '/webhooks', { lose: 1 });
    // The first booking waits until the workers' processes have started.
    const body = booking(street, account.id, mustAuthenticate);
    await street.request('POST', '/api/lessons', { role: 'app', body });
    const lesson = await until(street, body.id, ({ payment }) => payment.paymentIntentId !== null);
    await street.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/succeed`, {});
    const target = { method: 'GET', path: '/v1/events', fault: { kind: 'delay', ms: 4_000 } };
    await street.sim('POST', '/faults', target);
    const journey = travel(street, 'PT16M');
    await eventually(() => listings(street), (asked) => asked === 1);
    for (const worker of workers) await worker.kill();
    street.startWorker();
    await journey;
    await eventually(() => street.store.sweptAt(), ({ busy }) => busy !== null);
    await eventually(
      () => street.store.findAgreement(`lesson:${body.id}`),
      (row) => row?.status === 'scheduled',
    );
    expect(await listings(street)).toBeGreaterThan(1);
    await checkBooks(street);
  });

  /** How many lists of events have been asked for. */
  const listings = async (at: Street): Promise<number> => {
    const { data } = (await at.sim('GET', '/requests')) as { data: { path: string }[] };
    return data.filter(({ path }) => path.startsWith('/v1/events')).length;
  };
}); // prettier-ignore
