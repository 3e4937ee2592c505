import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../store/store.ts';
import { connectSecret, openApiHouse, platformSecret } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';
import { deliver, signed, stripeEvent, tried } from './stripe-events.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-door-'));
const file = join(folder, 'holdfast.db');
let house: ApiHouse;
beforeAll(async () => {
  house = await openApiHouse({ file, config: { webhookSecrets: ['whsec_new', platformSecret] } });
  await house.payee('tut_1');
});
afterAll(async () => {
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

const total = async (): Promise<number> =>
  Object.values(await house.store.countEvents()).reduce((sum, count) => sum + count, 0);

const post = async (
  payload: string,
  signature: string | null,
  type = 'application/json',
): Promise<Response> =>
  await house.ask(null, 'POST', '/api/webhooks/stripe', payload, {
    'Content-Type': type,
    ...(signature === null ? {} : { 'Stripe-Signature': signature }),
  });

describe('an event that Stripe did not send just now', () => {
  const payload = JSON.stringify(stripeEvent());
  const minuteMs = 60_000;
  const forged: Record<string, [body: string, signature: string | null, status: number]> = {
    'is not signed': [payload, null, 400],
    'is signed with another secret': [payload, signed(payload, 'whsec_other'), 400],
    'is signed with the secret of the other door': [payload, signed(payload, connectSecret), 400],
    'is 301 seconds old': [payload, signed(payload, platformSecret, Date.now() - 302_000), 400],
    'comes from the future': [payload, signed(payload, platformSecret, Date.now() + 6 * minuteMs), 400],
    'was changed on the way': [payload.replace('pi_1', 'pi_2'), signed(payload), 400],
    'was written anew with the same content': [
      JSON.stringify(JSON.parse(payload), null, 1),
      signed(payload),
      400,
    ],
    'carries no version-1 signature': [payload, signed(payload).replace('v1=', 'v0='), 400],
    'carries two times': [payload, `t=1,${signed(payload)}`, 400],
    'is no JSON': ['{"id":', signed('{"id":'), 400],
    'is no event': ['{"id":"evt_1"}', signed('{"id":"evt_1"}'), 400],
    'is larger than any event': ['x'.repeat(1024 * 1024 + 1), 't=1,v1=00', 413],
  };
  it.each(Object.entries(forged))(
    'is refused when it %s, and nothing is kept',
    async (_what, [body, signature, status]) => {
      const before = await total();
      const answer = await post(body, signature);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
      expect(await total()).toBe(before);
    },
  );

  it('is refused when it comes as plain text', async () => {
    expect((await post(payload, signed(payload), 'text/plain')).status).toBe(415);
  });
});

describe('a signed event', () => {
  it('is on the disk before Stripe hears that it arrived, and counts once however often it comes', async () => {
    const event = stripeEvent({ type: 'customer.created' });
    const other = openStore({ file });
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(house, event)));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(await other.findEvent(event.id)).toMatchObject({ eventId: event.id, type: 'customer.created' });
    await other.close();
    expect(await tried(house, event.id)).toMatchObject({
      status: 'ignored',
      reason: 'unknown_type',
      attempts: 1,
    });
  });

  it('is taken under either secret while one replaces the other', async () => {
    for (const secret of ['whsec_new', platformSecret]) {
      const payload = JSON.stringify(stripeEvent({ type: 'customer.created' }));
      expect((await post(payload, signed(payload, secret))).status).toBe(200);
    }
  });

  it('of the wrong mode is kept, ignored and raises an alert', async () => {
    const event = stripeEvent({ livemode: true });
    expect(await deliver(house, event)).toBe(200);
    expect(await house.store.findEvent(event.id)).toMatchObject({
      status: 'ignored',
      reason: 'wrong_livemode',
    });
    const { rows } = await house.store.listAlerts({ subject: 'platform', limit: 10 });
    expect(rows).toMatchObject([{ type: 'WEBHOOK_REFUSED', severity: 'high' }]);
  });

  it('about an account that is not ours is kept, ignored and raises an alert', async () => {
    const event = stripeEvent({ type: 'account.updated', account: 'acct_stranger' }, { id: 'acct_stranger' });
    expect(await deliver(house, event, 'stripe-connect')).toBe(200);
    expect(await house.store.findEvent(event.id)).toMatchObject({
      status: 'ignored',
      reason: 'unknown_account',
    });
    const { rows } = await house.store.listAlerts({ subject: 'acct_stranger', limit: 10 });
    expect(rows).toMatchObject([{ type: 'WEBHOOK_REFUSED' }]);
  });

  it('that only echoes a request of ours wakes nobody', async () => {
    const key = 'lesson:les_echo:capture';
    const intent = {
      key,
      workflowId: 'lesson:les_echo',
      kind: 'capture',
      params: {},
      paramsHash: 'x',
      at: Date.now(),
    };
    await house.store.intend(intent);
    const request = { id: 'req_1', idempotency_key: `${key}:1` };
    const echo = stripeEvent({ request });
    expect(await deliver(house, echo)).toBe(200);
    expect(await house.store.findEvent(echo.id)).toMatchObject({ status: 'delivered', reason: 'echo' });
    const dispute = stripeEvent({ type: 'charge.dispute.created', request }, { id: 'dp_1', charge: 'ch_1' });
    await deliver(house, dispute);
    expect(await tried(house, dispute.id)).toMatchObject({ status: 'waiting', reason: 'no_owner' });
  });

  it('whose agreement does not exist yet waits for it, thirty days long, then a person hears of it', async () => {
    let now = Date.now();
    const patient = await openApiHouse({ now: () => now });
    const event = stripeEvent({}, { id: 'pi_orphan', metadata: { workflow_id: 'lesson:les_later' } });
    await deliver(patient, event);
    expect(await tried(patient, event.id)).toMatchObject({ status: 'waiting', reason: 'no_owner' });
    now += 31 * 86_400_000;
    const { drainInbox } = await import('../../api/webhooks/drain.ts');
    await drainInbox(patient.ports);
    expect(await patient.store.findEvent(event.id)).toMatchObject({ status: 'ignored', reason: 'no_owner' });
    const { rows } = await patient.store.listAlerts({ subject: 'pi_orphan', limit: 10 });
    expect(rows).toMatchObject([{ type: 'ORPHAN', count: 1 }]);
    await patient.close();
  });
});
