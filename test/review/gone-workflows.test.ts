import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../house/eventually.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { book, hourMs, minuteMs, openAccount, show, travel } from '../house/lessons.ts';
import { bothJoin } from '../house/stories.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

it('captured money whose workflow was terminated before the transfer still reaches the tutor, untouched by anybody', async () => {
  const account = await openAccount(house);
  const startsAt = Math.ceil((house.clock.now() + hourMs) / 1000) * 1000;
  const lesson = await book(house, account.id, {
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(startsAt + 25 * minuteMs).toISOString(),
  });
  await house.sim('POST', `/accounts/${account.stripeId}`, { capabilities: { transfers: 'inactive' } });
  await travel(house, startsAt);
  await bothJoin(house, lesson);
  await travel(house, startsAt + 30 * minuteMs);
  expect(await show(house, lesson.id)).toMatchObject({ payment: { captured: 450, transferred: 0 } });
  await house.temporal.workflow.getHandle(`lesson:${lesson.id}`).terminate('a slip of the hand');
  await house.sim('POST', `/accounts/${account.stripeId}`, { capabilities: { transfers: 'active' } });
  await travel(house, 'P1D');
  await eventually(
    () => show(house, lesson.id),
    ({ payment }) => payment['transferred'] === 360,
  );
  await travel(house, 'P3D');
  expect((await show(house, lesson.id)).payment['paidOut']).toBe(360);
  await checkBooks(house);
});
