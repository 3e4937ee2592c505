import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countOf, handleOf, historyOf, workflowOf } from '../house/history.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { book, booking, openAccount, show, travel, writes } from '../house/lessons.ts';
import { bothJoin, paidInFull } from '../house/stories.ts';

// The safety net (L7): whatever went wrong, a lesson that took place is settled within the hour.

/** One sweep looks after fifty; what is left is the next one's. */
const more = 52;

describe('lessons whose workflows are gone', () => {
  let house: House;
  let account: { id: string };
  let hour: { startsAt: string; endsAt: string };
  const lessons: ShownLesson[] = [];
  beforeAll(async () => {
    house = await openHouse();
    account = await openAccount(house);
    const { startsAt, endsAt } = booking(house, account.id);
    hour = { startsAt, endsAt };
  });
  afterAll(async () => {
    await house.close();
  });

  it('are found and settled with the attendance they had, more than one sweep takes', async () => {
    while (lessons.length < more) {
      const next = Array.from({ length: 13 }, () => book(house, account.id, hour));
      lessons.push(...(await Promise.all(next)));
    }
    await travel(house, Date.parse(hour.startsAt));
    const attended = lessons.slice(0, 3);
    for (const lesson of attended) await bothJoin(house, lesson);
    await Promise.all(lessons.map(({ id }) => handleOf(house, id).terminate('a slip of the hand')));
    expect(await writes(house, /\/(capture|cancel)$/)).toEqual([]);

    await travel(house, Date.parse(hour.endsAt) + 60 * 60_000);
    for (const { id } of attended) {
      expect(await show(house, id)).toMatchObject({
        state: 'completed',
        attendance: { student: { joinedAt: hour.startsAt }, tutor: { joinedAt: hour.startsAt } },
        payment: { captured: 450, transferred: 360, feeEarned: 90, refunded: 0 },
      });
    }
    for (const { id } of lessons.slice(3)) {
      expect(await show(house, id)).toMatchObject({
        state: 'cancelled',
        payment: { state: 'released', captured: 0, released: 450 },
      });
    }
    const { rows } = await house.store.listAlerts({ limit: 100, type: 'ORPHAN' });
    expect(new Set(rows.map(({ subject }) => subject))).toEqual(
      new Set(lessons.map(({ id }) => workflowOf(id))),
    );
    expect(rows.every(({ count }) => count === 1)).toBe(true);

    await travel(house, 'P4D');
    for (const { id } of attended) expect((await show(house, id)).payment).toMatchObject(paidInFull);
    await checkBooks(house);
  });

  it('are left alone when their workflows run: one sleeping lesson is never told to look', async () => {
    const lesson = await book(house, account.id);
    await travel(house, Date.parse(lesson.endsAt) - 60_000);
    expect(countOf(await historyOf(house, lesson.id), 'workflowExecutionSignaled')).toBe(0);
    await travel(house, 'PT10M');
    expect(await show(house, lesson.id)).toMatchObject({
      state: 'cancelled',
      payment: { state: 'released' },
    });
    expect(countOf(await historyOf(house, lesson.id), 'workflowExecutionSignaled')).toBe(0);
    await checkBooks(house);
  });
});
