import { parseArgs } from 'node:util';
import type { Kind } from '../../domain/kinds.ts';
import { machines } from '../../domain/kinds.ts';
import { brokenBooks } from './books.ts';
import type { Bag } from './hunt.ts';
import { startInstance } from './instance.ts';
import type { Target } from './target.ts';
import { huntRoutes, layGround } from './routes.ts';
import { huntSignals } from './signals.ts';
import { openLives } from './stories.ts';
import { goodNewsStillCounts, huntWebhooks } from './webhooks.ts';

// `npm run fuzz -- --minutes M --seed S [--part routes|webhooks|signals]`: attacks a Holdfast of its own until the time
// is up and prints what broke a promise, made as small as it goes. Ends with 1 where something did.

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const kinds = Object.keys(machines) as Kind[];

/** What one round of one part brought home. */
interface Round extends Bag {
  readonly note: string;
}

/** One round is short enough to end near the time asked for, and long enough to get into the stories. */
const parts = {
  async routes(target: Target, seed: number): Promise<Round> {
    const known = await layGround(target, String(seed));
    const { statuses, operations, ...bag } = await huntRoutes(target, known, { seed, runs: 600 });
    const counts = [...statuses].toSorted(([one], [other]) => one.localeCompare(other)).map(([status, count]) => `${status}: ${count}`);
    return { ...bag, note: `${operations.size} operations did something; ${counts.join(', ')}` };
  },
  async webhooks(target: Target, seed: number): Promise<Round> {
    await layGround(target, `w${seed}`);
    const bag = await huntWebhooks(target, `w${seed}x`, { seed, runs: 600 });
    await goodNewsStillCounts(target, `w${seed}`);
    return { ...bag, note: 'good news took effect afterwards' };
  },
  async signals(target: Target, seed: number): Promise<Round> {
    const { begin, end } = await openLives(target, `s${seed}`);
    let tried = 0;
    for (const kind of kinds) {
      const bag = await huntSignals(target, kind, begin, { seed, runs: 60 });
      tried += bag.tried;
      if (bag.finding !== null) return { tried, finding: bag.finding, note: '' };
    }
    const wrong = await end();
    return { tried, finding: wrong.length === 0 ? null : wrong.join('\n'), note: 'every story came to its end' };
  },
}; // prettier-ignore

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string' },
  },
});
const lastsMs = Number(values.minutes) * 60_000;
const chosen = Object.entries(parts).filter(([name]) => values.part === undefined || values.part === name);
if (chosen.length === 0 || !(lastsMs > 0)) {
  say(`Usage: npm run fuzz -- --minutes 5 --seed 1 [--part ${Object.keys(parts).join('|')}]`);
  process.exit(2);
}

/** A house of its own for each part: what one leaves behind must not slow the others' journeys through time. */
async function attackWith(
  name: string,
  part: (target: Target, seed: number) => Promise<Round>,
): Promise<void> {
  const target = await startInstance();
  try {
    const endsAt = Date.now() + lastsMs / chosen.length;
    for (let seed = Number(values.seed); Date.now() < endsAt; seed += 1) {
      const { tried, finding, note } = await part(target, seed);
      say(`${name}, seed ${seed}: ${tried} tried; ${note}`);
      if (finding !== null) found(`FOUND in ${name}: ${finding}`);
    }
    for (const broken of await brokenBooks(target)) found(`BROKEN after ${name}: ${broken}`);
  } finally {
    await target.close();
  }
}

function found(line: string): void {
  say(`\n${line}\n`);
  process.exitCode = 1;
}

for (const [name, part] of chosen) await attackWith(name, part);
