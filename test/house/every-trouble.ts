import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { arm, assertStruck, impatientMs, requests, troubles } from './faults.ts';
import type { House } from './house.ts';
import { openHouse } from './house.ts';
import { checkBooks } from './books.ts';
import { travel } from './lessons.ts';
import type { WriteStory } from './writes.ts';
import { expectOneEffect, requestsOf } from './writes.ts';

type Name = keyof typeof troubles;
const names = Object.keys(troubles) as Name[];

/** What Stripe is asked between two tries is looked at for one of them, so it comes to its trouble alone. */
const alone: Name = 'stored 500 without effect';
const companies: readonly (readonly Name[])[] = [[alone], names.filter((name) => name !== alone)];

/** Every one of these writes meets every trouble once; the lives of one write share a house and their journeys. */
export function meetEveryTrouble<L>(stories: readonly WriteStory<L>[]): void {
  describe.each(stories)('$move', (story) => {
    let house: House;
    const lives = new Map<Name, L>();
    const lifeOf = (name: Name): L => lives.get(name)!;
    beforeAll(async () => {
      house = await openHouse({ stripeTimeoutMs: impatientMs });
      for (const company of companies)
        for (const [name, life] of await liveInto(house, story, company)) lives.set(name, life);
      await untilExecuted(house);
      // Who was parked because Stripe held the request back has looked again by then.
      await travel(house, 'PT2H');
      await story.finish(house, [...lives.values()]);
    });
    afterAll(async () => {
      await house.close();
    });

    it.each(names)('takes effect exactly once: %s', async (name) => {
      await expectOneEffect(house, story, lifeOf(name));
    });

    it('uses one idempotency key for one life, a second only where the first is over or the payment itself is the guard', async () => {
      // A capture or release is possible once; a stored 500 without effect is over.
      const two: readonly Name[] = [alone, 'executed after our retry'];
      for (const name of names) {
        const keys = new Set((await requestsOf(house, story, lifeOf(name))).map((one) => one.idempotencyKey));
        expect(keys.size, name).toBeLessThanOrEqual(two.includes(name) ? 2 : 1);
      }
    });

    it('begins a new key only when the old answer was replayed and a read showed no effect', async () => {
      const life = lifeOf(alone);
      const subject = story.workflowIdOf(life);
      const { rows } = await house.store.listAudit({ subject, action: 'new_generation', limit: 10 });
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ before: { generation: 1 }, after: { generation: 2 } });
      const [stored, replay, made, ...more] = await requestsOf(house, story, life);
      expect(more).toEqual([]);
      expect(stored).toMatchObject({ status: 500, replayed: false, fault: 'status_before' });
      expect(replay).toMatchObject({ status: 500, replayed: true, idempotencyKey: stored?.idempotencyKey });
      expect(made).toMatchObject({ status: 200, replayed: false });
      const all = await requests(house);
      const at = (id: string | undefined): number => all.findIndex((one) => one.id === id);
      const between = all.slice(at(replay?.id) + 1, at(made?.id));
      expect(between.map(({ method }) => method), 'reads between the two keys').toContain('GET');
      for (const name of names.filter((one) => one !== alone)) {
        const others = await house.store.listAudit({ subject: story.workflowIdOf(lifeOf(name)), action: 'new_generation', limit: 1 });
        expect(others.rows, name).toEqual([]);
      }
    });

    it('leaves every book true', async () => {
      await checkBooks(house);
    });
  });
} // prettier-ignore

/** Stripe has executed what it held back while nobody listened any more. */
const untilExecuted = (house: House): Promise<unknown> =>
  eventually(
    () => requests(house),
    (all) => all.every(({ fault, status }) => fault !== 'delay' || status !== null),
  );

/** Leads one agreement into each of these troubles, all at the same time. */
async function liveInto<L>(
  house: House,
  story: WriteStory<L>,
  company: readonly Name[],
): Promise<[Name, L][]> {
  const lives = await Promise.all(
    company.map(async (name): Promise<[Name, L]> => [name, await story.before(house)]),
  );
  const all = lives.map(([, life]) => life);
  await story.ready?.(house, all);
  for (const [name, life] of lives) await arm(house, story.target(life), troubles[name]);
  await story.cause(house, all);
  await assertStruck(house);
  return lives;
}
