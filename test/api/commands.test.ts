import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepOverdue } from '../../api/overdue.ts';
import type { House } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { book, booking, command, hourMs, openAccount, show, travel, until } from '../house/lessons.ts';

let house: House;
let account: string;
beforeAll(async () => {
  house = await openHouse();
  account = (await openAccount(house)).id;
});
afterAll(async () => {
  await house.close();
});

describe('starting a lesson', () => {
  it('answers the same lesson to the same start, also after it closed, and a conflict to another', async () => {
    const body = booking(house, account);
    const first = await house.request('POST', '/api/lessons', { role: 'app', body });
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe(`/api/lessons/${body.id}`);
    const again = await house.request('POST', '/api/lessons', { role: 'app', body });
    expect([again.status, again.body]).toEqual([200, first.body]);
    await command(house, body.id, 'cancel', { by: 'tutor', reason: 'ill' });
    await until(house, body.id, ({ payment }) => payment.state === 'released');
    const closed = await house.request('POST', '/api/lessons', { role: 'app', body });
    expect([closed.status, closed.body['state']]).toEqual([200, 'cancelled']);
    const other = await house.request('POST', '/api/lessons', {
      role: 'app',
      body: { ...body, amount: 500 },
    });
    expect([other.status, other.body['code']]).toEqual([409, 'id_conflict']);
  });

  it('makes one lesson of twenty identical requests at once', async () => {
    const body = booking(house, account);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => house.request('POST', '/api/lessons', { role: 'app', body })),
    );
    expect(all.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(all.filter(({ status }) => status === 200)).toHaveLength(19);
    const intents = new Set(all.map(({ body: lesson }) => (lesson as unknown as ShownLesson).payment.paymentIntentId));
    expect(intents.size).toBe(1);
  }); // prettier-ignore

  it('without an id books once for one Idempotency-Key and keeps nobody’s name with the key', async () => {
    const { id: _id, ...body } = booking(house, account);
    const key = crypto.randomUUID();
    const first = await house.request('POST', '/api/lessons', { role: 'app', body, key });
    const again = await house.request('POST', '/api/lessons', { role: 'app', body, key });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await house.request('POST', '/api/lessons', { role: 'app', body: { ...body, amount: 451 }, key });
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
    const reserved = await house.store.reserveReply({
      caller: 'app', route: 'POST /api/lessons', key, bodyHash: '', at: 0, abandonedBefore: 0,
    }).catch(() => null);
    expect(JSON.stringify(reserved)).not.toContain('s@example.org');
  }); // prettier-ignore
});

describe('a command', () => {
  it('repeated with its key is answered as the first time and happens once', async () => {
    const { id } = await book(house, account);
    const key = crypto.randomUUID();
    const first = await command(house, id, 'cancel', { by: 'student', reason: 'ill' }, key);
    expect(first.body).toMatchObject({ accepted: true, lesson: { state: 'cancelled' } });
    await until(house, id, ({ payment }) => payment.state === 'released' || payment.state === 'captured');
    const again = await command(house, id, 'cancel', { by: 'student', reason: 'ill' }, key);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await command(house, id, 'cancel', { by: 'tutor', reason: 'ill' }, key);
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
  });

  it('sent ten times at once with one key is accepted ten times and happens once', async () => {
    const { id } = await book(house, account);
    const key = crypto.randomUUID();
    const all = await Promise.all(
      Array.from({ length: 10 }, () => command(house, id, 'cancel', { by: 'tutor', reason: 'ill' }, key)),
    );
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    const { data } = (await house.request('GET', `/api/lessons/${id}/timeline`)).body as unknown as { data: { what: string }[] };
    expect(data.filter(({ what }) => what.startsWith('Cancelled'))).toHaveLength(1);
  }); // prettier-ignore

  it('shows in the list at once', async () => {
    const { id } = await book(house, account);
    await command(house, id, 'dispute', { by: 'student', reason: 'nobody came' });
    const list = (await house.request('GET', '/api/lessons?state=disputed')).body as unknown as { data: { id: string }[] };
    expect(list.data.map((one) => one.id)).toContain(id);
  }); // prettier-ignore

  it('that the machine refuses is 409 with the state it met, and its key is free again', async () => {
    const { id } = await book(house, account);
    const key = crypto.randomUUID();
    const refused = await command(house, id, 'resolve', { outcome: 'release', reason: 'r' }, key);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'command_refused',
      detail: 'No dispute is open',
      state: 'scheduled',
    });
    await command(house, id, 'dispute', { by: 'student', reason: 'nobody came' });
    expect((await command(house, id, 'resolve', { outcome: 'refund', reason: 'r' }, key)).status).toBe(200);
  });

  it('with a value the machine cannot take is 422', async () => {
    const { id } = await book(house, account);
    await command(house, id, 'dispute', { by: 'student', reason: 'nobody came' });
    const split = await command(house, id, 'resolve', { outcome: 'split', reason: 'r', payeeAmount: 451 });
    expect([split.status, split.body['code']]).toEqual([422, 'invalid']);
    const late = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2020-01-01T01:00:00Z' };
    const { id: other } = await book(house, account);
    expect((await command(house, other, 'reschedule', late)).status).toBe(422);
  });

  it('to a closed lesson is a friendly 200 for both ends and 409 for everything else', async () => {
    const { id } = await book(house, account);
    await command(house, id, 'cancel', { by: 'admin', reason: 'closed' });
    await until(house, id, ({ payment }) => payment.state === 'released');
    for (const end of ['call-end', 'end']) {
      const answer = await command(house, id, end, { party: 'student' });
      expect([end, answer.status, answer.body['accepted']]).toEqual([end, 200, true]);
      expect(String(answer.body['message'])).toContain('already closed');
    }
    for (const [name, body] of [
      ['join', { party: 'student' }],
      ['cancel', { by: 'student', reason: 'r' }],
      ['dispute', { by: 'student', reason: 'r' }],
      ['capture', { reason: 'r' }],
    ] as const) {
      const answer = await command(house, id, name, body);
      expect([name, answer.status]).toEqual([name, 409]);
      expect(answer.body).toMatchObject({ code: 'command_refused', state: 'cancelled' });
    }
  });

  it('that nobody answers is 202, and the same key picks the answer up once a worker is back', async () => {
    const { id } = await book(house, account);
    await house.stopWorker();
    const key = crypto.randomUUID();
    const body = { by: 'tutor', reason: 'ill' };
    const waiting = await command(house, id, 'cancel', body, key);
    expect(waiting.status).toBe(202);
    expect(waiting.headers.get('location')).toBe(`/api/lessons/${id}`);
    expect(waiting.body).toMatchObject({ pending: true, lesson: { state: 'scheduled' } });
    const other = await command(house, id, 'cancel', { by: 'student', reason: 'ill' }, key);
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
    await house.startWorker();
    const answer = await command(house, id, 'cancel', body, key);
    expect([answer.status, answer.body['accepted']]).toEqual([200, true]);
    expect((await show(house, id)).state).toBe('cancelled');
  });
});

