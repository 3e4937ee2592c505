import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '../../worker/api-process.ts';
import { createLog } from '../../worker/log.ts';
import { freePort } from '../../worker/ports.ts';
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { order, setTerms, showBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import type { Answer } from '../house/callers.ts';
import { arm, assertStruck, requests } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { hourMs, travel } from '../house/lessons.ts';
import { signatureOf } from '../house/stripe-events.ts';
import {
  accuse,
  alertsOf,
  becomes,
  bookSoon,
  fund,
  openGroupProvider,
  refundsOf,
  transfersOf,
  travelToWindowEnd,
  workflowIdOf,
} from '../house/booking-money.ts';
import { eventually } from '../house/eventually.ts';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openGroupProvider(house);
  await fund(house, 100_000);
  await setTerms(house, 'short', { hold: { anchor: 'payment', for: 'PT3H' } });
});
afterAll(async () => {
  await house.close();
});

const paid = { status: 'TRANSFERRED', payment: { feeEarned: 500, transferred: 4500, disputed: 0, held: 0 } };
const taken = {
  state: 'disputed',
  status: 'DISPUTED',
  payment: { captured: 5000, disputed: 5000, transferred: 0, held: 0 },
};

const judge = (dispute: Stripe.Dispute, verdict: 'win' | 'lose' | 'close') =>
  house.sim('POST', `/disputes/${dispute.id}/${verdict}`, {});
