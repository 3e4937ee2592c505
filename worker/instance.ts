import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './process-alive.ts';
import type { Tokens } from './tokens.ts';

/** What a running instance tells the tools on its machine: where everything is and how to get in. */
export interface Instance {
  readonly api: string;
  readonly dashboard: string;
  readonly stripe: string;
  readonly temporal: string;
  readonly temporalUi: string | null;
  readonly tokens: Tokens | null;
  readonly pid: number;
}

const fileOf = (dataFolder: string): string => join(dataFolder, 'instance.json');

/** The process that runs on this data folder, or null; a file left by a killed run does not count. */
export function runningInstance(dataFolder: string): Pick<Instance, 'pid' | 'api'> | null {
  let instance: unknown;
  try {
    instance = JSON.parse(readFileSync(fileOf(dataFolder), 'utf8'));
  } catch {
    return null;
  }
  if (typeof instance !== 'object' || instance === null) return null;
  const { pid, api } = instance as Record<string, unknown>;
  if (typeof pid !== 'number' || typeof api !== 'string') return null;
  return pid !== process.pid && isAlive(pid) && isHoldfast(pid) ? { pid, api } : null;
}

/** Writes the file for its owner only, whole or not at all; answers how to remove it. */
export function announce(dataFolder: string, instance: Instance): () => void {
  const file = fileOf(dataFolder);
  mkdirSync(dataFolder, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return () => rmSync(file, { force: true });
}

/** Process ids are used again: where the machine can tell, the process must be a Node program. */
function isHoldfast(pid: number): boolean {
  try {
    return /node|tsx|holdfast/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return true;
  }
}
