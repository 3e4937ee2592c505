import type { Bench } from './finding.ts';
import { verdict } from './finding.ts';
import { keep, readKept } from './kept.ts';
import { livesBench } from './p1-lives.ts';
import { ingestBench } from './p2-ingest.ts';
import { sleepersBench } from './p5-sleepers.ts';
import { latencyBench } from './p6-latency.ts';
import { recoveryBench } from './p8-recovery.ts';
import { cells, writePage } from './page.ts';

// `npm run bench [-- p1 p2 …] [--quick]`: everything, or what is named. Once each has been measured at full size the
// page in docs/ is written. Ends with 1 where a bar is missed. `--quick` only shows that the measurements work.

const benches: readonly Bench[] = [livesBench, ingestBench, sleepersBench, latencyBench, recoveryBench];
const rounds = { full: 5, quick: 1 };

const given = process.argv.slice(2);
const isQuick = given.includes('--quick');
// P2b and P3 are measured with P2.
const names = given
  .filter((word) => !word.startsWith('-'))
  .map((name) => name.toLowerCase().replace(/^(?:p2b|p3)$/, 'p2'));
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

for (const bench of benches) {
  if (names.length > 0 && !names.includes(bench.name)) continue;
  process.stderr.write(`${bench.name}\n`);
  const findings = await bench.run({ isQuick, rounds: isQuick ? rounds.quick : rounds.full });
  for (const finding of findings) console.log(cells(finding).join(' | '));
  if (isQuick) continue;
  keep(bench.name, findings);
  if (findings.some((finding) => verdict(finding) === 'missed')) process.exitCode = 1;
}
if (!isQuick) {
  const kept = readKept();
  const found = benches.map((bench) => ({ bench, findings: kept[bench.name] ?? [] }));
  const missing = found.filter(({ findings }) => findings.length === 0).map(({ bench }) => bench.name);
  if (missing.length === 0) writePage(found);
  else console.error(`docs/bench.md is written when these are measured too: ${missing.join(', ')}`);
}
