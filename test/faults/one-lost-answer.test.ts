import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arm, assertStruck, calm, impatientMs, troubles, zombieMs } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks, show, travel } from '../house/lessons.ts';
import type { Life, WriteStory } from '../house/writes.ts';
import { attend, expectOneEffect, writeStories } from '../house/writes.ts';

const names = Object.keys(troubles) as (keyof typeof troubles)[];

// Every write of a lesson's life meets every trouble once. The lives of one write share a house and its last journey.
describe.each(writeStories)('$move, answered by anything but a yes', (story) => {
  let house: House;
  const lives = new Map<string, Life>();
  beforeAll(async () => {
    house = await openHouse({ stripeTimeoutMs: impatientMs });
    for (const name of names) lives.set(name, await liveInto(house, story, name));
    await new Promise((resolve) => setTimeout(resolve, zombieMs));
    await travel(house, 'P12D');
  }, 180_000);
  afterAll(async () => {
    await house.close();
  });

  it.each(names)('takes effect exactly once: %s', async (name) => {
    await expectOneEffect(house, story, lives.get(name)!);
  });

  it('leaves every book true', async () => {
    await checkBooks(house);
  });
});

/** Leads one lesson into the trouble and a little beyond. */
async function liveInto(house: House, story: WriteStory, name: keyof typeof troubles): Promise<Life> {
  const life = await story.before(house);
  await arm(house, story.target(life), troubles[name]);
  await story.cause(house, life);
  await assertStruck(house);
  const { state } = await show(house, life.id);
  expect(state).not.toBe('failed');
  if (story.move === 'authorize' || story.move === 'createCustomer' || story.move === 'saveCard') {
    await attend(house, life);
  }
  return life;
}
void calm;
