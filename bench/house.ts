import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createActivities } from '../activities/activities.ts';
import { startSimulator } from '../simulator/server.ts';
import { openStore } from '../store/store.ts';
import { startApi } from '../worker/api-process.ts';
import { workflowBundle } from '../worker/bundle.ts';
import { travelledClock } from '../worker/clock.ts';
import { readConfig } from '../worker/config.ts';
import { lazyClient, nativeConnection, temporalPlace } from '../worker/connections.ts';
import { createLog, installRuntime } from '../worker/log.ts';
import { madeUpSecrets } from '../worker/made-up-secrets.ts';
import { createCalendar } from '../worker/calendar.ts';
import { createStripe } from '../worker/stripe.ts';
import { freePort } from '../worker/ports.ts';
import { provideTemporal } from '../worker/temporal.ts';
import { demoTokens } from '../worker/tokens.ts';
import { runWorker } from '../worker/worker.ts';
import { searchAttributes } from '../workflows/contract.ts';
import type { Measured } from './measured.ts';

// bench/: what a payment costs. Counters first, because they are exact; nothing here is needed to run the house.

/** A whole house in one process, as `npm start` wires it, with its parts in reach of whoever measures. */
export async function openMeasuredHouse(): Promise<Measured & { close(): Promise<void> }> {
  const log = createLog('silent', 'bench');
  installRuntime(log);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const stops: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  };
  try {
    const temporal = await provideTemporal({
      address: process.env['TEMPORAL_ADDRESS'],
      searchAttributes,
      headless: true,
      log: (line) => process.stderr.write(`${line}\n`),
    });
    stops.push(() => temporal.stop());
    const [apiPort, stripePort] = [await freePort(), await freePort()];
    const variables = { PORT: `${apiPort}`, HOLDFAST_STRIPE_PORT: `${stripePort}`, HOLDFAST_DATA_DIR: folder };
    const config = readConfig(variables, 'all', madeUpSecrets);
    const store = openStore({ file: join(folder, 'holdfast.db') });
    stops.push(() => store.close());
    const clock = await travelledClock(store);
    stops.push(() => clock.stop());
    const stripe = createStripe(config);
    const place = temporalPlace();
    const client = lazyClient(place, temporal.address);
    stops.push(() => client.connection.close());
    const api = await startApi({ config, store, temporal: client, stripe, clock, log });
    stops.push(() => api.stop());
    const { stripe: secrets } = config;
    const simulator = await startSimulator({
      file: join(folder, 'stripe.db'),
      port: stripePort,
      endpoints: [
        { url: `${api.url}/api/webhooks/stripe`, secret: secrets.webhookSecrets[0] ?? '', connect: false },
        { url: `${api.url}/api/webhooks/stripe-connect`, secret: secrets.connectWebhookSecrets[0] ?? '', connect: true },
      ],
    });
    stops.push(() => simulator.close());
    const connection = await nativeConnection(place, temporal.address);
    stops.push(() => connection.close());
    const activities = createActivities({ store, stripe, calendar: createCalendar(config), clock, log });
    const bundle = await workflowBundle(null);
    const { namespace } = place;
    const worker = await runWorker({ connection, namespace, activities, bundle, workflowCache: 100 }, log);
    stops.push(() => worker.stop());
    const tokens = await demoTokens(config);
    const apiUrl = api.url;
    const token = tokens?.admin ?? '';
    return { store, temporal: client, apiUrl, token, stripeUrl: simulator.url, close };
  } catch (error) {
    await close();
    throw error;
  }
} // prettier-ignore
