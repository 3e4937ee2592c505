import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isAlive } from './process-alive.ts';
import { findTemporal } from './temporal-binary.ts';
import type { Log } from './temporal-binary.ts';
import { claimFile } from './temporal-claim.ts';
import type { FileClaim } from './temporal-claim.ts';
import { freePort, waitForPort } from './ports.ts';
import { untilReady } from './temporal-ready.ts';

/** How to run one dev server. */
export interface TemporalOptions {
  /** Absent or 0: any free port. */
  port?: number;
  uiPort?: number;
  /** Where the server keeps its state; absent: in memory, gone when it stops. */
  dbFile?: string;
  /** Name and type (`Keyword`, `Int`, `Datetime` …) of every custom search attribute. */
  searchAttributes: Readonly<Record<string, string>>;
  log: Log;
  /** Without the web interface. */
  headless?: boolean;
  /** The `temporal` to run; absent: found or provided by the resolver. */
  binary?: string;
}

/** A running dev server, which ends with this process at the latest. */
export interface TemporalServer {
  address: string;
  uiUrl: string | null;
  /** The server itself, not its keeper: what a chaos test kills. */
  pid: number;
  /** Settles when the server has ended, whoever ended it. */
  exited: Promise<void>;
  stop: () => Promise<void>;
}

/** A first start on a slow machine creates the schema; ready takes one second usually. */
const readyWithinMs = 60_000;

/** One second more than the keeper gives the server before it kills it. */
const stopWithinMs = 6_000;

/**
 * Starts Temporal's dev server with per-workflow time skipping and answers when it is healthy, has its namespace and all search attributes.
 * It ends with this process even when that is killed, does not feel the terminal's Ctrl-C, and takes its file and port over from a killed run.
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const { searchAttributes } = options;
  const binary = options.binary ?? (await findTemporal({ log: options.log }));
  const dbFile = options.dbFile ? resolve(options.dbFile) : null;
  const claim = dbFile ? await claimFile(dbFile, options.log) : null;
  // A free port may be taken between our finding and the server's opening it, so another is tried; a port that was asked for is not.
  for (let triesLeft = options.port ? 0 : 2; ; triesLeft -= 1) {
    try {
      return await launch(binary, { ...(await choosePorts(options)), dbFile, searchAttributes, claim });
    } catch (error) {
      if (triesLeft > 0) continue;
      claim?.release();
      throw error;
    }
  }
}

async function choosePorts({ port = 0, uiPort = 0, headless }: TemporalOptions): Promise<Ports> {
  const chosen = port || (await freePort());
  const chosenUi = headless ? null : uiPort || (port ? port + 1000 : await freePort());
  await waitForPort(chosen);
  if (chosenUi !== null) await waitForPort(chosenUi);
  return { port: chosen, uiPort: chosenUi };
}

interface Ports {
  port: number;
  uiPort: number | null;
}

interface Launch extends Ports {
  dbFile: string | null;
  searchAttributes: Readonly<Record<string, string>>;
  claim: FileClaim | null;
}

async function launch(binary: string, plan: Launch): Promise<TemporalServer> {
  const { port, uiPort, searchAttributes, claim } = plan;
  const keeper = spawn(
    process.execPath,
    [join(import.meta.dirname, 'temporal-keeper.mjs'), binary, ...serverArguments(plan)],
    // A process group of its own keeps the terminal's Ctrl-C away: we drain first and stop the server last.
    { detached: true, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  claim?.started({ keeper: keeper.pid ?? 0, server: 0 });
  let server = 0;
  const exited = once(keeper, 'exit').then(([code]) => {
    // A keeper that was itself killed leaves its server behind; ours to end then.
    if (code === null && server !== 0 && isAlive(server)) process.kill(server, 'SIGKILL');
  });
  const lastWords = collectLog(keeper);
  const address = `127.0.0.1:${port}`;
  try {
    server = await firstLine(keeper);
    claim?.started({ keeper: keeper.pid ?? 0, server });
    const ended = new AbortController();
    void exited.then(() => ended.abort(new Error('it ended at once')));
    await untilReady(
      address,
      searchAttributes,
      AbortSignal.any([ended.signal, AbortSignal.timeout(readyWithinMs)]),
    );
  } catch (error) {
    await stopKeeper(keeper, exited);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error([`Temporal did not start on ${address}: ${reason}`, ...lastWords()].join('\n'), {
      cause: error,
    });
  }
  void exited.then(() => claim?.release());
  const uiUrl = uiPort === null ? null : `http://127.0.0.1:${uiPort}`;
  return { address, uiUrl, pid: server, exited, stop: () => stopKeeper(keeper, exited) };
}

function serverArguments({ port, uiPort, dbFile, searchAttributes }: Launch): string[] {
  return [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${port}`,
    '--log-level=error',
    uiPort === null ? '--headless' : `--ui-port=${uiPort}`,
    ...(dbFile === null ? [] : ['--db-filename', dbFile]),
    // Travel needs it; eager activities save a round trip each and are off by default.
    '--dynamic-config-value=frontend.WorkflowTimeSkippingEnabled=true',
    '--dynamic-config-value=system.enableActivityEagerExecution=true',
    // The server looks at its timers this much ahead; its default of one second is what a journey mostly waits for.
    '--dynamic-config-value=history.timerProcessorMaxTimeShift="10ms"',
    // Its one shard reads each queue of tasks 20 times a second by default: made for clusters of thousands of shards,
    // it lets every timer and every task here wait for its turn.
    ...['timer', 'transfer', 'visibility'].map(
      (queue) => `--dynamic-config-value=history.${queue}ProcessorMaxPollRPS=1000`,
    ),
    ...Object.entries(searchAttributes).map(([name, type]) => `--search-attribute=${name}=${type}`),
  ];
}

/** Keeps the newest lines of the server's log, which is silent unless something is wrong. */
function collectLog(keeper: ChildProcess): () => string[] {
  const lines: string[] = [];
  if (keeper.stderr) {
    createInterface({ input: keeper.stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 20) lines.shift();
    });
  }
  return () => lines;
}

async function firstLine(keeper: ChildProcess): Promise<number> {
  if (!keeper.stdout) throw new Error('the keeper has no output');
  for await (const line of createInterface({ input: keeper.stdout })) return Number(line);
  throw new Error('the binary could not be run');
}

async function stopKeeper(keeper: ChildProcess, exited: Promise<void>): Promise<void> {
  keeper.stdin?.end();
  const late = setTimeout(() => keeper.kill('SIGKILL'), stopWithinMs);
  await exited;
  clearTimeout(late);
}
