import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startCalendar } from '../../simulator/calendar/server.ts';
import { openStore } from '../../store/store.ts';
import { callers } from '../../test/house/callers.ts';
import type { Doors, Place } from '../../test/house/callers.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { travelledClock } from '../../worker/clock.ts';
import { readConfig } from '../../worker/config.ts';
import { madeUpSecrets } from '../../worker/made-up-secrets.ts';
import { createStripe } from '../../worker/stripe.ts';
import { freePort } from '../../worker/ports.ts';
import { demoTokens } from '../../worker/tokens.ts';
import { searchAttributes, taskQueue } from '../../workflows/contract.ts';
import type { Mortal } from './mortal.ts';
import { entry, keepAlive, temporalServer } from './mortal.ts';
import { patient } from './patience.ts';

/** Everything of one campaign: two APIs and two workers on one store, one Temporal, one Stripe, and who talks to them. */
export interface Ground extends Place {
  readonly temporal: Client;
  readonly mortals: readonly Mortal[];
  /** Without patience: who asks hears of every connection that breaks. */
  readonly impatient: Doors;
  close(): Promise<void>;
}

/** Two workflows in memory: nearly every task is a replay from the history. */
const workflowCache = '2';

/** Starts all processes on a folder of its own and answers when each of them works. */
export async function layGround(bundle: string | null = null): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-chaos-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const stops: (() => Promise<void> | void)[] = [remove, () => void process.off('exit', remove)];
  const [portA, portB, stripePort] = [await freePort(), await freePort(), await freePort()];
  const [calendarPort, temporalPort] = [await freePort(), await freePort()];
  const environment = {
    HOLDFAST_STRIPE_PORT: String(stripePort),
    HOLDFAST_CALENDAR_PORT: String(calendarPort),
    HOLDFAST_DATA_DIR: folder,
    HOLDFAST_WORKFLOW_BUNDLE: bundle ?? (await bundleIn(folder)),
    HOLDFAST_WORKFLOW_CACHE: workflowCache,
    // Without one, alerts have nobody to go to and are given up.
    HOLDFAST_ADMIN_EMAIL: 'admin@example.org',
    TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
    LOG_LEVEL: 'error',
  };
  const config = readConfig(environment, 'all', madeUpSecrets);
  const tokens = await demoTokens(config);
  const store = openStore({ file: join(folder, 'holdfast.db') });
  stops.push(() => store.close());
  const clock = await travelledClock(store);
  stops.push(() => clock.stop());
  const calendar = await startCalendar({ port: calendarPort, now: () => clock.now() });
  stops.push(() => calendar.close());
  const connection = Connection.lazy({ address: environment.TEMPORAL_ADDRESS });
  stops.push(() => connection.close());
  const mortals: Mortal[] = [];
  stops.push(async () => {
    // Temporal last: a worker that loses it would only complain.
    for (const mortal of mortals.toReversed()) await mortal.end();
  });
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  };
  const stripeUrl = `http://127.0.0.1:${stripePort}`;
  const urls = [portA, portB].map((port) => `http://127.0.0.1:${port}`);
  const [platformUrl = '', connectUrl = ''] = urls;
  const isOk = async (url: string): Promise<boolean> => (await fetch(url)).ok;

  mortals.push(
    keepAlive({
      kind: 'temporal',
      name: 'temporal',
      begin: () => temporalServer({ port: temporalPort, dbFile: join(folder, 'temporal.db'), searchAttributes, headless: true, log: () => undefined }),
      answers: () => Promise.resolve(true),
    }),
    keepAlive({
      kind: 'simulator',
      name: 'simulator',
      begin: () => entry('simulator/main.ts', {
        ...environment,
        // What is about the platform is told to one API, what is about accounts to the other.
        SIM_WEBHOOK_URL: `${platformUrl}/api/webhooks/stripe`,
        SIM_CONNECT_WEBHOOK_URL: `${connectUrl}/api/webhooks/stripe-connect`,
        STRIPE_WEBHOOK_SECRET: config.stripe.webhookSecrets[0] ?? '',
        STRIPE_CONNECT_WEBHOOK_SECRET: config.stripe.connectWebhookSecrets[0] ?? '',
      }),
      answers: () => isOk(`${stripeUrl}/_sim/clock`),
    }),
  );
  try {
    for (const mortal of mortals) await mortal.isBack();
    for (const [index, port] of [portA, portB].entries()) {
      mortals.push(keepAlive({
        kind: 'api',
        name: `api ${index + 1}`,
        begin: () => entry('api/main.ts', { ...environment, PORT: String(port) }),
        answers: () => isOk(`http://127.0.0.1:${port}/livez`),
      }));
      mortals.push(keepAlive({
        kind: 'worker',
        name: `worker ${index + 1}`,
        begin: () => entry('worker/main.ts', environment),
        answers: (pid) => polls(connection, pid),
      }));
    }
    for (const mortal of mortals) await mortal.isBack();
  } catch (error) {
    await close();
    throw error;
  }
  const doors = urls.map((apiUrl) => callers({ apiUrl, stripeUrl, tokens }));
  const [impatient] = doors;
  if (impatient === undefined) throw new Error('There is no API');
  return {
    ...patient(doors),
    impatient,
    store,
    clock,
    stripe: createStripe(config),
    temporal: new Client({ connection }),
    mortals,
    close,
  };
} // prettier-ignore

/** The server spreads a queue over four parts, and each part shows only who asks there. */
const partsOfQueue = [taskQueue, ...[1, 2, 3].map((part) => `/_sys/${taskQueue}/${part}`)];

/** Whether the worker of this process asks the server for activities. */
async function polls(connection: Connection, pid: number): Promise<boolean> {
  const activityTasks = 2;
  const descriptions = await connection.withDeadline(Date.now() + 2_000, () =>
    Promise.all(
      partsOfQueue.map((name) =>
        connection.workflowService.describeTaskQueue({
          namespace: 'default',
          taskQueue: { name },
          taskQueueType: activityTasks,
        }),
      ),
    ),
  );
  const pollers = descriptions.flatMap((description) => description.pollers ?? []);
  return pollers.some(({ identity }) => identity?.startsWith(`${pid}@`) === true);
}

/** Workers start from a bundle made before, as in production. */
async function bundleIn(folder: string): Promise<string> {
  const file = join(folder, 'workflows.cjs');
  const bundle = await workflowBundle(null);
  if ('code' in bundle) writeFileSync(file, bundle.code);
  return file;
}
