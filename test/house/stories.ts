import { expect } from 'vitest';
import type { House } from './house.ts';
import type { ShownLesson } from './lessons.ts';
import { command, show, travel } from './lessons.ts';

/** What one lesson of 4.50 that took place has moved once it is over, to the last cent. */
export const paidInFull = {
  state: 'captured',
  authorized: 450,
  captured: 450,
  released: 0,
  refunded: 0,
  feeEarned: 90,
  transferred: 360,
  paidOut: 360,
  held: 0,
};

/** Both parties come; the lesson has begun. */
export async function bothJoin(house: House, lesson: ShownLesson): Promise<void> {
  for (const party of ['student', 'tutor']) {
    const answer = await command(house, lesson.id, 'join', { party, at: lesson.startsAt });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  }
}

/** The lesson takes place: both come at its start, and three days after its end the money has arrived. */
export async function takesPlace(house: House, lesson: ShownLesson): Promise<ShownLesson> {
  const startsAt = Date.parse(lesson.startsAt);
  if (house.clock.now() < startsAt) await travel(house, startsAt);
  await bothJoin(house, lesson);
  await travel(house, Date.parse(lesson.endsAt) + 3 * 86_400_000);
  return await show(house, lesson.id);
}
