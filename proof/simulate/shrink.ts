import type { Lived } from './batch.ts';
import { liveBatch } from './batch.ts';
import type { BatchPlan } from './plan.ts';

/** A plan whose world broke, and what was broken first. */
export interface Failure {
  readonly plan: BatchPlan;
  readonly invariant: string;
}

/** Parts are taken away in halves, then quarters, down to one by one, as long as what is left still fails. */
async function least<T>(parts: readonly T[], fails: (rest: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  let left = parts;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length; ) {
      const rest = [...left.slice(0, from), ...left.slice(from + size)];
      if (await fails(rest)) left = rest;
      else from += size;
    }
  }
  return left;
} // prettier-ignore

/** Lives a plan and answers whether this invariant breaks in it. */
const breaking =
  (invariant: string) =>
  async (plan: BatchPlan): Promise<boolean> =>
    (await liveBatch(plan)).broken.some((one) => one.invariant === invariant);

/**
 * The shortest story found in which the same invariant still breaks: lives, then acts, then mishaps are taken away.
 * The answer holds the story in words.
 */
export async function shrink({ plan: given, invariant }: Failure, breaks = breaking(invariant)): Promise<{ plan: BatchPlan; lived: Lived }> {
  let best = given;
  const outages = await least(best.outages, (rest) => breaks({ ...best, outages: rest }));
  best = { ...best, outages };
  const lives = await least(best.lives, (rest) => breaks({ ...best, lives: rest }));
  best = { ...best, lives };
  for (const { id } of best.lives) {
    const withActs = (acts: BatchPlan['lives'][number]['acts']): BatchPlan => ({
      ...best,
      lives: best.lives.map((life) => (life.id === id ? { ...life, acts } : life)),
    });
    const acts = best.lives.find((life) => life.id === id)?.acts ?? [];
    best = withActs(await least(acts, (rest) => breaks(withActs(rest))));
  }
  // With one mishap gone others may strike in its place, so those that are left are asked for anew until none goes.
  for (let before = -1; before !== best.muted.length; ) {
    before = best.muted.length;
    const { struck } = await liveBatch(best);
    const { muted } = best;
    const without = (rest: readonly string[]): BatchPlan => ({
      ...best,
      muted: [...muted, ...struck.filter((name) => !rest.includes(name))],
    });
    best = without(await least(struck, (rest) => breaks(without(rest))));
  }
  return { plan: best, lived: await liveBatch(best, { keepsLines: true }) };
} // prettier-ignore
