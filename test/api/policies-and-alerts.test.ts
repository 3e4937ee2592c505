import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLessonPolicy } from '../../domain/policy.ts';
import { openApiHouse } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await openApiHouse();
});
afterAll(async () => {
  await house.close();
});

describe('policies', () => {
  const put = async (terms: object): Promise<Response> =>
    await house.ask('admin', 'PUT', '/api/admin/policies/strict', terms);

  it('grow by versions, and what is left out is as in the built-in one', async () => {
    expect((await put({ kind: 'lesson', platformFeeBps: 1500 })).status).toBe(201);
    const second = await put({
      kind: 'lesson',
      platformFeeBps: 1600,
      earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1M' },
    });
    expect(second.status).toBe(201);
    expect(await second.json()).toMatchObject({
      ...defaultLessonPolicy,
      id: 'strict',
      version: 2,
      platformFeeBps: 1600,
      earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1M' },
    });
    const same = await put({
      kind: 'lesson',
      platformFeeBps: 1600,
      earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1M' },
    });
    expect(same.status).toBe(200);
    const first = await house.ask('app', 'GET', '/api/policies/strict?version=1');
    expect(await first.json()).toMatchObject({ version: 1, platformFeeBps: 1500, createdBy: 'admin@test' });
    expect((await house.ask('app', 'GET', '/api/policies/strict?version=3')).status).toBe(404);
    const list = (await (await house.ask('viewer', 'GET', '/api/policies')).json()) as {
      data: { id: string; kind: string; version: number }[];
    };
    expect(list.data.map(({ id, kind, version }) => [id, kind, version])).toEqual([
      ['default', 'booking', 1],
      ['default', 'lesson', 1],
      ['strict', 'lesson', 2],
    ]);
  });

  it.each([
    ['more than the whole', { platformFeeBps: 10_001 }, '/platformFeeBps'],
    ['half a basis point', { platformFeeBps: 0.5 }, '/platformFeeBps'],
    ['a duration in months', { holdLead: 'P1M' }, '/holdLead'],
    ['a rule nobody knows', { earlyEnd: { rule: 'half' } }, '/earlyEnd/rule'],
    ['a field nobody knows', { discount: 1 }, '/discount'],
    [
      'a field nobody knows in a tier',
      { cancelTiers: [{ atLeastBeforeStart: 'PT0S', chargeBps: 0, x: 1 }] },
      '/cancelTiers/0/x',
    ],
    [
      'a share in a tier beyond the whole',
      { cancelTiers: [{ atLeastBeforeStart: 'PT0S', chargeBps: 20_000 }] },
      '/cancelTiers/0/chargeBps',
    ],
  ])('refuse %s', async (_what, terms, pointer) => {
    const answer = await put({ kind: 'lesson', ...terms });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ errors: [{ pointer }] });
  });

  it('show beforehand where the money ends, summing to the price in every course', async () => {
    const startsAt = new Date(Date.now() + 3 * 86_400_000).toISOString();
    const endsAt = new Date(Date.now() + 3 * 86_400_000 + 1_500_000).toISOString();
    const question = { kind: 'lesson', amount: 450, currency: 'usd', startsAt, endsAt };
    const answer = await house.ask('viewer', 'POST', '/api/policies/preview', { ...question, id: 'default' });
    expect(answer.status).toBe(200);
    const { data } = (await answer.json()) as { data: Record<string, number | string>[] };
    expect(data.find(({ course }) => course === 'held')).toMatchObject({
      charged: 450,
      platformFee: 90,
      payee: 360,
    });
    for (const row of data) {
      expect(Number(row['platformFee']) + Number(row['payee']) + Number(row['refunded'])).toBe(
        row['charged'],
      );
    }
    const both = { ...question, id: 'default', policy: { kind: 'lesson' } };
    expect((await house.ask('viewer', 'POST', '/api/policies/preview', both)).status).toBe(422);
    expect(
      (await house.ask('viewer', 'POST', '/api/policies/preview', { ...question, id: 'none' })).status,
    ).toBe(422);
  });
});

describe('alerts', () => {
  it('are listed newest first and resolved once, with who and why', async () => {
    for (const subject of ['lesson:a', 'lesson:b']) {
      await house.store.raiseAlert({ type: 'PARKED', subject, message: 'm', at: Date.now() });
    }
    const list = async (query: string) =>
      ((await (await house.ask('viewer', 'GET', `/api/admin/alerts${query}`)).json()) as { data: { id: string; subject: string }[] }).data;
    const [alert] = await list('?subject=lesson:a&type=PARKED');
    const path = `/api/admin/alerts/${alert?.id}/resolve`;
    const resolved = await house.ask('operator', 'POST', path, { resolution: 'called the bank' });
    expect(resolved.status).toBe(200);
    expect(await resolved.json()).toMatchObject({ resolvedBy: 'operator@test', resolution: 'called the bank' });
    expect((await house.ask('operator', 'POST', path, { resolution: 'again' })).status).toBe(409);
    expect((await house.ask('operator', 'POST', path, {})).status).toBe(422);
    expect((await house.ask('operator', 'POST', '/api/admin/alerts/alt_none/resolve', { resolution: 'x' })).status).toBe(404);
    expect((await list('?resolved=false')).map(({ subject }) => subject)).toEqual(['lesson:b']);
    expect((await house.ask('viewer', 'GET', '/api/admin/alerts?type=NOTHING')).status).toBe(422);
    expect(await house.store.verifyAudit()).toBeNull();
  });
}); // prettier-ignore

describe('health', () => {
  it('says alive without asking anybody, and ready only when Temporal answers too', async () => {
    expect((await house.ask(null, 'GET', '/livez')).status).toBe(200);
    const ready = await house.ask(null, 'GET', '/readyz');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: 'failed', checks: { database: 'ok', temporal: 'failed' } });
  });

  it('measures routes by their pattern, never by the ids in them', async () => {
    await house.ask('viewer', 'GET', '/api/lessons/les_secret_id');
    const text = await (await house.ask(null, 'GET', '/metrics')).text();
    expect(text).toContain('route="/api/lessons/:id"');
    expect(text).not.toContain('les_secret_id');
    expect(text).toContain('holdfast_webhook_events{status="waiting"} 0');
  });
});
