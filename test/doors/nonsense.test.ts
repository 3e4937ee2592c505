import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countOf, failuresOfOurs, handleOf, historyOf, quietHistory } from '../house/history.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { book, booking, openAccount, show, travel, until } from '../house/lessons.ts';
import type { ShownLesson } from '../house/lessons.ts';
import type { RawPayload } from '../house/raw-messages.ts';
import { rawPayload, rawSignal, rawUpdate } from '../house/raw-messages.ts';
import { paidInFull } from '../house/stories.ts';

// test/doors/: how people and programs tell lessons something, over HTTP and straight through Temporal.
// What makes no sense moves no money and stands in nobody's way.

const join = { party: 'student' };
const json = (value: unknown): RawPayload => rawPayload(JSON.stringify(value));
const hundredKilobytes = 'x'.repeat(100_000);

/** What is sent as a message's argument; every row is nonsense for every message. */
const nonsense: Readonly<Record<string, readonly RawPayload[]>> = {
  'no argument': [],
  null: [json(null)],
  'an empty object': [json({})],
  'a list': [json([join])],
  'a text': [json('student')],
  'a number': [json(42)],
  'values of other types': [json({ party: 7, by: {}, reason: [], eventId: 1, type: 2, objectId: 3 })],
  'a field nobody knows': [json({ ...join, by: 'student', reason: 'x', eventId: 1, amount: 450 })],
  'bytes that are no JSON': [rawPayload('{"party": "stu')],
  'bytes that are no text': [{ ...json({}), data: Uint8Array.of(0xff, 0xfe, 0x00, 0x80) }],
  'an encoding nobody knows': [rawPayload(JSON.stringify(join), 'zzz/unheard-of')],
  'no encoding at all': [rawPayload(JSON.stringify(join), null)],
  'a text of 100 kB': [json(hundredKilobytes)],
  'an object of 100 kB': [json({ ...join, [hundredKilobytes]: hundredKilobytes })],
};
const doors = ['join', 'cancel', 'refund', 'stripeEvent'];
const quiet = (lesson: ShownLesson) => ({ ...lesson, rejected: [] });

describe('messages that make no sense', () => {
  let house: House;
  let account: { id: string };
  /** All at one hour, so that one journey settles them. */
  let hour = {};
  const touched: ShownLesson[] = [];
  beforeAll(async () => {
    house = await openHouse();
    account = await openAccount(house);
    const { startsAt, endsAt } = booking(house, account.id);
    hour = { startsAt, endsAt };
  });
  afterAll(async () => {
    await house.close();
  });

  it.each(Object.entries(nonsense))('change nothing as signals with %s, and everyone sees them', async (_what, payloads) => {
    const before = await book(house, account.id, hour);
    for (const name of doors) await rawSignal(house, before.id, name, payloads);
    const after = await until(house, before.id, ({ rejected }) => rejected.length >= doors.length);
    expect(after.rejected.map(({ name }) => name)).toEqual(doors);
    expect(after.rejected.map(({ code }) => code)).toEqual(doors.map(() => 'malformed'));
    expect(JSON.stringify(after.rejected).length).toBeLessThan(4_000);
    expect(quiet(after)).toEqual(quiet(before));
    touched.push(after);
  }); // prettier-ignore

  it('change nothing as a signal under a name that the SDK keeps for itself, and everyone sees it', async () => {
    const before = await book(house, account.id, hour);
    const name = '__temporal_pay_me';
    await rawSignal(house, before.id, name, [json(join)]);
    const after = await until(house, before.id, ({ rejected }) => rejected.length > 0);
    expect(after.rejected).toMatchObject([{ name, code: 'malformed' }]);
    expect(quiet(after)).toEqual(quiet(before));
    touched.push(after);
  });

  it.each([
    ['without an argument', []],
    ['with an argument', [json(join)]],
    ['with bytes that are no JSON', [rawPayload('{')]],
  ])('change nothing as a signal nobody knows %s, and everyone sees it', async (_what, payloads) => {
    const before = await book(house, account.id, hour);
    const [name, longName] = ['payTheTutorNow', 'x'.repeat(900)];
    await rawSignal(house, before.id, name, payloads);
    await rawSignal(house, before.id, longName, payloads);
    const after = await until(house, before.id, ({ rejected }) => rejected.length >= 2);
    expect(after.rejected.map((one) => one.name)).toEqual([name, longName.slice(0, 64)]);
    expect(after.rejected.map(({ code }) => code)).toEqual(['malformed', 'malformed']);
    expect(quiet(after)).toEqual(quiet(before));
    touched.push(after);
  });

  it('come in hundreds and still fit on a page, while the lesson hears what makes sense', async () => {
    const lesson = await book(house, account.id, hour);
    await Promise.all(Array.from({ length: 200 }, () => rawSignal(house, lesson.id, 'cancel', [json([])])));
    await rawSignal(house, lesson.id, 'join', [json({ ...join, at: lesson.startsAt })]);
    const after = await until(house, lesson.id, ({ state }) => state === 'in_progress');
    expect(after.rejected).toHaveLength(10);
    touched.push(after);
  });

  it.each(Object.entries(nonsense))('are refused as Updates with %s and leave nothing behind', async (_what, payloads) => {
    const before = await book(house, account.id, hour);
    const history = await quietHistory(house, before.id);
    for (const name of doors.filter((one) => one !== 'stripeEvent')) {
      expect(await rawUpdate(house, before.id, name, payloads), name).toMatch(new RegExp(`^${name}: `));
    }
    expect(await rawUpdate(house, before.id, 'payTheTutorNow', payloads)).not.toBeNull();
    expect(await quietHistory(house, before.id)).toEqual(history);
    expect(await show(house, before.id)).toEqual(before);
    touched.push(before);
  }); // prettier-ignore

  it('never kept a lesson from being settled, and no workflow task failed', async () => {
    for (const { id, startsAt } of touched) {
      for (const party of ['student', 'tutor']) {
        await handleOf(house, id).signal('join', { party, at: startsAt });
      }
    }
    const ends = Math.max(...touched.map(({ endsAt }) => Date.parse(endsAt)));
    await travel(house, ends + 3 * 86_400_000);
    for (const { id } of touched) {
      const paid = await show(house, id);
      expect(paid, id).toMatchObject({ state: 'completed', payment: paidInFull });
      const history = await historyOf(house, id);
      expect(failuresOfOurs(history), id).toEqual([]);
      expect(countOf(history, 'workflowTaskTimedOut'), id).toBe(0);
    }
    await checkBooks(house);
  });
});
