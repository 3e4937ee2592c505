import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sweepOverdue } from '../../api/overdue.ts';
import { drainInbox, startUpkeep } from '../../api/webhooks/drain.ts';
import type { LessonState } from '../../domain/lesson/lesson.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { minor } from '../../domain/money.ts';
import { defaultLessonPolicy } from '../../domain/policy.ts';
import { openApiHouse } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';
import { deliver, stripeEvent, tried } from './stripe-events.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await openApiHouse({ temporalAddress: inject('temporalAddress') });
  await house.payee('tut_1');
});
afterAll(async () => {
  await house.close();
});

/** An agreement's row; `runs` starts a workflow for it on a queue that nobody serves, so that signals stay visible. */
async function agreement(runs: boolean, where: ApiHouse = house): Promise<string> {
  const id = `les_${crypto.randomUUID().replaceAll('-', '')}`;
  const at = where.ports.clock.now();
  const input = {
    rules: 1, id, openedAt: at, amount: minor(450), currency: 'usd', startsAt: at + 3_600_000, endsAt: at + 5_100_000,
    student: { id: 'stu_1', paymentMethod: 'pm_card_visa' },
    tutor: { id: 'tut_1', account: 'tut_1', stripeAccount: 'acct_1' },
    policy: { id: 'default', version: 1, terms: defaultLessonPolicy },
  }; // prettier-ignore
  const state = lessonMachine.open(input);
  const workflowId = `lesson:${id}`;
  const columns = lessonMachine.columns(state, at);
  const row = {
    workflowId,
    kind: 'lesson',
    id,
    inputHash: 'x',
    input,
    contacts: {},
    metadata: {},
    state,
    columns,
    at,
  };
  await where.store.createAgreement(row);
  if (runs) {
    const { workflow } = house.ports.temporal;
    await workflow.start('lesson', {
      workflowId,
      taskQueue: 'nobody',
      args: [],
      workflowExecutionTimeout: '2 minutes',
    });
  }
  return workflowId;
}

async function signalsOf(workflowId: string): Promise<number> {
  const { events } = await house.ports.temporal.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter((one) => Boolean(one.workflowExecutionSignaledEventAttributes)).length;
}

const naming = (workflowId: string) => ({
  id: `pi_${workflowId.slice(-8)}`,
  metadata: { workflow_id: workflowId },
});

describe('an event on its way to its agreement', () => {
  it('reaches it by the workflow id that is written on the object', async () => {
    const workflowId = await agreement(true);
    const event = stripeEvent({}, naming(workflowId));
    await deliver(house, event);
    expect(await tried(house, event.id)).toMatchObject({ status: 'delivered', reason: null });
    expect(await signalsOf(workflowId)).toBe(1);
  });

  it.each(['payment_intent', 'charge', 'source_transaction', 'latest_charge'])(
    'reaches it by the %s that it belongs to',
    async (field) => {
      const workflowId = await agreement(true);
      const objectId = `ob_${workflowId.slice(-12)}`;
      await house.store.own(workflowId, [{ objectId, kind: 'charge' }], Date.now());
      const event = stripeEvent(
        { type: 'refund.updated' },
        { id: 're_1', [field]: { id: objectId, object: 'charge' } },
      );
      await deliver(house, event);
      expect(await tried(house, event.id)).toMatchObject({ status: 'delivered' });
      expect(await signalsOf(workflowId)).toBe(1);
    },
  );

  it('is used as a hint also when it was rendered for another version of the API', async () => {
    const workflowId = await agreement(true);
    const event = stripeEvent({ api_version: '2024-06-20' }, naming(workflowId));
    await deliver(house, event);
    expect(await tried(house, event.id)).toMatchObject({
      status: 'delivered',
      reason: 'api_version_mismatch',
    });
    expect(await signalsOf(workflowId)).toBe(1);
  });

  it('that came before the agreement reaches it once it is there', async () => {
    let now = Date.now();
    const early = await openApiHouse({ temporalAddress: inject('temporalAddress'), now: () => now });
    const event = stripeEvent({}, { id: 'pi_early' });
    await deliver(early, event);
    expect(await tried(early, event.id)).toMatchObject({ status: 'waiting' });
    const workflowId = await agreement(true, early);
    await early.store.own(workflowId, [{ objectId: 'pi_early', kind: 'payment_intent' }], now);
    now += 60_000;
    await drainInbox(early.ports);
    expect(await early.store.findEvent(event.id)).toMatchObject({ status: 'delivered' });
    expect(await signalsOf(workflowId)).toBe(1);
    await early.close();
  });

  it('that comes after the agreement closed is late, and people hear of money in trouble once', async () => {
    const workflowId = await agreement(false);
    const failed = stripeEvent(
      { type: 'refund.failed' },
      { ...naming(workflowId), failure_code: 'expired_or_canceled_card' },
    );
    await deliver(house, failed);
    expect(await tried(house, failed.id)).toMatchObject({ status: 'delivered', reason: 'late' });
    await Promise.all([deliver(house, failed), drainInbox(house.ports), drainInbox(house.ports)]);
    const { rows } = await house.store.listAlerts({ subject: workflowId, limit: 10 });
    expect(rows).toMatchObject([{ type: 'REFUND_FAILED', severity: 'critical', count: 1 }]);
  });

  it('about a released hold is never called a refund', async () => {
    const workflowId = await agreement(false);
    const released = { ...naming(workflowId), captured: false, amount_refunded: 450, amount_captured: 0 };
    const refunded = { ...naming(workflowId), captured: true, amount_refunded: 450, amount_captured: 450 };
    const event = stripeEvent({ type: 'charge.refunded' }, released);
    await deliver(house, event);
    await tried(house, event.id);
    expect((await house.store.listAlerts({ subject: workflowId, limit: 10 })).rows).toEqual([]);
    const real = stripeEvent({ type: 'charge.refunded' }, refunded);
    await deliver(house, real);
    await tried(house, real.id);
    const { rows } = await house.store.listAlerts({ subject: workflowId, limit: 10 });
    expect(rows).toMatchObject([{ type: 'CHARGE_REFUNDED' }]);
  });

  it.each([
    ['charge.dispute.created', 'CHARGE_DISPUTE'],
    ['payout.failed', 'PAYOUT_FAILED'],
    ['payout.canceled', 'PAYOUT_CANCELED'],
    ['transfer.reversed', 'PAYMENT_OUT_OF_SYNC'],
    ['payment_intent.canceled', 'PAYMENT_CANCELED'],
  ])('of type %s opens the alert %s about a running agreement too', async (type, alert) => {
    const workflowId = await agreement(true);
    const event = stripeEvent({ type }, naming(workflowId));
    await deliver(house, event);
    await tried(house, event.id);
    expect(await signalsOf(workflowId)).toBe(1);
    const { rows } = await house.store.listAlerts({ subject: workflowId, limit: 10 });
    expect(rows).toMatchObject([{ type: alert, count: 1 }]);
  });

  it('is signalled once by two processes that drain the same inbox at once', async () => {
    const workflowId = await agreement(true);
    const events = Array.from({ length: 40 }, () => stripeEvent({}, naming(workflowId)));
    for (const event of events) {
      const { id, type, created } = event;
      await house.store.receive({
        eventId: id, endpoint: 'platform', account: null, type, objectId: 'pi', apiVersion: null, livemode: false,
        eventCreatedAt: created * 1000, requestKey: null, payload: event, receivedAt: Date.now(),
      }); // prettier-ignore
    }
    const counts = await Promise.all([drainInbox(house.ports), drainInbox(house.ports)]);
    expect(counts[0] + counts[1]).toBe(events.length);
    expect(await signalsOf(workflowId)).toBe(events.length);
  });

  it('waits on the disk while Temporal is away, and is delivered when it is back', async () => {
    let now = Date.now();
    const away = await openApiHouse({ now: () => now });
    const workflowId = await agreement(true, away);
    const event = stripeEvent({}, naming(workflowId));
    expect(await deliver(away, event)).toBe(200);
    expect(await tried(away, event.id)).toMatchObject({ status: 'waiting', reason: 'unavailable' });
    now += 10_000;
    const back = { ...away.ports, temporal: house.ports.temporal };
    const upkeep = startUpkeep(back);
    while ((await away.store.findEvent(event.id))?.status !== 'delivered')
      await new Promise((done) => setTimeout(done, 20));
    await upkeep.stop();
    expect(await signalsOf(workflowId)).toBe(1);
    await away.close();
  });
});

