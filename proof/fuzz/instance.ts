import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { openStore } from '../../store/store.ts';
import { travelledClock } from '../../worker/clock.ts';
import { readConfig } from '../../worker/config.ts';
import type { Instance } from '../../worker/instance.ts';
import { madeUpSecrets } from '../../worker/made-up-secrets.ts';
import { createStripe } from '../../worker/stripe.ts';
import { freePort } from '../../worker/ports.ts';
import type { Target } from './target.ts';

const root = resolve(import.meta.dirname, '../..');

/** A first start bundles the workflows, and downloads Temporal where it is not there yet. */
const startsWithinMs = 180_000;

/** Starts a Holdfast as `npm start` does, in a process and a folder of its own: what hangs there does not hang here. */
export async function startInstance(): Promise<Target & { close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-fuzz-'));
  const ports = {
    PORT: String(await freePort()),
    HOLDFAST_STRIPE_PORT: String(await freePort()),
    HOLDFAST_CALENDAR_PORT: String(await freePort()),
    HOLDFAST_TEMPORAL_PORT: String(await freePort()),
  };
  const environment = {
    ...ports,
    HOLDFAST_DATA_DIR: folder,
    HOLDFAST_ADMIN_EMAIL: 'admin@example.org',
    LOG_LEVEL: 'silent',
  };
  const config = readConfig(environment, 'all', madeUpSecrets);
  // Whatever the machine is set up for, nothing but the simulated Stripe and a Temporal of its own is attacked: the
  // variables that name others are taken out, and no .env lies in the folder.
  const others = ['STRIPE_SECRET_KEY', 'STRIPE_API_BASE', 'TEMPORAL_ADDRESS', 'DATABASE_URL'].flatMap(
    (name) => ['-u', name],
  );
  const ours = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const program = [process.execPath, '--import', import.meta.resolve('tsx'), join(root, 'worker/dev.ts')];
  const child = spawn('env', [...others, ...ours, ...program], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      child.kill('SIGINT');
      process.exit(1);
    });
  }
  const stops: (() => Promise<void> | void)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
    async () => {
      child.kill('SIGINT');
      await exited;
    },
  ];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  };
  try {
    const instance = await announced(folder, () => child.exitCode !== null);
    const store = openStore({ file: join(folder, 'holdfast.db') });
    stops.push(() => store.close());
    const clock = await travelledClock(store);
    stops.push(() => clock.stop());
    const connection = await Connection.connect({ address: instance.temporal });
    stops.push(() => connection.close());
    return {
      apiUrl: instance.api,
      stripeUrl: instance.stripe,
      store,
      databaseFile: join(folder, 'holdfast.db'),
      stripe: createStripe(config),
      temporal: new Client({ connection }),
      clock,
      jwtSecret: config.auth.secret ?? '',
      webhookSecret: config.stripe.webhookSecrets[0] ?? '',
      connectSecret: config.stripe.connectWebhookSecrets[0] ?? '',
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function announced(folder: string, isOver: () => boolean): Promise<Instance> {
  for (const deadline = Date.now() + startsWithinMs; Date.now() < deadline && !isOver(); await pause(100)) {
    try {
      return JSON.parse(readFileSync(join(folder, 'instance.json'), 'utf8')) as Instance;
    } catch {
      // It is written whole, once everything is there.
    }
  }
  throw new Error('Holdfast did not start; what it said stands above');
}
