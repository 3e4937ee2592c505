import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';
import { coverageLines, pairsMet, storyLines } from './report.ts';
import { shrink } from './shrink.ts';
import { compileOnce } from './statements.ts';

// `npm run simulate -- --lives N --seed S [--shrink]`: whole random lives in one process. Ends with 1 where a claim broke.

const { values } = parseArgs({
  options: {
    lives: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: 'all' },
    shrink: { type: 'boolean', default: false },
  },
});
const { seed, kinds } = values;
const lives = Number(values.lives);
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

async function main(): Promise<void> {
  if (!Number.isSafeInteger(lives) || lives < 1 || !isKnown(kinds)) {
    complain('--lives takes a whole number from 1, --kinds one of all, lessons, bookings');
    process.exitCode = 2;
    return;
  }
  compileOnce();
  const outcome = await campaign({ seed, lives, wanted: kinds }, progress);
  if (process.stderr.isTTY) process.stderr.write('\n');
  for (const line of coverageLines(outcome.coverage)) write(line);
  write(`\n${outcome.lives} lives of seed ${seed}, ${rate(outcome.lives)}, ${pairsMet(outcome.coverage)} pairs met`);
  write(`trace ${outcome.digest}`);
  if (outcome.failure === null) return;
  process.exitCode = 1;
  const { plan, lived } = outcome.failure;
  for (const { invariant, subject, message } of lived.broken) write(`BROKEN ${invariant} ${subject}: ${message}`);
  const again = `npm run simulate -- --seed ${seed} --lives ${outcome.lives} --kinds ${kinds}`;
  write(`batch ${plan.seed}; the same again, and its shortest story: ${again} --shrink`);
  if (!values.shrink) return;
  const shortest = await shrink({ plan, invariant: lived.broken[0]?.invariant ?? '' });
  for (const line of storyLines(shortest.plan, shortest.lived)) write(line);
  write(`\nfor test/proof/regressions.ts:\n${JSON.stringify(shortest.plan)}`);
} // prettier-ignore

await main();
