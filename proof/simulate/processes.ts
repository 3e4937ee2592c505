import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Asked, Outcome } from './campaign.ts';
import type { Count } from './coverage.ts';
import { Coverage } from './coverage.ts';
import type { Broken } from './ground.ts';
import type { BatchPlan } from './plan.ts';

/** What became of one piece. */
interface Piece {
  readonly lives: number;
  readonly digest: string;
  readonly counts: readonly Count[];
  readonly broken: { readonly plan: BatchPlan; readonly broken: readonly Broken[] } | null;
}

/** What a process says of its piece: how many lives it has lived so far, and at last all that came of it. */
export type Said = { readonly kind: 'goes on'; readonly lived: number } | ({ readonly kind: 'ends' } & Piece);

const entry = fileURLToPath(new URL('./piece.ts', import.meta.url));

/**
 * Lives a campaign in several processes, each with a seed of its own that follows from the campaign's: the same seed in
 * as many processes gives the same trace. A piece that breaks ends early, the others live on to their end.
 */
export async function campaignIn(
  processes: number,
  { lives, ...asked }: Asked,
  onLived: (lived: number) => void,
): Promise<Outcome> {
  const lived = Array.from({ length: processes }, () => 0);
  const pieces = lived.map((_none, index) => {
    const share = Math.floor(lives / processes) + (index < lives % processes ? 1 : 0);
    return liveIn({ ...asked, seed: `${asked.seed}/${index}`, lives: share }, (count) => {
      lived[index] = count;
      onLived(lived.reduce((sum, one) => sum + one, 0));
    });
  });
  const coverage = new Coverage();
  const hash = createHash('sha256');
  let failure: Outcome['failure'] = null;
  let sum = 0;
  for (const { lives: done, digest, counts, broken } of await Promise.all(pieces)) {
    sum += done;
    hash.update(digest);
    coverage.add(counts);
    if (broken !== null) failure ??= { plan: broken.plan, lived: { broken: broken.broken } };
  }
  return { lives: sum, digest: hash.digest('hex'), coverage, failure };
}

/** One piece in a process of its own, which ends with this one. */
async function liveIn(asked: Asked, onLived: (lived: number) => void): Promise<Piece> {
  const child = fork(entry, [], { execArgv: ['--import', 'tsx'] });
  const end = (): void => void child.kill();
  process.once('exit', end);
  try {
    return await new Promise((resolve, reject) => {
      child.once('exit', (code) =>
        reject(new Error(`the process of seed ${asked.seed} ended with ${code} before it was through`)),
      );
      child.once('error', reject);
      child.on('message', (said: Said) => {
        if (said.kind === 'ends') resolve(said);
        else onLived(said.lived);
      });
      child.send(asked);
    });
  } finally {
    process.off('exit', end);
  }
}
