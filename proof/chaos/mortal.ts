import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from '../../worker/process-alive.ts';
import { startTemporal } from '../../worker/temporal-server.ts';
import type { TemporalOptions } from '../../worker/temporal-server.ts';

// proof/chaos/: the real processes on one data folder, killed at random and inside every activity while people book,
// pay, cancel and complain; then everything is held against `coherent`, and nothing may be left pending.

const root = resolve(import.meta.dirname, '../..');

/** What is killed. */
export type Kind = 'worker' | 'api' | 'simulator' | 'temporal';

/** One life of a process, from its start to its end. */
interface Body {
  readonly pid: number;
  readonly exited: Promise<unknown>;
  kill(): void;
}

/** How often one process died, and how it came back. */
export interface Toll {
  /** SIGKILLs that ended it. */
  kills: number;
  /** Times it answered again after a kill; one that is killed again before that answers once for both. */
  recoveries: number;
  /** Times it ended by itself, as a worker does that starts without a Temporal. */
  gaveUp: number;
}

/** A process that is killed again and again, and begun again each time, as a supervisor does. */
export interface Mortal {
  readonly kind: Kind;
  readonly name: string;
  readonly toll: Toll;
  /** SIGKILL now; false where it is not there at this moment. */
  kill(): Promise<boolean>;
  /** Answers once it works, or rejects when that takes too long. */
  isBack(): Promise<void>;
  /** Ends it for good. */
  end(): Promise<void>;
}

/** How a process is begun, and when it works. */
export interface Nature {
  readonly kind: Kind;
  readonly name: string;
  readonly begin: () => Promise<Body>;
  readonly answers: (pid: number) => Promise<boolean>;
}

/** A supervisor waits a moment before it starts a process again that ended by itself. */
const restartAfterMs = 300;

/** A start takes seconds; on a machine that starts six of them at once, a minute. */
const backWithinMs = 120_000;

/** Begins the process and keeps it running until `end`. */
export function keepAlive({ kind, name, begin, answers }: Nature): Mortal {
  const toll: Toll = { kills: 0, recoveries: 0, gaveUp: 0 };
  let body: Body | null = null;
  let isUp = false;
  let isOver = false;
  let killed = false;
  let isMissed = false;

  const watch = async (born: Body): Promise<void> => {
    while (body === born && !(await answers(born.pid).catch(() => false))) await pause(50);
    if (body !== born) return;
    isUp = true;
    if (isMissed) toll.recoveries += 1;
    isMissed = false;
  };
  const supervised = (async () => {
    while (!isOver) {
      const born = await begin().catch(() => null);
      if (born !== null) {
        killed = false;
        body = born;
        const watched = watch(born);
        await born.exited;
        [body, isUp] = [null, false];
        await watched;
        if (killed) continue;
        if (!isOver) toll.gaveUp += 1;
      }
      if (!isOver) await pause(restartAfterMs);
    }
  })();

  return {
    kind,
    name,
    toll,
    async kill() {
      if (body === null || killed) return false;
      [killed, isMissed] = [true, true];
      const dying = body;
      toll.kills += 1;
      dying.kill();
      await dying.exited;
      return true;
    },
    async isBack() {
      for (const deadline = Date.now() + backWithinMs; !isUp; await pause(20))
        if (Date.now() > deadline) throw new Error(`${name} did not come back`);
    },
    async end() {
      isOver = true;
      // One that is just being born is ended as soon as it is there.
      const isGone = supervised.then(() => true);
      while (!(await Promise.race([isGone, pause(50, false)]))) body?.kill();
    },
  };
} // prettier-ignore

const running = new Set<ChildProcess>();
// Whoever runs a campaign may be interrupted or fail: nothing that was started outlives it.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One life of an entry of this checkout, run as an operator runs it. */
export function entry(file: string, environment: Readonly<Record<string, string>>): Promise<Body> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, file)], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: process.env['CHAOS_LOG'] === undefined ? 'ignore' : ['ignore', 2, 2],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  if (child.pid === undefined) return Promise.reject(new Error(`${file} could not be run`));
  return Promise.resolve({ pid: child.pid, exited: once(child, 'exit'), kill: () => void child.kill('SIGKILL') });
} // prettier-ignore

/** One life of the Temporal server on a file that outlives it. */
export async function temporalServer(options: TemporalOptions): Promise<Body> {
  const { pid, exited, stop } = await startTemporal(options);
  return {
    pid,
    exited,
    kill() {
      // Its keeper may take a moment to notice, and is told in any case.
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      void stop();
    },
  };
}
