import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { arm, calm, requests, troubles } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks, show, travel } from '../house/lessons.ts';
import type { Life, WriteStory } from '../house/writes.ts';
import { attend, expectOneEffect, isBooking, liveOn, requestsOf, writeStories } from '../house/writes.ts';

// Stripe keeps idempotency keys for a day. Here the answer is lost and nobody can ask before the key is gone.
const outages = {
  'the effect happened and its answer was lost': { first: troubles['connection lost after the effect'], requests: 1 },
  'the request was lost': { first: troubles['connection lost before the effect'], requests: 0 },
} as const; // prettier-ignore

describe.each(Object.entries(outages))('25 hours without Stripe after %s', (_, { first, requests: executed }) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(async () => {
    await house.close();
  });
  beforeEach(async () => {
    await calm(house);
  });

  it.each(writeStories)('$move takes effect exactly once', async (story) => {
    const life = await story.before(house);
    const since = (await requests(house)).length;
    await arm(house, story.target(life), first);
    const outage = { method: '*', path: '/v1/*', nth: story.callsBefore + 1 } as const;
    await arm(house, outage, { fault: { kind: 'drop_before' }, times: 100_000 });
    await story.cause(house, life);
    await travel(house, 'PT25H');
    await expectOutOfReach(house, story, life, { since, executed });
    await calm(house);
    await travel(house, 'PT2H');
    if (isBooking(story)) await attend(house, life);
    await liveOn(house, life);
    await expectOneEffect(house, story, life);
    await checkBooks(house);
  }, 120_000);
}); // prettier-ignore

/** The outage was one: nothing was answered since, and the operator can see that the lesson waits. */
async function expectOutOfReach(house: House, story: WriteStory, life: Life, was: { since: number; executed: number }): Promise<void> {
  const heard = (await requests(house)).slice(was.since);
  const answered = heard.filter(({ status, fault }) => status !== null && fault !== 'drop_after');
  expect(answered.map(({ path }) => path)).toHaveLength(story.callsBefore);
  const taken = (await requestsOf(house, story, life)).filter(({ status, replayed }) => status === 200 && !replayed);
  expect(taken).toHaveLength(was.executed);
  expect((await show(house, life.id)).needsAttention).toMatchObject({ reason: 'no_clear_answer', operation: story.move });
} // prettier-ignore