const hearing = async (policy: object): Promise<void> => void (await house.sim('POST', '/webhooks', policy));
const flush = () => house.sim('POST', '/webhooks/flush', {});
/** The story of the dispute itself. */
const showDispute = async ({ id }: Stripe.Dispute): Promise<Answer['body']> => {
  const answer = await house.request('GET', `/api/disputes/${id}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};
const orderDispute = ({ id }: Stripe.Dispute, word: string, body: object): Promise<Answer> =>
  house.request('POST', `/api/admin/disputes/${id}/${word}`, { body, key: crypto.randomUUID() });

describe('a bank’s dispute around the end of the window', () => {
  it('that no webhook told of keeps the money: it is seen just before the transfer', async () => {
    const booked = await bookSoon(house, provider, { policy: 'short' });
    await travelToWindowEnd(house, booked, -hourMs);
    await hearing({ hold: true });
    const dispute = await accuse(house, booked);
    await travel(house, 'PT2H');
    expect(await showBooking(house, booked.id)).toMatchObject(taken);
    expect(await transfersOf(house, booked)).toEqual([]);
    expect(await alertsOf(house, booked, 'CHARGE_DISPUTE')).toHaveLength(1);
    await hearing({});
    await flush();
    const refused = await order(house, booked.id, 'refund', { reason: 'asked for it' });
    expect([refused.status, refused.body['code']]).toEqual([409, 'command_refused']);
    await judge(dispute, 'win');
    await becomes(house, booked, { transferred: 4500 });
    expect(await showBooking(house, booked.id)).toMatchObject(paid);
    expect(await transfersOf(house, booked)).toHaveLength(1);
    expect(await refundsOf(house, booked)).toEqual([]);
    await checkBooks(house);
  });

  it('that opens between that look and the transfer: the transfer is taken back and the payer’s bank has the money', async () => {
    const booked = await bookSoon(house, provider, { policy: 'short' });
    await arm(house, { path: '/v1/transfers' }, { fault: { kind: 'delay', ms: 2_000 }, times: 1 });
    await travelToWindowEnd(house, booked, -60_000);
    const journey = travel(house, 'PT2M');
    await eventually(
      () => requests(house),
      (all) =>
        all.some(
          ({ path, method, params }) =>
            method === 'POST' &&
            path === '/v1/transfers' &&
            params['transfer_group'] === workflowIdOf(booked),
        ),
    );
    const dispute = await accuse(house, booked);
    await journey;
    await assertStruck(house);
    await becomes(house, booked, {
      transferred: 4500,
      reversed: 4500,
      disputed: 5000,
      feeEarned: 0,
      advanced: 0,
    });
    expect(await transfersOf(house, booked)).toMatchObject([{ amount: 4500, amount_reversed: 4500 }]);
    expect(await showDispute(dispute)).toMatchObject({
      agreement: workflowIdOf(booked),
      state: 'needs_response',
    });
    await judge(dispute, 'lose');
    await eventually(
      () => showDispute(dispute),
      ({ state }) => state === 'lost',
    );
    expect(await showBooking(house, booked.id)).toMatchObject({ payment: { held: 0, disputed: 5000 } });
    await checkBooks(house);
  });

  it('that is only an inquiry: the money waits, nothing is booked, and the provider is paid when it closes', async () => {
    const booked = await bookSoon(house, provider, { policy: 'short' });
    const inquiry = await accuse(house, booked, { status: 'warning_needs_response' });
    await travelToWindowEnd(house, booked);
    expect(await showBooking(house, booked.id)).toMatchObject({
      state: 'disputed',
      payment: { held: 5000, disputed: 0, transferred: 0 },
    });
    await judge(inquiry, 'close');
    await becomes(house, booked, { transferred: 4500 });
    const ledger = await house.store.ledgerBalances(workflowIdOf(booked));
    expect(ledger.filter(({ account }) => account === 'disputes')).toEqual([]);
    expect((await showDispute(inquiry))['state']).toBe('closed');
    await checkBooks(house);
  });
});

describe('the news of one dispute', () => {
  const eventsAbout = async ({ id }: Stripe.Dispute): Promise<Stripe.Event[]> =>
    (await house.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 })).filter(
      ({ data }) => (data.object as { id?: string }).id === id,
    );

  const withdrawnOf = async (booked: ShownBooking): Promise<number | undefined> =>
    (await house.store.ledgerBalances(workflowIdOf(booked))).find(({ account }) => account === 'disputes')
      ?.amount;

  it('come last first: what the bank took is booked once', async () => {
    const booked = await bookSoon(house, provider);
    await hearing({ lose: 1 });
    const dispute = await accuse(house, booked);
    await hearing({});
    const events = await eventsAbout(dispute);
    expect(events.map(({ type }) => type)).toEqual([
      'charge.dispute.funds_withdrawn',
      'charge.dispute.created',
    ]);
    for (const { id } of events) await house.sim('POST', '/webhooks/resend', { event: id });
    await becomes(house, booked, { disputed: 5000 });
    expect((await showDispute(dispute))['state']).toBe('needs_response');
    expect(await withdrawnOf(booked)).toBe(5000);
    await judge(dispute, 'lose');
    await becomes(house, booked, { disputed: 5000, held: 0 });
  });

  it('come four times at once through two processes: one story, one withdrawal', async () => {
    const booked = await bookSoon(house, provider);
    const { store, temporal, stripe, clock, queue } = house;
    const port = await freePort();
    const config = { ...house.config, api: { ...house.config.api, port } };
    const second = await startApi({
      config,
      store,
      temporal,
      stripe,
      clock,
      log: createLog('silent', 'second'),
      queue,
    });
    await hearing({ lose: 1 });
    const dispute = await accuse(house, booked);
    await hearing({});
    const event = (await eventsAbout(dispute)).find(({ type }) => type === 'charge.dispute.created');
    const body = JSON.stringify(event);
    const headers = {
      'content-type': 'application/json',
      'stripe-signature': signatureOf(body, house.webhookSecret, clock.now()),
    };
    const deliveries = [house.apiUrl, second.url, house.apiUrl, second.url].map((url) =>
      fetch(`${url}/api/webhooks/stripe`, { method: 'POST', body, headers }),
    );
    expect((await Promise.all(deliveries)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await becomes(house, booked, { disputed: 5000 });
    await second.stop();
    expect((await showDispute(dispute))['state']).toBe('needs_response');
    expect(await alertsOf(house, booked, 'CHARGE_DISPUTE')).toMatchObject([{ resolvedAt: null }]);
    expect(await withdrawnOf(booked)).toBe(5000);
    await judge(dispute, 'lose');
    await checkBooks(house);
  });
});

describe('the answer to a bank', () => {
  it('goes out by itself two days before its deadline, once', async () => {
    const booked = await bookSoon(house, provider);
    const dispute = await accuse(house, booked);
    await eventually(
      () => house.request('GET', `/api/disputes/${dispute.id}`),
      ({ status }) => status === 200,
    );
    const dueBy = (dispute.evidence_details.due_by ?? 0) * 1000;
    await travel(house, dueBy - 49 * hourMs);
    expect(await house.stripe.disputes.retrieve(dispute.id)).toMatchObject({
      evidence_details: { submission_count: 0 },
    });
    await travel(house, 'PT2H');
    expect(await house.stripe.disputes.retrieve(dispute.id)).toMatchObject({
      status: 'under_review',
      evidence_details: { submission_count: 1 },
    });
    expect(await showDispute(dispute)).toMatchObject({
      state: 'under_review',
      submissions: 1,
      submitted: { by: 'system' },
    });
    const again = await orderDispute(dispute, 'submit', { reason: 'more' });
    expect([again.status, again.body['code']]).toEqual([409, 'command_refused']);
    await judge(dispute, 'win');
    const told = await eventually(
      () => showBooking(house, booked.id),
      ({ bankDisputes }) => bankDisputes.at(-1)?.status === 'won',
    );
    expect(told.bankDisputes).toHaveLength(1);
    await becomes(house, booked, { transferred: 4500 });
    expect((await showDispute(dispute))['state']).toBe('won');
  });

  it('is given early or given up by an admin; one that the bank does not want is refused', async () => {
    const [defended, given, closed] = [
      await bookSoon(house, provider),
      await bookSoon(house, provider),
      await bookSoon(house, provider),
    ];
    const [one, two, three] = [
      await accuse(house, defended),
      await accuse(house, given),
      await accuse(house, closed, { dueBy: 0 }),
    ];
    for (const { id } of [one, two, three])
      await eventually(
        () => house.request('GET', `/api/disputes/${id}`),
        ({ status, body }) => status === 200 && body['stripeStatus'] !== null,
      );
    expect(
      (await orderDispute(one, 'submit', { reason: 'we have proof', statement: 'They met.' })).status,
    ).toBe(200);
    await eventually(
      () => showDispute(one),
      ({ state }) => state === 'under_review',
    );
    expect((await orderDispute(two, 'accept', { reason: 'they are right' })).status).toBe(200);
    await eventually(
      () => showDispute(two),
      ({ state }) => state === 'lost',
    );
    expect(await house.stripe.disputes.retrieve(two.id)).toMatchObject({ status: 'lost' });
    const refused = await orderDispute(three, 'submit', { reason: 'too late' });
    expect([refused.status, refused.body['code']]).toEqual([409, 'not_ready']);
    await travel(house, 'P8D');
    expect(await house.stripe.disputes.retrieve(three.id)).toMatchObject({
      evidence_details: { submission_count: 0 },
    });
    for (const [booking, dispute] of [
      [defended, one],
      [closed, three],
    ] as const) {
      await judge(dispute, 'lose');
      await becomes(house, booking, { disputed: 5000, transferred: 0, held: 0 });
    }
    await checkBooks(house);
  });
});
