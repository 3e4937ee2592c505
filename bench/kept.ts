import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Finding } from './finding.ts';

/** What the last full run of each bench found, by its name; measured on this machine, so it is no part of the tree. */
export type Kept = Readonly<Record<string, readonly Finding[]>>;

const file = resolve(import.meta.dirname, '../node_modules/.cache/holdfast/bench.json');

/** What was found before; nothing where nothing was measured yet. */
export function readKept(): Kept {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    return {};
  }
}

/** Keeps what was found beside the others, so that benches can be run one by one. */
export function keep(name: string, findings: readonly Finding[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...readKept(), [name]: findings }));
}
