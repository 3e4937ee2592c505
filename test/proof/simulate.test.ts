import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveBatch } from '../../proof/simulate/batch.ts';
import { campaign } from '../../proof/simulate/campaign.ts';
import type { Coverage } from '../../proof/simulate/coverage.ts';
import { drawBatch } from '../../proof/simulate/draw.ts';
import { campaignIn } from '../../proof/simulate/processes.ts';
import { shrink } from '../../proof/simulate/shrink.ts';
import { compileOnce } from '../../proof/simulate/statements.ts';
import type { BatchPlan } from '../../proof/simulate/plan.ts';
import { storyLines } from '../../proof/simulate/report.ts';

// A slice of `npm run simulate`: whole random lives on the real machines, activities, store, webhooks and simulator, in
// trouble and out of it, and every claim about their money held against what Stripe has at the end.

/** Stories that broke a claim once, each shrunk to what it needs; every one must end with nothing broken. */
const regressions = JSON.parse(
  readFileSync(join(import.meta.dirname, 'regressions.json'), 'utf8'),
) as readonly {
  readonly claim: string;
  readonly plan: BatchPlan;
}[];

describe('whole random lives', () => {
  let release: () => void;
  beforeAll(() => {
    release = compileOnce();
  });
  afterAll(() => release());

  it('end with every cent where both sides say it is, whatever went wrong on the way', async () => {
    const { failure, coverage, lives } = await campaign({ seed: 'slice', lives: 60, wanted: 'all' });
    expect(failure?.lived.broken ?? []).toEqual([]);
    expect(lives).toBe(60);
    const calls = [...coverage.table('call').values()];
    const struck = new Set(calls.flatMap((mishaps) => [...mishaps.keys()]));
    // Without these the lives would prove little: answers lost after their effect, and requests that land late.
    expect([...struck]).toEqual(expect.arrayContaining(['lost_answer', 'late_request', 'status_after']));
  });

  it('are the same to the last line of their trace when their seed is the same, and others for another', async () => {
    const lived = async (seed: string) => (await liveBatch(drawBatch(seed, 5))).digest;
    const first = await lived('same');
    expect(await lived('same')).toBe(first);
    expect(await lived('other')).not.toBe(first);
  });

  it('are all lived, and the same ones, when several processes share them', async () => {
    const shared = await campaignIn(2, { seed: 'shared', lives: 3, wanted: 'all' }, () => undefined);
    const alone = [
      await campaign({ seed: 'shared/0', lives: 2, wanted: 'all' }),
      await campaign({ seed: 'shared/1', lives: 1, wanted: 'all' }),
    ];
    const hash = createHash('sha256');
    for (const { digest } of alone) hash.update(digest);
    expect(shared).toMatchObject({ lives: 3, digest: hash.digest('hex'), failure: null });
    const met = (coverage: Coverage) => [...coverage.counts()].reduce((sum, [, , , times]) => sum + times, 0);
    expect(met(shared.coverage)).toBe(alone.reduce((sum, { coverage }) => sum + met(coverage), 0));
  });

  it('are shrunk to the agreement and the acts that a broken claim needs, and told in words', async () => {
    // The claim that is planted here breaks wherever the second life is lived, and needs nothing else.
    const plan = drawBatch('shrunk', 4);
    const isLeft = (ids: readonly string[]): boolean => ids.includes(plan.lives[1]?.id ?? '');
    const small = await shrink({ plan, invariant: 'planted' }, async ({ lives }) =>
      isLeft(lives.map(({ id }) => id)),
    );
    expect(small.plan.lives.map(({ id }) => id)).toEqual([plan.lives[1]?.id]);
    expect(small.plan.lives[0]?.acts).toEqual([]);
    expect(storyLines(small.plan, small.lived).join('\n')).toContain(`${plan.lives[1]?.id} `);
  });

  it.each(regressions.map(({ claim, plan }) => [claim, plan] as const))('once broke: %s', async (_, plan) => {
    expect((await liveBatch(plan)).broken).toEqual([]);
  });
});