describe('an agreement that should have been settled long ago', () => {
  it('is told to look again, and not every minute while its worker is away', async () => {
    const workflowId = await agreement(true);
    const row = await house.store.findAgreement(workflowId);
    const state = { ...(row?.state as LessonState), rev: 1 };
    const overdue = { state: 'scheduled', paymentState: 'authorized', settlesAt: Date.now() - 3_600_000 };
    const columns = { ...lessonMachine.columns(state, Date.now()), ...overdue };
    await house.store.project({ workflowId, state, columns, actor: 'test', at: Date.now() });
    const toldAt = new Map<string, number>();
    expect(await sweepOverdue(house.ports, {}, toldAt)).toEqual({ told: 1, restarted: 0, corrected: 0 });
    expect(await sweepOverdue(house.ports, {}, toldAt)).toEqual({ told: 0, restarted: 0, corrected: 0 });
    expect(await signalsOf(workflowId)).toBe(1);
  });
});

describe('news about a connected account', () => {
  it('bring its row up to date from Stripe and reach every agreement that waits for it', async () => {
    const before = await house.store.findAccount('tut_1');
    const acct = before?.stripeAccountId ?? '';
    const sim = async (body: object): Promise<void> => {
      await fetch(`${house.stripe.url}/_sim/accounts/${acct}`, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
    };
    const waiting = await agreement(true);
    const state = { ...((await house.store.findAgreement(waiting))?.state as LessonState), rev: 1 };
    const columns = { ...lessonMachine.columns(state, Date.now()), waitsFor: 'account' as const };
    await house.store.project({ workflowId: waiting, state, columns, actor: 'test', at: Date.now() });
    await sim({ capabilities: { transfers: 'inactive' } });
    const event = stripeEvent({ type: 'account.updated', account: acct }, { id: acct, object: 'account', charges_enabled: true });
    await deliver(house, event, 'stripe-connect');
    expect(await tried(house, event.id)).toMatchObject({ status: 'delivered' });
    expect(await house.store.findAccount('tut_1')).toMatchObject({ status: 'restricted', transfersEnabled: false });
    expect(await signalsOf(waiting)).toBe(1);
    const gone = stripeEvent({ type: 'account.application.deauthorized', account: acct }, { id: 'ca_1', object: 'application' });
    await deliver(house, gone, 'stripe-connect');
    await tried(house, gone.id);
    expect(await house.store.findAccount('tut_1')).toMatchObject({ status: 'disconnected', transfersEnabled: false, payoutsEnabled: false });
  });
}); // prettier-ignore
