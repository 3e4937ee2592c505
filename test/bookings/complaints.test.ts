import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { order, ordered, showBooking, untilBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { hourMs, travel } from '../house/lessons.ts';
import {
  alertsOf,
  bookSoon,
  openGroupProvider,
  refundsOf,
  transfersOf,
  travelToWindowEnd,
  workflowIdOf,
} from '../house/booking-money.ts';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openGroupProvider(house);
});
afterAll(async () => {
  await house.close();
});

const complaint = { by: 'attendee', reason: 'it did not take place' };
const untouched = {
  state: 'disputed',
  status: 'DISPUTED',
  payment: { captured: 5000, held: 5000, transferred: 0, refunded: 0 },
};
const paid = {
  state: 'completed',
  status: 'TRANSFERRED',
  payment: { feeEarned: 500, transferred: 4500, refunded: 0, held: 0 },
};
const dayMs = 24 * hourMs;

describe('a complaint in the window', () => {
  const names = [
    'released late',
    'released early',
    'refunded',
    'split by share',
    'split by amount',
    'forgotten',
  ] as const;
  const lives = new Map<(typeof names)[number], ShownBooking>();
  const of = (name: (typeof names)[number]): ShownBooking => lives.get(name)!;
  const resolve = (name: (typeof names)[number], decision: object) =>
    ordered(house, of(name).id, 'resolve', { reason: 'both were heard', ...decision });

  beforeAll(async () => {
    for (const name of names)
      lives.set(name, await bookSoon(house, provider, { amount: name === 'split by share' ? 4999 : 5000 }));
    await travel(house, Date.parse(of('refunded').endsAt) + hourMs);
    for (const booking of lives.values()) await ordered(house, booking.id, 'dispute', complaint);
  });

  it('is mailed to both sides, and both are heard', async () => {
    const booking = of('released late');
    for (const by of ['attendee', 'provider'])
      await ordered(house, booking.id, 'evidence', {
        by,
        statement: `The ${by} was there`,
        links: ['https://example.org/log'],
      });
    const { dispute } = await showBooking(house, booking.id);
    expect(dispute).toMatchObject({
      by: 'attendee',
      statements: [{ by: 'attendee', text: 'The attendee was there' }, { by: 'provider' }],
      deadline: new Date(
        Date.parse((dispute as unknown as { openedAt: string }).openedAt) + 14 * dayMs,
      ).toISOString(),
    });
    const { data } = (await house.request('GET', '/_dev/outbox')).body as unknown as {
      data: { agreement: string; kind: string; to: string }[];
    };
    const told = data.filter(
      ({ agreement, kind }) => agreement === `booking:${booking.id}` && kind === 'dispute_filed',
    );
    expect(new Set(told.map(({ to }) => to)).size).toBe(2);
    expect(told).toHaveLength(2);
  });

  it('resolved for the attendee: gives all of it back at once', async () => {
    await resolve('refunded', { outcome: 'refund' });
    await untilBooking(house, of('refunded').id, ({ payment }) => payment['refunded'] === 5000);
    expect(await showBooking(house, of('refunded').id)).toMatchObject({
      state: 'cancelled',
      status: 'REFUNDED',
      payment: { held: 0, transferred: 0 },
    });
  });

  it('split at a third of 49.99: 33.33 go back at once, 14.99 wait for the provider, the fee is 1.67', async () => {
    await resolve('split by share', { outcome: 'split', payeeBps: 3333 });
    const split = await untilBooking(
      house,
      of('split by share').id,
      ({ payment }) => payment['refunded'] === 3333,
    );
    expect(split.payment).toMatchObject({
      captured: 4999,
      refunded: 3333,
      platformFee: 167,
      payeeAmount: 1499,
      transferred: 0,
    });
  });

  it('split by amount: the provider’s side less the fee on it is theirs, the rest goes back', async () => {
    await resolve('split by amount', { outcome: 'split', payeeAmount: 2000 });
    const split = await untilBooking(
      house,
      of('split by amount').id,
      ({ payment }) => payment['refunded'] === 3000,
    );
    expect(split.payment).toMatchObject({ platformFee: 200, payeeAmount: 1800, transferred: 0 });
  });

  it('resolved for the provider: keeps the money to the end of the window all the same', async () => {
    await resolve('released early', { outcome: 'release' });
    await travelToWindowEnd(house, of('released early'), -60_000);
    expect(await showBooking(house, of('released early').id)).toMatchObject({
      payment: { held: 5000, transferred: 0 },
    });
  });

  it('decided by the end of the window: the provider gets their share then, an open one gets nobody anything', async () => {
    await travelToWindowEnd(house, of('released early'));
    expect(await showBooking(house, of('released early').id)).toMatchObject(paid);
    expect(await showBooking(house, of('split by share').id)).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
      payment: { refunded: 3333, feeEarned: 167, transferred: 1499, held: 0 },
    });
    expect(await showBooking(house, of('split by amount').id)).toMatchObject({
      payment: { refunded: 3000, feeEarned: 200, transferred: 1800, held: 0 },
    });
    expect(await transfersOf(house, of('refunded'))).toEqual([]);
    for (const name of ['released late', 'forgotten'] as const) {
      expect(await showBooking(house, of(name).id)).toMatchObject(untouched);
      expect(await transfersOf(house, of(name))).toEqual([]);
    }
    await checkBooks(house);
  });

  it('resolved for the provider after the window: pays at once', async () => {
    await resolve('released late', { outcome: 'release' });
    await untilBooking(house, of('released late').id, ({ payment }) => payment['transferred'] === 4500);
    expect(await showBooking(house, of('released late').id)).toMatchObject(paid);
    const again = await order(house, of('released late').id, 'dispute', complaint);
    expect([again.status, again.body['code']]).toEqual([409, 'command_refused']);
  });

  it('that nobody decides: is told to people after 14 days and refunded after 60', async () => {
    const { dispute } = await showBooking(house, of('forgotten').id);
    const openedAt = Date.parse((dispute as unknown as { openedAt: string }).openedAt);
    await travel(house, openedAt + 14 * dayMs - 60_000);
    expect(await alertsOf(house, of('forgotten'), 'DISPUTE_ESCALATED')).toEqual([]);
    await travel(house, 'PT2M');
    expect(await alertsOf(house, of('forgotten'), 'DISPUTE_ESCALATED')).toHaveLength(1);
    await travel(house, openedAt + 60 * dayMs - 60_000);
    expect(await showBooking(house, of('forgotten').id)).toMatchObject(untouched);
    await travel(house, 'PT2M');
    expect(await showBooking(house, of('forgotten').id)).toMatchObject({
      status: 'REFUNDED',
      cancelReason: 'Dispute resolved: policy dispute.resolveAfter',
      payment: { refunded: 5000, held: 0 },
    });
    expect(await refundsOf(house, of('forgotten'))).toHaveLength(1);
    expect(await alertsOf(house, of('forgotten'), 'DISPUTE_ESCALATED')).toHaveLength(1);
    await checkBooks(house);
  });
});

