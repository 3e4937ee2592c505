import { parseArgs } from 'node:util';
import { invariantIds } from '../coherent/run.ts';
import type { Planted } from './planted.ts';
import { planted } from './planted.ts';
import type { Caught } from './run.ts';
import { hunt, isExpected } from './run.ts';

// `npm run mutants -- [--sample N] [--only WORDS] [--lives N] [--seed S] [--at-once N]`: every planted bug in a process of
// its own, until an invariant notices it. Ends with 1 on a survivor.

const { values } = parseArgs({
  options: {
    lives: { type: 'string', default: '400' },
    seed: { type: 'string', default: 'mutants' },
    only: { type: 'string', default: '' },
    sample: { type: 'string', default: String(planted.length) },
    'at-once': { type: 'string', default: '1' },
  },
});

const line = (...cells: string[]): string =>
  cells
    .map((cell, i) => cell.padEnd([54, 16, 10][i] ?? 0))
    .join(' ')
    .trimEnd();

const write = (text: string): void => void process.stdout.write(`${text}\n`);

/** What came of each bug that was hunted, by its name. */
const caughtBy = new Map<string, readonly string[]>();

function show(bug: Planted, caught: Caught): void {
  const isSurvivor = caught.by.length === 0;
  const isOther = !isSurvivor && !isExpected(bug, caught);
  const by = isSurvivor ? 'SURVIVES' : caught.by.join(' ');
  const note = isOther ? ` (expected ${bug.expect.join(' or ')})` : '';
  write(line(bug.name, by, caught.seed, `${caught.lives}${note}`));
}

/** Which bugs would have stayed unseen but for this one invariant, in the lives that were lived until they were seen. */
function onlyCatchers(): void {
  const alone = [...caughtBy].filter(([, by]) => by.length === 1);
  write('\nonly catcher');
  for (const id of invariantIds) {
    const bugs = alone.filter(([, [by]]) => by === id).map(([name]) => name);
    write(`${id.padEnd(4)} ${bugs.length === 0 ? 'none' : bugs.join('; ')}`);
  }
}

async function main(): Promise<void> {
  write(line('bug', 'noticed by', 'seed', 'lives'));
  const named = planted.filter(({ name }) => name.includes(values.only));
  // Of every corner of the list as many.
  const everyNth = Math.max(1, Math.floor(named.length / Number(values.sample)));
  const waiting = named.filter((_, i) => i % everyNth === 0).slice(0, Number(values.sample));
  const huntOn = async (): Promise<void> => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      try {
        const caught = await hunt(bug, values.seed, Number(values.lives));
        caughtBy.set(bug.name, caught.by);
        show(bug, caught);
      } catch (error) {
        // What could not be lived proves nothing; the others are hunted all the same.
        process.exitCode = 1;
        write(`${bug.name}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values['at-once']) }, huntOn));
  onlyCatchers();
  const survivors = [...caughtBy.values()].filter((by) => by.length === 0).length;
  write(`\n${caughtBy.size - survivors} of ${caughtBy.size} noticed`);
  if (survivors > 0) process.exitCode = 1;
}

await main();
