import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Outcome } from './campaign.ts';
import { campaign } from './campaign.ts';
import { campaignIn } from './processes.ts';
import { coverageLines, pairsMet, storyLines } from './report.ts';
import { shrink } from './shrink.ts';
import { compileOnce } from './statements.ts';

// `npm run simulate -- --lives N --seed S [--processes P] [--tries N] [--shrink] [--log]`: whole random lives. Ends with 1 where a claim broke.

const { values } = parseArgs({
  options: {
    lives: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: 'all' },
    processes: { type: 'string', default: '1' },
    tries: { type: 'string' },
    log: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
  },
});
const { seed, kinds } = values;
const lives = Number(values.lives);
const processes = Number(values.processes);
/** How often a move is tried: with one try, stories hear of every silence of Stripe's, which else is rare. */
const tries = values.tries === undefined ? undefined : Number(values.tries);
const isKnown = (name: string): name is 'all' | 'lessons' | 'bookings' =>
  ['all', 'lessons', 'bookings'].includes(name);

/** As wide as fits beside its numbers in eighty columns. */
const barWidth = 40;
const begun = performance.now();
const rate = (done: number): string => `${Math.round((done * 1_000) / (performance.now() - begun))} lives/s`;

function progress(done: number): void {
  if (!process.stderr.isTTY) return;
  const full = Math.round((barWidth * done) / lives);
  const bar = '█'.repeat(full).padEnd(barWidth, '·');
  process.stderr.write(`\r${bar} ${done} of ${lives}, ${rate(done)} `);
}

// The Stripe SDK writes down the stack of every call, and nobody reads it here.
Error.stackTraceLimit = 0;

const write = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** Where campaigns are kept that somebody asked to be remembered. */
const logFile = fileURLToPath(new URL('../../docs/simulate-log.md', import.meta.url));

const logHead = `# Simulated campaigns

One line for each \`npm run simulate -- --log\`: what was lived, what broke, and what broke that is known (known-breaks.ts).

| Day | Seed | Processes | Lives | Broken | Known | Speed | Trace |
|---|---|---|---|---|---|---|---|
`;

function note({ lives: lived, coverage, failure, digest }: Outcome): void {
  if (!existsSync(logFile)) writeFileSync(logFile, logHead);
  const known = [...coverage.counts()].reduce((sum, [table, , , times]) => sum + (table === 'known' ? times : 0), 0);
  const day = new Date().toISOString().slice(0, 10);
  const cells = [day, seed, processes, lived, failure?.lived.broken.length ?? 0, known, rate(lived), digest];
  appendFileSync(logFile, `| ${cells.join(' | ')} |\n`);
} // prettier-ignore

async function main(): Promise<void> {
  const isWhole = [lives, processes, tries ?? 1].every((count) => Number.isSafeInteger(count) && count >= 1);
  if (!isWhole || processes > lives || !isKnown(kinds)) {
    complain('--lives, --processes and --tries take a whole number from 1, --kinds one of all, lessons, bookings');
    process.exitCode = 2;
    return;
  }
  compileOnce();
  const asked = { seed, lives, wanted: kinds, tries };
  const outcome = processes === 1 ? await campaign(asked, progress) : await campaignIn(processes, asked, progress);
  if (process.stderr.isTTY) process.stderr.write('\n');
  for (const line of coverageLines(outcome.coverage)) write(line);
  write(`\n${outcome.lives} lives of seed ${seed}, ${rate(outcome.lives)}, ${pairsMet(outcome.coverage)} pairs met`);
  write(`trace ${outcome.digest}`);
  if (values.log) note(outcome);
  if (outcome.failure === null) return;
  process.exitCode = 1;
  const { plan, lived } = outcome.failure;
  for (const { invariant, subject, message } of lived.broken) write(`BROKEN ${invariant} ${subject}: ${message}`);
  const again = `npm run simulate -- --seed ${seed} --lives ${processes === 1 ? outcome.lives : lives} --processes ${processes} --kinds ${kinds}${tries === undefined ? '' : ` --tries ${tries}`}`;
  write(`batch ${plan.seed}; the same again, and its shortest story: ${again} --shrink`);
  if (!values.shrink) return;
  const shortest = await shrink({ plan, invariant: lived.broken[0]?.invariant ?? '' });
  for (const line of storyLines(shortest.plan, shortest.lived)) write(line);
  write(`\nfor test/proof/regressions.json:\n${JSON.stringify(shortest.plan)}`);
} // prettier-ignore

// A world in which something waits for time that does not pass would end this process without a word.
let isOver = false;
process.once('exit', () => {
  if (!isOver) complain('a world came to no end');
});
await main();
isOver = true;
