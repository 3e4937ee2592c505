import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '..');

/** One process of the tree that is measured: one of ours as an operator runs it, or what it is held against. */
export interface Measurable {
  readonly pid: number;
  /** Memory the process occupies now. */
  rssBytes(): number;
  /** Sends a question over the channel of the fork and answers what comes back. */
  ask<Answer>(question: unknown): Promise<Answer>;
  /** SIGKILL, and the end of it. */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();
// Whoever measures may be interrupted or fail: nothing that was started outlives it.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

/** Runs an entry of this checkout in a process of its own, without its output unless BENCH_LOG is set. */
export function run(entry: string, environment: Readonly<Record<string, string>>): Measurable {
  const child = fork(join(root, entry), [], {
    cwd: root,
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'], ...environment },
    stdio: process.env['BENCH_LOG'] === undefined ? ['ignore', 'ignore', 'ignore', 'ipc'] : ['ignore', 2, 2, 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const { pid } = child;
  if (pid === undefined) throw new Error(`${entry} could not be run`);
  return {
    pid,
    rssBytes: () => statusKb(pid, 'VmRSS') * 1024,
    ask: async <Answer>(question: unknown): Promise<Answer> => {
      const answered = answerOf(child, entry);
      child.send(question as object);
      return (await answered) as Answer;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
} // prettier-ignore

/** The next message of the child; an end before it is an error of the measurement. */
async function answerOf(child: ChildProcess, entry: string): Promise<unknown> {
  return await new Promise((settle, fail) => {
    const ended = (): void => fail(new Error(`${entry} ended before it answered`));
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      settle(answer);
    });
  });
}

/** One line of the kernel's page about a process. */
function statusKb(pid: number, field: string): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${field}:`));
  return Number(/\d+/.exec(line ?? '')?.[0] ?? Number.NaN);
}

/** What the kernel counts processor time in, a hundredth of a second wherever Node runs. */
const tickMs = 10;

/** Processor time the process has used so far, of all its threads. */
export function cpuMs(pid: number): number {
  // The second field is the program's name in brackets, which may hold anything.
  const [, , ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/\(.*\)/s, '')
    .split(' ');
  const [user = Number.NaN, system = Number.NaN] = fields.slice(10, 12).map(Number);
  return (user + system) * tickMs;
}

/** Answers once something succeeds at this address. */
export async function answers(url: string, withinMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline;) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await pause(50);
  }
  throw new Error(`${url} never answered`);
}
