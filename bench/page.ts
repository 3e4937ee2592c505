import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { Bench, Finding } from './finding.ts';
import { median, verdict } from './finding.ts';
import { picture } from './picture.ts';

const docs = resolve(import.meta.dirname, '../docs');

/** Everything that was found, by the bench that found it. */
export type Found = readonly { readonly bench: Bench; readonly findings: readonly Finding[] }[];

/** A value as people read it, with the unit of its finding. */
function shown(value: number, unit: Finding['unit']): string {
  const digits = Math.abs(value) >= 100 || (unit === 'timeouts' && Number.isInteger(value)) ? 0 : 2;
  return `${value.toFixed(digits)}${unit === '' || unit === 'timeouts' ? '' : ` ${unit}`}`;
}

/** One line of the table: what, its median, its spread, its bar and whether it keeps it. */
export function cells(finding: Finding): string[] {
  const { metric, what, values, unit, bar, absolute } = finding;
  const spread = `${shown(Math.min(...values), unit)} to ${shown(Math.max(...values), unit)}`;
  return [metric, what, shown(median(values), unit), spread, `${bar.kind} ${bar.value}`, verdict(finding), absolute];
} // prettier-ignore

/** Writes the table, the method and the picture into docs/. */
export function writePage(found: Found): void {
  const all = found.flatMap(({ findings }) => findings);
  const row = (columns: readonly string[]): string => `| ${columns.join(' | ')} |`;
  const rounds = Math.max(...all.map(({ values }) => values.length));
  const lines = [
    '# What Holdfast costs',
    '',
    `Written by \`npm run bench\`. Each figure is held against the bare thing Holdfast is made of: measured turn about in one process tree, over`,
    `loopback, with the same number of connections. The value is the median of the rounds (${rounds}, fewer where the method says so); a bar is missed only where no round reached it.`,
    '',
    `Machine: ${machine()}. Every process is the one an operator runs; Temporal, the simulated Stripe, API, worker and whoever measures share its cores.`,
    '',
    '![Each measured ratio beside its bar](bench.svg)',
    '',
    row(['', 'what', 'median', 'spread', 'bar', 'verdict', 'absolute']),
    row(Array.from({ length: 7 }, () => '---')),
    ...all.map((finding) => row(cells(finding))),
    '',
    '## Method',
    '',
    ...found.map(({ bench, findings }) => `- ${[...new Set(findings.map(({ metric }) => metric))].join(', ')}: ${bench.method}`),
    '',
    'The counters of one payment (history events, Stripe calls, transactions) are exact and measured apart: `npm run bench:counters`.',
  ]; // prettier-ignore
  writeFileSync(join(docs, 'bench.md'), `${lines.join('\n')}\n`);
  writeFileSync(join(docs, 'bench.svg'), picture(all));
}

/** The machine, its software and how long its disk takes to sync, in a sentence. */
function machine(): string {
  const [cpu] = cpus();
  const temporal = versionOf('@temporalio/worker');
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores of ${cpu?.model.trim() ?? 'unknown make'}, ${gigabytes} GB, ${kernel()}, Node ${process.version.slice(1)}, Temporal SDK ${temporal}`;
}

const kernel = (): string => execFileSync('uname', ['-sr'], { encoding: 'utf8' }).trim();

function versionOf(name: string): string {
  const file = join(import.meta.dirname, '../node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
