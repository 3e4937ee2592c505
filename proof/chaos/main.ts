import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';
import { layGround } from './ground.ts';
import { isGood, reportLines } from './report.ts';

// `npm run chaos -- --minutes M --seed S`: ends with 1 where a claim about money broke or something is left pending.

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    pace: { type: 'string', default: '900' },
    lives: { type: 'string', default: '12' },
  },
});
const { seed } = values;
const [minutes, paceMs, livesInRound] = [Number(values.minutes), Number(values.pace), Number(values.lives)];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (!(minutes > 0) || !(paceMs > 0) || !(livesInRound > 0) || !/^\w{1,16}$/.test(seed)) {
  say(
    'Usage: npm run chaos -- [--minutes 5] [--seed 1] [--pace 900 (ms between deaths)] [--lives 12 (in a round)]',
  );
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const ground = await layGround();
try {
  const outcome = await campaign(ground, { seed, lastsMs: minutes * 60_000, paceMs, livesInRound, say });
  for (const line of reportLines(outcome)) say(line);
  if (!isGood(outcome)) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await ground.close();
} // prettier-ignore