describe('complaints around the last second of the window, while no worker is there', () => {
  it('the one said in time keeps the money, the one said too late does not', async () => {
    const [early, late] = [await bookSoon(house, provider), await bookSoon(house, provider)];
    await travelToWindowEnd(house, early, -6_000);
    await house.stopWorker();
    const endsAt = Date.parse(early.hold.endsAt ?? '');
    const at = house.clock.now();
    expect(at).toBeLessThan(endsAt);
    // A signal is durable at once; an order by HTTP waits for the worker to take it.
    await house.temporal.workflow.getHandle(workflowIdOf(early)).signal('dispute', { ...complaint, at });
    await pause(Math.max(0, endsAt - house.clock.now()) + 100);
    const tooLate = order(house, late.id, 'dispute', complaint);
    await house.startWorker();
    expect(await tooLate).toMatchObject({ status: 409, body: { code: 'command_refused' } });
    await untilBooking(house, late.id, ({ payment }) => payment['transferred'] === 4500);
    expect(await showBooking(house, late.id)).toMatchObject(paid);
    await untilBooking(house, early.id, ({ state }) => state === 'disputed');
    expect(await showBooking(house, early.id)).toMatchObject(untouched);
    await ordered(house, early.id, 'resolve', { outcome: 'refund', reason: 'nobody came' });
    await untilBooking(house, early.id, ({ payment }) => payment['refunded'] === 5000);
    await checkBooks(house);
  });
});
