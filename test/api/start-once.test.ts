import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { workflowIdOf } from '../../domain/kinds.ts';
import { intentOf } from '../../domain/payment/intent.ts';
import { lessonRequest, openApiHouse } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await openApiHouse();
  await house.payee('tut_acct_1');
});
afterAll(async () => {
  await house.close();
});

describe('a lesson booked while Temporal is away', () => {
  it('is 503, keeps one row with its first intent, and is started by the next identical request', async () => {
    const request = lessonRequest({ id: 'les_away' });
    const answer = await house.ask('app', 'POST', '/api/lessons', request);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: 'unavailable', retryable: true });
    const workflowId = workflowIdOf('lesson', 'les_away');
    const [intent] = await house.store.listOperations(workflowId);
    const move = {
      type: 'authorize',
      n: 1,
      amount: 450,
      currency: 'usd',
      paymentMethod: 'pm_card_visa',
      customerId: null,
    };
    expect(intent).toMatchObject({ status: 'intended', ...intentOf(workflowId, move as never) });

    const back = await openApiHouse({ temporalAddress: inject('temporalAddress') });
    const ports = { ...house.ports, temporal: back.ports.temporal };
    const { startLesson } = await import('../../api/agreements/lesson-start.ts');
    const { lessonRequest: schema } = await import('../../api/schemas/lesson-request.ts');
    void startLesson(ports, schema.parse(request), 'les_away').catch(() => undefined);
    const handle = back.ports.temporal.workflow.getHandle(workflowId);
    let description = await handle.describe().catch(() => null);
    while (description === null) description = await handle.describe().catch(() => null);
    expect(description).toMatchObject({ status: { name: 'RUNNING' }, type: 'lesson', taskQueue: 'holdfast' });
    expect(String(description.memo?.['inputHash'])).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(description.searchAttributes)).toContain('tut_acct_1');
    const { events } = await handle.fetchHistory();
    const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const input = Buffer.from(payload?.data ?? []).toString();
    expect(input).toContain('les_away');
    expect(input).not.toContain('s@example.org');
    expect(await house.traces()).toMatchObject({ agreements: 1, operations: 1 });
    await handle.terminate('done');
    await back.close();
  });

  it('is a conflict for other content under the same id, whatever Temporal remembers', async () => {
    for (const change of [{ amount: 500 }, { metadata: { a: 'b' } }, { student: { id: 'stu_2' } }]) {
      const answer = await house.ask(
        'app',
        'POST',
        '/api/lessons',
        lessonRequest({ id: 'les_away', ...change }),
      );
      expect(answer.status).toBe(409);
      expect(await answer.json()).toMatchObject({ code: 'id_conflict' });
    }
  });
});

describe('an account', () => {
  const request = { id: 'tut_2', email: 't2@example.org', country: 'US', type: 'express' };
  const accountsAtStripe = async (): Promise<number> =>
    (await house.ports.stripe.accounts.list({ limit: 100 })).data.filter(({ metadata }) => metadata?.['account_id'] === 'tut_2').length;

  it('is opened once at Stripe when ten requests ask at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => house.ask('app', 'POST', '/api/accounts', request)));
    const statuses = answers.map(({ status }) => status);
    // Who meets Stripe's own "in flight" is told to come back; nobody opens a second one.
    expect(statuses.every((status) => [200, 201, 503].includes(status))).toBe(true);
    expect(statuses).toContain(201);
    expect(await accountsAtStripe()).toBe(1);
    expect((await house.ask('app', 'POST', '/api/accounts', request)).status).toBe(200);
    expect(await (await house.ask('app', 'GET', '/api/accounts/tut_2')).json()).toMatchObject({
      status: 'pending', transfersEnabled: false, payoutsEnabled: false, debt: [], frozen: false,
    });
    const other = await house.ask('app', 'POST', '/api/accounts', { ...request, country: 'DE' });
    expect(other.status).toBe(409);
    expect((await house.store.findAccount('tut_2'))?.country).toBe('US');
  });

  it('pays out only when we say so', async () => {
    const row = await house.store.findAccount('tut_2');
    const account = await house.ports.stripe.accounts.retrieve(row?.stripeAccountId ?? '');
    expect(account.settings?.payouts?.schedule.interval).toBe('manual');
    expect(row?.payoutSchedule).toBe('manual');
  });

  // Twice: the SDK itself tries once more when a connection is cut.
  it('whose opening was answered into the void is found again and not opened twice', async () => {
    const lost = { ...request, id: 'tut_lost' };
    const fault = { method: 'POST', path: '/v1/accounts', times: 2, fault: { kind: 'drop_after' } };
    await fetch(`${house.stripe.url}/_sim/faults`, { method: 'POST', body: JSON.stringify(fault), headers: { 'Content-Type': 'application/json' } });
    expect((await house.ask('app', 'POST', '/api/accounts', lost)).status).toBe(503);
    expect((await house.ask('app', 'GET', '/api/accounts/tut_lost')).status).toBe(404);
    expect((await house.ask('app', 'POST', '/api/accounts', lost)).status).toBe(201);
    const all = await house.ports.stripe.accounts.list({ limit: 100 });
    expect(all.data.filter(({ metadata }) => metadata?.['account_id'] === 'tut_lost')).toHaveLength(1);
  });

  it('is found by what is written on it when the idempotency key has grown too old', async () => {
    let now = Date.now();
    const late = await openApiHouse({ now: () => now });
    const fault = { method: 'POST', path: '/v1/accounts', times: 2, fault: { kind: 'drop_after' } };
    await fetch(`${late.stripe.url}/_sim/faults`, { method: 'POST', body: JSON.stringify(fault), headers: { 'Content-Type': 'application/json' } });
    expect((await late.ask('app', 'POST', '/api/accounts', request)).status).toBe(503);
    now += 25 * 3_600_000;
    expect((await late.ask('app', 'POST', '/api/accounts', request)).status).toBe(201);
    expect((await late.ports.stripe.accounts.list({ limit: 100 })).data).toHaveLength(1);
    await late.close();
  });
}); // prettier-ignore
