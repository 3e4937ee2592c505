import { parseArgs } from 'node:util';
import { planted } from './planted.ts';
import { hunt, isExpected } from './run.ts';

// `npm run mutants`: every planted bug in a process of its own, until an invariant notices it. Ends with 1 on a survivor.

const { values } = parseArgs({
  options: {
    lives: { type: 'string', default: '400' },
    seed: { type: 'string', default: 'mutants' },
    only: { type: 'string', default: '' },
  },
});

const line = (...cells: string[]): string =>
  cells
    .map((cell, i) => cell.padEnd([54, 16, 10][i] ?? 0))
    .join(' ')
    .trimEnd();

const write = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  write(line('bug', 'noticed by', 'seed', 'lives'));
  let survivors = 0;
  for (const bug of planted.filter(({ name }) => name.includes(values.only))) {
    const caught = await hunt(bug, values.seed, Number(values.lives));
    const isSurvivor = caught.by.length === 0;
    const isOther = !isSurvivor && !isExpected(bug, caught);
    if (isSurvivor) survivors += 1;
    const by = isSurvivor ? 'SURVIVES' : caught.by.join(' ');
    const note = isOther ? ` (expected ${bug.expect.join(' or ')})` : '';
    write(line(bug.name, by, caught.seed, `${caught.lives}${note}`));
  }
  if (survivors > 0) process.exitCode = 1;
}

await main();
