import { createHash } from 'node:crypto';
import type { Lived } from './batch.ts';
import { liveBatch } from './batch.ts';
import { Coverage } from './coverage.ts';
import type { Wanted } from './draw.ts';
import { drawBatch } from './draw.ts';
import type { BatchPlan } from './plan.ts';

/** How many lives share a world: enough for payees to meet their debts again, few enough that lists stay short. */
const livesTogether = 20;

/** How much is to be lived, and of what seed. */
export interface Asked {
  readonly seed: string;
  readonly lives: number;
  readonly wanted: Wanted;
  /** How often a move is tried, where not as often as in the house. */
  readonly tries?: number | undefined;
}

/** What became of all of it: the first batch that broke, or none. */
export interface Outcome {
  readonly lives: number;
  readonly digest: string;
  readonly coverage: Coverage;
  readonly failure: { readonly plan: BatchPlan; readonly lived: Pick<Lived, 'broken'> } | null;
}

/** The seed of one batch, by which it alone is lived again. */
const batchSeed = (seed: string, batch: number): string => `${seed}.${batch}`;

/** Lives batch after batch until enough was lived or something broke. */
export async function campaign({ seed, lives, wanted, tries }: Asked, onBatch: (lived: number) => void = () => undefined): Promise<Outcome> {
  const coverage = new Coverage();
  const hash = createHash('sha256');
  let done = 0;
  for (let batch = 0; done < lives; batch += 1) {
    const size = Math.min(livesTogether, lives - done);
    const drawn = drawBatch(batchSeed(seed, batch), size, wanted);
    const plan = tries === undefined ? drawn : { ...drawn, tries };
    const lived = await liveBatch(plan);
    coverage.add(lived.coverage.counts());
    hash.update(lived.digest);
    done += size;
    onBatch(done);
    if (lived.broken.length > 0) return { lives: done, digest: hash.digest('hex'), coverage, failure: { plan, lived } };
  }
  return { lives: done, digest: hash.digest('hex'), coverage, failure: null };
} // prettier-ignore
