import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { currentRules as disputeRules } from '../../domain/bank-dispute/bank-dispute.ts';
import { currentRules as bookingRules } from '../../domain/booking/booking.ts';
import type { Kind } from '../../domain/kinds.ts';
import { currentRules as lessonRules } from '../../domain/lesson/lesson.ts';

const root = resolve(import.meta.dirname, '../histories');

/** The rules that stories of today begin with. */
export const rulesOfToday: Readonly<Record<Kind, number>> = {
  lesson: lessonRules,
  booking: bookingRules,
  dispute: disputeRules,
};

/** The folder of the histories of a kind that were lived by these rules; a lesson's is named by them alone. */
const folderOf = (kind: Kind, rules: number): string =>
  join(root, kind === 'lesson' ? String(rules) : `${kind}-${rules}`);

/** One recorded history: its kind, the rules it was lived by, its path, which run of that story it is, and the file as it is. */
export interface Recorded {
  /** All of that in one word. */
  readonly name: string;
  readonly kind: Kind;
  readonly rules: number;
  readonly path: string;
  readonly run: number;
  readonly json: string;
  readonly history: History;
}

/** Keeps a history under its path's name, and under its number from the second run on; what names the recording machine is left out. */
export function keepHistory(kind: Kind, path: string, run: number, history: History): number {
  const json = JSON.stringify(withoutMachine(JSON.parse(historyToJSON(history))));
  const folder = folderOf(kind, rulesOfToday[kind]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${path}${run === 1 ? '' : `.${run}`}.json`), `${json}\n`);
  return json.length;
}

/** Every history that was ever recorded, of every version of the rules: none of them may stop replaying. */
export function recordedHistories(): Recorded[] {
  return readdirSync(root).flatMap((folder) => {
    const [, kind = 'lesson', rules] = /^(?:(booking|dispute)-)?(\d+)$/.exec(folder) ?? [];
    if (rules === undefined) throw new Error(`No kind and no rules are called ${folder}`);
    return readdirSync(join(root, folder)).map((file) => {
      const [path = '', run = '1'] = file.replace(/\.json$/, '').split('.');
      const json = readFileSync(join(root, folder, file), 'utf8');
      const history = historyFromJSON(JSON.parse(json));
      const name = `${kind}:${rules}/${path}${run === '1' ? '' : `.${run}`}`;
      return { name, kind: kind as Kind, rules: Number(rules), path, run: Number(run), json, history };
    });
  });
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
