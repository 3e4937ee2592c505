import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../house/callers.ts';
import { countOf, forget, handleOf, historyOf, isRemembered } from '../house/history.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { eventually } from '../house/eventually.ts';
import { booking, command, openAccount, show, until, writes } from '../house/lessons.ts';
import { paidInFull, takesPlace } from '../house/stories.ts';

// A booking that is sent again, by a nervous client or a retrying proxy, never holds anyone's money twice.

type Booking = ReturnType<typeof booking>;

describe('a booking that is sent again', () => {
  let house: House;
  let account: { id: string };
  beforeAll(async () => {
    house = await openHouse();
    account = await openAccount(house);
  });
  afterAll(async () => {
    await house.close();
  });

  const send = (body: unknown, key?: string): Promise<Answer> =>
    house.request('POST', '/api/lessons', { role: 'app', body, ...(key === undefined ? {} : { key }) });
  const holdsOf = async ({ id }: Booking): Promise<number> => {
    const all = await house.stripe.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
    return all.filter(({ metadata }) => metadata['workflow_id'] === `lesson:${id}`).length;
  };
  const writesSoFar = async (): Promise<number> => (await writes(house, /^\/v1\//)).length;

  /** Every other content under the same id. */
  const others = (body: Booking): Readonly<Record<string, object>> => ({
    'another price': { ...body, amount: 451 },
    'another currency': { ...body, currency: 'eur' },
    'another start': { ...body, startsAt: new Date(Date.parse(body.startsAt) - 60_000).toISOString() },
    'another end': { ...body, endsAt: new Date(Date.parse(body.endsAt) + 60_000).toISOString() },
    'another card': { ...body, student: { ...body.student, paymentMethod: 'pm_card_mastercard' } },
    'another student': { ...body, student: { ...body.student, id: 'stu_2' } },
    'another tutor': { ...body, tutor: { ...body.tutor, id: 'tut_2' } },
    'other notes': { ...body, metadata: { course: 'german' } },
  });

  const expectOnce = async (body: Booking, state: string): Promise<void> => {
    const before = await writesSoFar();
    const shown = await show(house, body.id);
    expect(await send(body)).toMatchObject({ status: 200, body: { id: body.id, state } });
    // The same content, its fields in another order.
    const turned = Object.fromEntries(Object.entries(body).reverse());
    expect(await send(turned)).toMatchObject({ status: 200, body: { id: body.id, state } });
    for (const [what, other] of Object.entries(others(body))) {
      const answer = await send(other);
      expect(answer, what).toMatchObject({ status: 409, body: { code: 'id_conflict' } });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
    expect(await writesSoFar()).toBe(before);
    expect(await show(house, body.id)).toEqual(shown);
  };

  it('answers the same lesson, and 409 where anything differs', async () => {
    const body = booking(house, account.id);
    const first = await send(body);
    expect(first).toMatchObject({ status: 201, body: { state: 'scheduled' } });
    expect(first.headers.get('location')).toBe(`/api/lessons/${body.id}`);
    await expectOnce(body, 'scheduled');
    expect(await holdsOf(body)).toBe(1);
    await checkBooks(house);
  });

  it('makes one lesson and one hold when it is sent twenty times at once', async () => {
    const body = booking(house, account.id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(body)));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
    expect(new Set(answers.map((one) => String(one.body['workflowId']))).size).toBe(1);
    for (const one of answers) expect(one.body).toMatchObject({ payment: { state: 'authorized' } });
    expect(await holdsOf(body)).toBe(1);
    const history = await historyOf(house, body.id);
    expect(countOf(history, 'workflowExecutionStarted')).toBe(1);
    expect(countOf(history, 'activityTaskScheduled')).toBe(1);
    expect(await takesPlace(house, await show(house, body.id))).toMatchObject({ payment: paidInFull });
    await checkBooks(house);
  });

  it('lets one of twenty different bookings have the id when they come at once', async () => {
    const body = booking(house, account.id);
    const bodies = Array.from({ length: 20 }, (_, index) => ({ ...body, amount: 450 + index }));
    const answers = await Promise.all(bodies.map((one) => send(one)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect(await holdsOf(body)).toBe(1);
    await checkBooks(house);
  });

  it('makes one lesson of a booking without an id when it carries a key', async () => {
    const { id: _, ...body } = booking(house, account.id);
    const key = crypto.randomUUID();
    const before = await writesSoFar();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(body, key)));
    expect(new Set(answers.map((one) => String(one.body['id']))).size).toBe(1);
    expect((await writesSoFar()) - before).toBe(1);
    const other = await send({ ...body, amount: 900 }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    await checkBooks(house);
  });

  it('starts nothing after its lesson was completed or cancelled, nor once Temporal has forgotten it', async () => {
    const held = booking(house, account.id);
    const dropped = booking(house, account.id);
    for (const body of [held, dropped]) expect((await send(body)).status).toBe(201);
    await command(house, dropped.id, 'cancel', { by: 'tutor', reason: 'Ill' });
    await until(house, dropped.id, ({ payment }) => payment.state === 'released');
    await takesPlace(house, await show(house, held.id));
    const closed = [
      { body: held, state: 'completed' },
      { body: dropped, state: 'cancelled' },
    ];
    for (const { body, state } of closed) {
      const isClosed = async () => (await handleOf(house, body.id).describe()).status.name;
      await eventually(isClosed, (status) => status === 'COMPLETED');
      const { runId } = await handleOf(house, body.id).describe();
      await expectOnce(body, state);
      expect((await handleOf(house, body.id).describe()).runId).toBe(runId);
    }
    await Promise.all(closed.map(({ body }) => forget(house, body.id)));
    for (const { body, state } of closed) {
      await expectOnce(body, state);
      const twenty = await Promise.all(Array.from({ length: 20 }, () => send(body)));
      expect(new Set(twenty.map(({ status }) => status))).toEqual(new Set([200]));
      const end = await command(house, body.id, 'end', { party: 'student' });
      expect(end).toMatchObject({ status: 200, body: { accepted: true } });
      const late = await command(house, body.id, 'cancel', { by: 'student', reason: 'Too late' });
      expect(late).toMatchObject({ status: 409, body: { code: 'command_refused', state } });
      expect(await isRemembered(house, body.id)).toBe(false);
      expect(await holdsOf(body)).toBe(1);
    }
    await checkBooks(house);
  });
});
