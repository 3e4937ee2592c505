import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { huntRoutes, layGround } from '../../proof/fuzz/routes.ts';
import type { Target } from '../../proof/fuzz/target.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { targetOf } from './fuzz-target.ts';

/** As many operations as this get through at least, or the hunt has only knocked on doors. */
const leastOperations = 25;

describe('requests that nobody should send', () => {
  let house: House;
  let target: Target;
  beforeAll(async () => {
    house = await openHouse();
    target = targetOf(house);
  });
  afterAll(async () => {
    await house.close();
  });

  it('are all answered in the words that are promised, leave no row where they are refused, and no cent is lost', async () => {
    const known = await layGround(target, 'routes');
    const runs = 300;
    const { finding, tried, operations } = await huntRoutes(target, known, { seed: 20_261_121, runs, shrinksWithinMs: 10_000 });
    expect(finding).toBeNull();
    expect(tried).toBe(runs);
    expect(operations.size).toBeGreaterThanOrEqual(leastOperations);
    await checkBooks(house);
  }); // prettier-ignore
});
