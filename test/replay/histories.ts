import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { currentRules } from '../../domain/lesson/lesson.ts';

const root = resolve(import.meta.dirname, '../histories');

/** The folder of the histories that were lived by these rules. */
const folderOf = (rules: number): string => join(root, String(rules));

/** One recorded history: the rules it was lived by, its path, and the file as it is. */
export interface Recorded {
  readonly rules: number;
  readonly path: string;
  readonly json: string;
  readonly history: History;
}

/** Keeps a history under its path's name; what names the recording machine is left out. */
export function keepHistory(path: string, history: History): number {
  const json = JSON.stringify(withoutMachine(JSON.parse(historyToJSON(history))));
  mkdirSync(folderOf(currentRules), { recursive: true });
  writeFileSync(join(folderOf(currentRules), `${path}.json`), `${json}\n`);
  return json.length;
}

/** Every history that was ever recorded, of every version of the rules: none of them may stop replaying. */
export function recordedHistories(): Recorded[] {
  return readdirSync(root).flatMap((rules) =>
    readdirSync(join(root, rules)).map((file) => {
      const json = readFileSync(join(root, rules, file), 'utf8');
      const history = historyFromJSON(JSON.parse(json));
      return { rules: Number(rules), path: file.replace(/\.json$/, ''), json, history };
    }),
  );
}

/** Who polled and where an error was thrown decide nothing on replay. */
function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    if (name === 'identity') return [name, 'recorder'];
    if (name === 'stackTrace') return [name, ''];
    return [name, withoutMachine(inner)];
  });
  return Object.fromEntries(entries) as unknown;
}
