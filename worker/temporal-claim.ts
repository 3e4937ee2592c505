import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isAlive } from './process-alive.ts';
import type { Log } from './temporal-binary.ts';

/** The processes behind one server file; 0 while they are not started yet. */
interface Claim {
  parent: number;
  keeper: number;
  server: number;
}

/** The right to run a server on a file, told to others by a note beside it. */
export interface FileClaim {
  started(processes: { keeper: number; server: number }): void;
  release(): void;
}

/** A keeper ends its server within five seconds of its parent's death; twice that means it is gone or stuck. */
const keeperGraceMs = 10_000;

/** A start is over within a minute; an unfinished note older than that is left by a run that was killed. */
const startingMs = 60_000;

/**
 * Makes sure that no other server works on the file: waits for one whose parent was killed, ends one that lost its keeper too,
 * and refuses where a living Holdfast uses it, because two servers on one SQLite file lose data.
 */
export async function claimFile(dbFile: string, log: Log): Promise<FileClaim> {
  const note = `${dbFile}.claim.json`;
  const parent = process.pid;
  mkdirSync(dirname(note), { recursive: true });
  while (!write(note, { parent, keeper: 0, server: 0 }, 'wx')) {
    const other = read(note);
    if (other) await outlive(other.claim, other.ageMs, dbFile, log);
    rmSync(note, { force: true });
  }
  let released = false;
  return {
    started({ keeper, server }) {
      if (!released) write(note, { parent, keeper, server }, 'w');
    },
    release() {
      if (!released) rmSync(note, { force: true });
      released = true;
    },
  };
}

async function outlive(claim: Claim, ageMs: number, dbFile: string, log: Log): Promise<void> {
  const { parent, keeper, server } = claim;
  const starting = keeper === 0 && ageMs < startingMs;
  const running = (await runsOn(keeper, dbFile)) || (await runsOn(server, dbFile));
  if (isAlive(parent) && (starting || (await runsOn(keeper, dbFile)))) {
    throw new Error(
      `Another Holdfast (process ${parent}) is using ${dbFile}. Fix: stop it, or set HOLDFAST_DATA_DIR to another folder.`,
    );
  }
  if (!running) return;
  log(`Waiting for the Temporal server of an earlier run (process ${server}) to end …`);
  await gone(keeper, dbFile, keeperGraceMs);
  if (await gone(server, dbFile, 0)) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(server, signal);
    if (await gone(server, dbFile, keeperGraceMs / 2)) return;
  }
  throw new Error(`The Temporal server of an earlier run (process ${server}) does not end. Fix: kill it.`);
}

async function gone(pid: number, dbFile: string, withinMs: number): Promise<boolean> {
  const giveUpAtMs = Date.now() + withinMs;
  while (await runsOn(pid, dbFile)) {
    if (Date.now() > giveUpAtMs) return false;
    await pause(100);
  }
  return true;
}

/** Process ids are used again, so a process counts only when its command line names our file. */
async function runsOn(pid: number, dbFile: string): Promise<boolean> {
  if (pid === 0 || !isAlive(pid)) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(async () => {
    const listed = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => null);
    return listed?.stdout ?? '';
  });
  return command.includes(dbFile);
}

/** Written in one synchronous step, so that a process killed around it leaves a whole note or none. */
function write(note: string, claim: Claim, flag: 'w' | 'wx'): boolean {
  try {
    writeFileSync(note, JSON.stringify(claim), { mode: 0o600, flag });
    return true;
  } catch (error) {
    if (flag === 'wx' && error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(note: string): { claim: Claim; ageMs: number } | null {
  try {
    const claim: unknown = JSON.parse(readFileSync(note, 'utf8'));
    return isClaim(claim) ? { claim, ageMs: Date.now() - statSync(note).mtimeMs } : null;
  } catch {
    return null;
  }
}

function isClaim(value: unknown): value is Claim {
  if (typeof value !== 'object' || value === null) return false;
  const { parent, keeper, server } = value as Record<string, unknown>;
  return [parent, keeper, server].every((pid) => Number.isInteger(pid) && Number(pid) >= 0);
}
