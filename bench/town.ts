import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startCalendar } from '../simulator/calendar/server.ts';
import { openStore } from '../store/store.ts';
import { workflowBundle } from '../worker/bundle.ts';
import { readConfig } from '../worker/config.ts';
import { madeUpSecrets } from '../worker/made-up-secrets.ts';
import { freePort } from '../worker/ports.ts';
import { startTemporal } from '../worker/temporal-server.ts';
import { demoTokens } from '../worker/tokens.ts';
import { searchAttributes } from '../workflows/contract.ts';
import type { Measurable } from './process.ts';
import { answers, run } from './process.ts';

// bench/: what Holdfast costs, held against the bare thing it is made of. Every process here is the one an operator
// runs, on a database of its own on a real disk; only the calendar's stand-in lives with whoever measures.

/** Beside the checkout and not in the system's temporary folder, which may be memory: a sync must reach a disk. */
const dataRoot = resolve(import.meta.dirname, '../node_modules/.cache/holdfast');

/** A folder on a real disk, and how to be rid of it. */
function dataFolder(): { folder: string; remove: () => void } {
  mkdirSync(dataRoot, { recursive: true });
  const folder = mkdtempSync(join(dataRoot, 'bench-'));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove);
  return { folder, remove };
}

/** Workers start from a bundle made before, as in production. */
async function bundleIn(folder: string): Promise<string> {
  const file = join(folder, 'workflows.cjs');
  const bundle = await workflowBundle(null);
  if ('code' in bundle) writeFileSync(file, bundle.code);
  return file;
}

export type Town = Awaited<ReturnType<typeof openTown>>;

/** Temporal and the simulated Stripe on one data folder; API and workers are started by who needs them. */
export async function openTown(variables: Readonly<Record<string, string>> = {}) {
  const { folder, remove } = dataFolder();
  const stops: (() => Promise<void> | void)[] = [remove];
  const [apiPort, stripePort, calendarPort] = [await freePort(), await freePort(), await freePort()];
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const stripeUrl = `http://127.0.0.1:${stripePort}`;
  const ports = {
    PORT: String(apiPort),
    HOLDFAST_STRIPE_PORT: String(stripePort),
    HOLDFAST_CALENDAR_PORT: String(calendarPort),
    HOLDFAST_DATA_DIR: folder,
    HOLDFAST_WORKFLOW_BUNDLE: await bundleIn(folder),
    LOG_LEVEL: 'error',
    ...variables,
  };
  const config = readConfig(ports, 'all', madeUpSecrets);
  const [webhookSecret = ''] = config.stripe.webhookSecrets;
  const [connectSecret = ''] = config.stripe.connectWebhookSecrets;
  const temporal = await startTemporal({ dbFile: join(folder, 'temporal.db'), searchAttributes, headless: true, log: () => undefined });
  stops.push(() => temporal.stop());
  const environment = { ...ports, TEMPORAL_ADDRESS: temporal.address };
  const start = (entry: string, more: Readonly<Record<string, string>> = {}): Measurable => {
    const started = run(entry, { ...environment, ...more });
    stops.push(() => started.kill());
    return started;
  };
  const calendar = await startCalendar({ port: calendarPort });
  stops.push(() => calendar.close());
  const stripe = start('simulator/main.ts', {
    SIM_WEBHOOK_URL: `${apiUrl}/api/webhooks/stripe`,
    SIM_CONNECT_WEBHOOK_URL: `${apiUrl}/api/webhooks/stripe-connect`,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_CONNECT_WEBHOOK_SECRET: connectSecret,
  });
  await answers(`${stripeUrl}/_sim/requests`);
  const store = openStore({ file: join(folder, 'holdfast.db') });
  stops.push(() => store.close());
  const connection = await Connection.connect({ address: temporal.address });
  stops.push(() => connection.close());
  const tokens = await demoTokens(config);
  return {
    folder,
    store,
    stripe,
    apiUrl,
    stripeUrl,
    webhookSecret,
    token: tokens?.admin ?? '',
    temporal: new Client({ connection }),
    temporalPid: temporal.pid,
    start,
    async startApi(entry = 'api/main.ts'): Promise<Measurable> {
      const api = start(entry);
      await answers(`${apiUrl}/livez`);
      return api;
    },
    async close(): Promise<void> {
      for (const stop of stops.toReversed()) await stop();
    },
  };
} // prettier-ignore
