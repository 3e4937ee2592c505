import { expect, it, onTestFinished } from 'vitest';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { book, command, openAccount, show, until } from '../house/lessons.ts';

// The lists have an outcome as soon as it is booked; its story hears of it once the worker's answer has arrived.

/** A house whose stories hear of outcomes so much later, and a lesson in it that is held in the lists alone. */
async function heldInTheListsAlone(answersLateMs: number): Promise<{ house: House; id: string }> {
  const house = await openHouse({ answersLateMs });
  onTestFinished(() => house.close());
  const { id: account } = await openAccount(house);
  const { id, payment } = await book(house, account);
  expect(payment.state).toBe('authorized');
  return { house, id };
}

/** Always under the same key. */
const cancel = (house: House, id: string) =>
  command(house, id, 'cancel', { by: 'tutor', reason: 'ill' }, `cancel-${id}`);

async function isReleased(house: House, id: string): Promise<void> {
  await until(house, id, (lesson) => lesson.payment.state === 'released');
  await checkBooks(house);
}

it('a command that overtakes an outcome which the lists knew first is shown to its caller', async () => {
  const { house, id } = await heldInTheListsAlone(1_000);
  const { status, body } = await cancel(house, id);
  expect([status, body]).toMatchObject([200, { accepted: true, lesson: { state: 'cancelled' } }]);
  expect(await show(house, id)).toMatchObject({ state: 'cancelled' });
  await isReleased(house, id);
});

it('one that the lists cannot show in time is answered 202, and the same key picks its answer up', async () => {
  const { house, id } = await heldInTheListsAlone(4_000);
  const waiting = await cancel(house, id);
  expect([waiting.status, waiting.body]).toMatchObject([
    202,
    { pending: true, lesson: { state: 'scheduled' } },
  ]);
  await until(house, id, ({ state }) => state === 'cancelled');
  const { status, body } = await cancel(house, id);
  expect([status, body]).toMatchObject([200, { accepted: true, lesson: { state: 'cancelled' } }]);
  await isReleased(house, id);
});
