import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layGround } from '../../proof/fuzz/routes.ts';
import type { Target } from '../../proof/fuzz/target.ts';
import { goodNewsStillCounts, huntWebhooks } from '../../proof/fuzz/webhooks.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { targetOf } from './fuzz-target.ts';

describe('events that Stripe never sends', () => {
  let house: House;
  let target: Target;
  beforeAll(async () => {
    house = await openHouse();
    target = targetOf(house);
    await layGround(target, 'webhooks');
  });
  afterAll(async () => {
    await house.close();
  });

  it('are kept once where they are signed and never where they are not, and good news after them takes effect', async () => {
    const runs = 200;
    const { finding, tried } = await huntWebhooks(target, 'webhooks', { seed: 20_261_121, runs, shrinksWithinMs: 10_000 });
    expect(finding).toBeNull();
    expect(tried).toBe(runs);
    await goodNewsStillCounts(target, 'webhooks');
    await checkBooks(house);
  }); // prettier-ignore
});
