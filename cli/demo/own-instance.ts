import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CliFailure, exitCodes } from '../failure.ts';
import { findPlace } from '../place.ts';
import type { Place, Variables } from '../place.ts';

/** An instance the demo started for itself. */
export interface OwnInstance {
  readonly place: Place;
  stop(): Promise<void>;
}

/** Building Temporal from source takes four minutes on an empty cache; everything else is seconds. */
const readyWithinMs = 600_000;

/** Starts an instance on free ports and a folder of its own, which goes when it stops. */
export async function startOwnInstance(variables: Variables): Promise<OwnInstance> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
  const bootstrap = resolve(import.meta.dirname, '../../bootstrap.mjs');
  // Whatever the user has set for real Stripe or a real Temporal is none of the demo's business.
  const kept = Object.entries(variables).filter(
    ([name]) => !/^(STRIPE_|HOLDFAST_|TEMPORAL_|DATABASE_URL|HOST$|PORT$)/.test(name),
  );
  const own = {
    HOLDFAST_DATA_DIR: folder,
    PORT: '0',
    HOLDFAST_STRIPE_PORT: '0',
    HOLDFAST_CALENDAR_PORT: '0',
    HOLDFAST_TEMPORAL_PORT: '0',
  };
  const child = spawn(process.execPath, [bootstrap, 'start'], {
    env: { ...Object.fromEntries(kept), ...own },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const giveUpAtMs = Date.now() + readyWithinMs;
  while (!existsSync(join(folder, 'instance.json'))) {
    if (child.exitCode !== null || Date.now() > giveUpAtMs) {
      await stop();
      throw new CliFailure(exitCodes.failed, 'The instance for the demo did not start');
    }
    await pause(100);
  }
  return { place: findPlace(own), stop };
}
