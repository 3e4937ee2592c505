import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse } from '../house/house.ts';
import type { House } from '../house/house.ts';
import { book, hourMs, minuteMs, openAccount } from '../house/lessons.ts';

// Time travel on the real server: what a traveller is promised, and that money keeps its figures on the way.

interface Journey {
  readonly now: string;
  readonly steps: number;
  readonly woken: readonly { readonly id: string; readonly state: string }[];
}

let house: House;
let account: string;

beforeAll(async () => {
  house = await openHouse();
  account = (await openAccount(house)).id;
});
afterAll(() => house.close());

const travel = async (goal: Record<string, string>): Promise<Journey> => {
  const answer = await house.request('POST', '/_dev/travel', { body: goal });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Journey;
};

const nowOf = async (): Promise<number> => {
  const answer = await house.request('GET', '/_dev/clock');
  return Date.parse(String(answer.body['now']));
};

const lesson = async (id: string) =>
  (await house.request('GET', `/api/lessons/${id}`)).body as Record<string, unknown>;

describe('travel', () => {
  it('pays the tutor two days after the lesson, with nobody watching the clock', async () => {
    const { id } = await book(house, account);
    await travel({ by: 'P1DT5M' });
    for (const party of ['student', 'tutor']) {
      const joined = await house.request('POST', `/api/lessons/${id}/join`, { body: { party } });
      expect(joined.status, JSON.stringify(joined.body)).toBe(200);
    }
    const journey = await travel({ by: 'P3D' });
    expect(journey.woken.filter((one) => one.id === id).at(-1)).toMatchObject({ state: 'completed' });
    const { payment } = await lesson(id);
    expect(payment).toMatchObject({ captured: 450, feeEarned: 90, transferred: 360, paidOut: 360, held: 0 });
  });

  it('moves every clock together: API, Stripe and the next lesson booked', async () => {
    const before = await nowOf();
    await travel({ by: 'P30D' });
    const after = await nowOf();
    expect(after - before).toBeGreaterThanOrEqual(30 * 24 * hourMs);
    expect(after - before).toBeLessThan(30 * 24 * hourMs + minuteMs);
    const stripe: { now: string } = await house.sim('GET', '/clock');
    expect(Math.abs(Date.parse(stripe.now) - after)).toBeLessThan(5_000);
    const { id } = await book(house, account);
    const { createdAt } = await lesson(id);
    expect(Math.abs(Date.parse(String(createdAt)) - after)).toBeLessThan(30_000);
    await house.request('POST', `/api/lessons/${id}/cancel`, {
      body: { by: 'admin', reason: 'tidy' },
      key: crypto.randomUUID(),
    });
  });

  it('lets an outage of Stripe pass in travelled time and settles to the cent afterwards', async () => {
    const { id, startsAt } = await book(house, account);
    await travel({ to: new Date(Date.parse(startsAt) + minuteMs).toISOString() });
    await house.request('POST', `/api/lessons/${id}/join`, { body: { party: 'tutor' } });
    await house.sim('POST', '/faults', { path: '*', times: 100_000, fault: { kind: 'drop_before' } });
    const journey = await travel({ by: 'PT2H' });
    expect(journey.woken.map((one) => one.id)).toContain(id);
    expect(await lesson(id)).toMatchObject({ payment: { captured: 0 } });
    await house.sim('DELETE', '/faults');
    await travel({ by: 'P4D' });
    expect(await lesson(id)).toMatchObject({ state: 'completed', payment: { captured: 450, paidOut: 360 } });
  });

  it('goes forward only, one journey at a time, and says what is wrong with a wish', async () => {
    const wishes: [Record<string, string>, string][] = [
      [{}, ''],
      [{ by: 'PT1H', to: '2099-01-01T00:00:00Z' }, ''],
      [{ by: 'one day' }, '/by'],
      [{ by: 'PT0S' }, '/by'],
      [{ to: '2020-01-01T00:00:00Z' }, '/to'],
      [{ to: 'tomorrow' }, '/to'],
    ];
    for (const [body, pointer] of wishes) {
      const answer = await house.request('POST', '/_dev/travel', { body });
      expect(answer.status).toBe(422);
      expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer })]);
    }
    const together = await Promise.all(
      [1, 2].map(() => house.request('POST', '/_dev/travel', { body: { by: 'PT1H' } })),
    );
    expect(new Set(together.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it('is for admins', async () => {
    const answer = await house.request('POST', '/_dev/travel', { body: { by: 'PT1H' }, role: 'operator' });
    expect(answer.status).toBe(403);
  });

  it('takes a killed journey up where it was: stories catch up with the clock that moved first', async () => {
    const { id } = await book(house, account, {
      startsAt: new Date(house.clock.now() + hourMs).toISOString(),
      endsAt: new Date(house.clock.now() + 2 * hourMs).toISOString(),
    });
    // What a process leaves that is killed after the first step of a journey.
    await house.store.setClockOffsetMs((await house.store.clockOffsetMs()) + 3 * hourMs);
    await house.clock.refresh();
    await travel({ by: 'PT1M' });
    expect(await lesson(id)).toMatchObject({ state: 'cancelled', payment: { captured: 0, released: 450 } });
  });
});