describe('a lesson whose workflow somebody ended by hand', () => {
  it('is taken up again by the next command, with the same hold', async () => {
    const { id, payment } = await book(house, account);
    await house.temporal.workflow.getHandle(`lesson:${id}`).terminate('by mistake');
    const answer = await command(house, id, 'cancel', { by: 'tutor', reason: 'ill' });
    expect([answer.status, answer.body['accepted']]).toEqual([200, true]);
    const released = await until(house, id, (lesson) => lesson.payment.state === 'released');
    expect(released.payment.paymentIntentId).toBe(payment.paymentIntentId);
  });
});

describe('the payment diagnostic', () => {
  it('shows what a person did in Stripe’s dashboard before we heard of it', async () => {
    const lesson = await book(house, account);
    const path = `/api/admin/lessons/${lesson.id}/diagnostic`;
    const fine = await house.request('GET', path, { role: 'viewer' });
    expect(fine.body).toMatchObject({
      differences: [],
      stripe: { status: 'requires_capture', amountCapturable: 450, amountReceived: 0 },
    });
    await house.sim('POST', '/webhooks', { hold: true });
    await house.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/capture`);
    const apart = await house.request('GET', path, { role: 'viewer' });
    expect(apart.body['differences']).toEqual(
      expect.arrayContaining([
        { field: 'status', ours: 'requires_capture', stripe: 'succeeded' },
        { field: 'captured', ours: 0, stripe: 450 },
      ]),
    );
    await house.sim('POST', '/webhooks', {});
    await house.sim('POST', '/webhooks/flush');
  });
});

describe('the safety net', () => {
  it('settles a lesson whose workflow was ended by hand, once, from where it stood', async () => {
    const { id, endsAt } = await book(house, account);
    const handle = house.temporal.workflow.getHandle(`lesson:${id}`);
    await handle.terminate('by mistake');
    await travel(house, Date.parse(endsAt) + hourMs);
    const ports = { store: house.store, temporal: house.temporal, clock: house.clock, log: silent, stripe: house.stripe, config: { clockOffsetMs: () => house.clock.offsetMs() } };
    await sweepOverdue(ports as never);
    const lesson = await until(house, id, ({ payment }) => payment.state === 'released');
    expect(lesson).toMatchObject({ state: 'cancelled', cancelReason: 'No-show by both parties' });
    const { rows } = await house.store.listAlerts({ subject: `lesson:${id}`, limit: 10 });
    expect(rows).toMatchObject([{ type: 'ORPHAN', count: 1 }]);
    expect(await sweepOverdue(ports as never)).toEqual({ told: 0, restarted: 0, corrected: 0 });
    await checkBooks(house);
  }); // prettier-ignore
});

const silent = { warn() {}, error() {}, info() {}, debug() {} };
