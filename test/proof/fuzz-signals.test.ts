import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { huntSignals } from '../../proof/fuzz/signals.ts';
import type { Lives } from '../../proof/fuzz/stories.ts';
import { openLives } from '../../proof/fuzz/stories.ts';
import type { Target } from '../../proof/fuzz/target.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { targetOf } from './fuzz-target.ts';

describe('messages through Temporal that make no sense', () => {
  let house: House;
  let target: Target;
  let lives: Lives;
  beforeAll(async () => {
    house = await openHouse();
    target = targetOf(house);
    lives = await openLives(target, 'signals');
  });
  afterAll(async () => {
    await house.close();
  });

  it.each(['lesson', 'booking', 'dispute'] as const)('are refused by a %s where everyone sees it, and change nothing', async (kind) => {
    const runs = 15;
    const { finding, tried } = await huntSignals(target, kind, lives.begin, { seed: 20_261_121, runs, shrinksWithinMs: 10_000 });
    expect(finding).toBeNull();
    expect(tried).toBe(runs);
  }); // prettier-ignore

  it('keep no story from its right end, to the cent, and no workflow task failed', async () => {
    expect(await lives.end()).toEqual([]);
    await checkBooks(house);
  });
});
