import type { Logger } from 'pino';
import { readConfig, ConfigProblems } from './config.ts';
import type { Config, ProcessRole } from './config.ts';
import { madeUpSecrets } from './made-up-secrets.ts';

/** Everything must have ended 15 seconds after Ctrl-C; whatever hangs then is cut off by the end of the process. */
const stopWithinMs = 14_000;

/** A process that runs, and how to end it in order. */
export interface Running {
  readonly log: Logger;
  stop(): Promise<void>;
}

/** Ends a program with a sentence a person can act on. */
export class Unstartable extends Error {}

/** Reads the configuration of this process, `.env` included where there is one. */
export function configOfProcess(role: ProcessRole): Config {
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return readConfig(process.env, role, madeUpSecrets);
}

/**
 * Runs a process until Ctrl-C or a termination signal: starts it, then stops it in its own order and exits with 0.
 * What cannot start says so in a sentence and exits with 1.
 */
export async function runProcess(start: () => Promise<Running>): Promise<void> {
  let running: Running | null = null;
  let isStopping = false;
  const stop = (): void => {
    // During the start nothing needs an order: the children of a process that ends, end with it.
    if (running === null) process.exit(0);
    if (isStopping) return;
    isStopping = true;
    const { log } = running;
    setTimeout(() => {
      log.warn('not everything ended in time; the rest is cut off');
      process.exit(0);
    }, stopWithinMs).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  try {
    running = await start();
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(1);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof ConfigProblems || error instanceof Unstartable) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
