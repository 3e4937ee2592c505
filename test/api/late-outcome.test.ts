import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { book, command, openAccount, show, until } from '../house/lessons.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ answersLateMs: 1_000 });
});
afterAll(async () => {
  await house.close();
});

it('a command that overtakes an outcome which the lists knew first is shown to its caller', async () => {
  const { id: account } = await openAccount(house);
  const { id, payment } = await book(house, account);
  expect(payment.state).toBe('authorized');
  const { status, body } = await command(house, id, 'cancel', { by: 'tutor', reason: 'ill' });
  expect([status, body]).toMatchObject([200, { accepted: true, lesson: { state: 'cancelled' } }]);
  expect(await show(house, id)).toMatchObject({ state: 'cancelled' });
  await until(house, id, (lesson) => lesson.payment.state === 'released');
  await checkBooks(house);
});
