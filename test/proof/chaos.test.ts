import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Outcome } from '../../proof/chaos/campaign.ts';
import { campaign } from '../../proof/chaos/campaign.ts';
import type { Ground } from '../../proof/chaos/ground.ts';
import { layGround } from '../../proof/chaos/ground.ts';

/** A slow machine needs seconds for each start, and the last round is lived to its end. */
const endsWithinMs = 600_000;

describe('lives on processes that are killed all the time', () => {
  let ground: Ground;
  let outcome: Outcome;
  beforeAll(async () => {
    ground = await layGround(inject('workflowBundlePath'));
    const wanted = { seed: 'slice', lastsMs: 40_000, paceMs: 600, livesInRound: 8 };
    outcome = await campaign(ground, { ...wanted, say: () => undefined });
  }, endsWithinMs);
  afterAll(async () => {
    await ground.close();
  });

  it.each(['worker', 'api', 'simulator', 'temporal'] as const)('die and come back: %s', (kind) => {
    const tolls = ground.mortals.filter((one) => one.kind === kind).map(({ toll }) => toll);
    const sum = (figure: 'kills' | 'recoveries'): number => tolls.reduce((all, toll) => all + toll[figure], 0);
    expect(sum('kills')).toBeGreaterThan(0);
    expect(sum('recoveries')).toBeGreaterThan(0);
  });

  it('die with an activity inside a request to Stripe', () => {
    expect(outcome.inside.size).toBeGreaterThan(0);
  });

  it('cost nobody a cent: every invariant of money holds over everything', () => {
    expect(outcome.lives).toBeGreaterThan(0);
    expect(outcome.violations).toEqual([]);
  });

  it('leave no agreement, operation, event, message or workflow waiting once it is quiet', () => {
    expect(outcome.pending).toEqual([]);
  });
});
