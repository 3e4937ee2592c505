import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { book, booking, command, openAccount, show, travel, writes } from '../house/lessons.ts';
import { bothJoin, paidInFull } from '../house/stories.ts';

// Both parties say that it is over, in words of two kinds, in any order and as often as they like (L5, L6).

const words = ['student call-end', 'student end', 'tutor call-end', 'tutor end'] as const;

function ordersOf<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((one, index) =>
    ordersOf([...list.slice(0, index), ...list.slice(index + 1)]).map((rest) => [one, ...rest]),
  );
}
/** Every order of all four, and some with repetitions and silences. */
const orders: readonly string[][] = [
  ...ordersOf(words),
  ['student call-end', 'student call-end', 'student call-end'],
  ['tutor end', 'tutor end', 'student call-end', 'tutor call-end', 'student end', 'student end'],
  ['student end'],
  ['tutor call-end'],
];

describe('the end of a lesson, told by both parties', () => {
  let house: House;
  let account: { id: string };
  let hour: { startsAt: string; endsAt: string };
  const lessons: ShownLesson[] = [];
  beforeAll(async () => {
    house = await openHouse();
    account = await openAccount(house);
    const { startsAt, endsAt } = booking(house, account.id);
    hour = { startsAt, endsAt };
    for (const _ of [...orders, 'the late one']) lessons.push(await book(house, account.id, hour));
    await travel(house, Date.parse(startsAt));
    await Promise.all(lessons.map((lesson) => bothJoin(house, lesson)));
  });
  afterAll(async () => {
    await house.close();
  });

  const minuteIn = (minutes: number): string =>
    new Date(Date.parse(hour.startsAt) + minutes * 60_000).toISOString();
  const tell = async (id: string, word: string, at: string) => {
    const [party = '', name = ''] = word.split(' ');
    return command(house, id, name, { party, [name === 'end' ? 'leftAt' : 'at']: at });
  };

  it.each(orders.map((order, index) => [order.join(', '), order, index] as const))(
    'is early, charges nothing yet and keeps who left when: %s',
    async (_what, order, index) => {
      const { id } = lessons[index] as ShownLesson;
      const leftAt: Record<string, string> = {};
      for (const [step, word] of order.entries()) {
        const at = minuteIn(5 + step);
        const answer = await tell(id, word, at);
        expect(answer, JSON.stringify(answer.body)).toMatchObject({
          status: 200,
          body: { accepted: true, lesson: { state: 'ended_early', payment: { state: 'authorized', captured: 0 } } },
        });
        const [first, again] = [/^(Call|Lesson) ended early, awaiting the scheduled end$/, /^Already ended early, awaiting finalization$/];
        expect(answer.body['message']).toMatch(step === 0 ? first : again);
        const [party = ''] = word.split(' ');
        leftAt[party] ??= at;
        const { attendance } = await show(house, id);
        expect(attendance).toMatchObject({
          student: { joinedAt: hour.startsAt, leftAt: leftAt['student'] ?? null },
          tutor: { joinedAt: hour.startsAt, leftAt: leftAt['tutor'] ?? null },
        });
      }
    },
  ); // prettier-ignore

  it('waits for the scheduled end and takes the price once, whatever the order was', async () => {
    await travel(house, Date.parse(hour.endsAt) - 5 * 60_000);
    expect(await writes(house, /\/capture$/)).toEqual([]);
    await travel(house, Date.parse(hour.endsAt) + 3 * 86_400_000);
    for (const { id, payment } of lessons) {
      expect(await show(house, id), id).toMatchObject({ state: 'completed', payment: paidInFull });
      const captures = await writes(house, new RegExp(`${payment.paymentIntentId}/capture$`));
      expect(captures, id).toHaveLength(1);
    }
    await checkBooks(house);
  });

  it('is answered with success after the lesson is closed, and changes nothing', async () => {
    for (const { id } of lessons.slice(-3)) {
      const closed = await show(house, id);
      for (const word of words) {
        const answer = await tell(id, word, minuteIn(7));
        expect(answer).toMatchObject({
          status: 200,
          body: { accepted: true, lesson: { state: 'completed' } },
        });
        expect(answer.body['message']).toMatch(/already closed/);
      }
      const join = await command(house, id, 'join', { party: 'student' });
      expect(join).toMatchObject({ status: 409, body: { code: 'command_refused', state: 'completed' } });
      expect(await show(house, id)).toEqual(closed);
    }
    await checkBooks(house);
  });
});
