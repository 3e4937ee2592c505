import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { inject } from 'vitest';
import { startCalendar } from '../../simulator/calendar/server.ts';
import { startSimulator } from '../../simulator/server.ts';
import { openStore } from '../../store/store.ts';
import { startApi } from '../../worker/api-process.ts';
import { createCalendar } from '../../worker/calendar.ts';
import { travelledClock } from '../../worker/clock.ts';
import { readConfig } from '../../worker/config.ts';
import { madeUpSecrets } from '../../worker/made-up-secrets.ts';
import { ensureSchedules, gapSweepId } from '../../worker/schedules.ts';
import { createStripe } from '../../worker/stripe.ts';
import { freePort } from '../../worker/ports.ts';
import { demoTokens } from '../../worker/tokens.ts';
import type { RunningWorker } from '../../worker/worker.ts';
import { activitiesOf, runWorker } from '../../worker/worker.ts';
import { callers } from './callers.ts';
import { hushTemporal, log } from './runtime.ts';

// test/house/: one whole Holdfast for a test: real Temporal, the simulator over HTTP, its own database, queue and clock.
// Nothing of ours is replaced here; a test that needs less still gets the whole house.

export type House = Awaited<ReturnType<typeof openHouse>>;

/** How a house differs from the usual one. */
export interface HouseOptions {
  readonly worker?: boolean;
  readonly workflowCache?: number;
  readonly temporalAddress?: string;
  /** Other workflow code than the tree's. */
  readonly workflowBundle?: WorkflowBundleOption;
  /** Variables of its environment, such as two webhook secrets in rotation. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long the worker's answers are on their way to Temporal, as over a slow network; what it wrote is there at once. */
  readonly answersLateMs?: number;
  /** Less than a process gives one request to Stripe, so that a test can outlast it. */
  readonly stripeTimeoutMs?: number;
}

/** Opens a house. `worker: false` leaves it without a worker until `startWorker`. */
export async function openHouse(options: HouseOptions = {}) {
  hushTemporal();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-house-'));
  const address = options.temporalAddress ?? inject('temporalAddress');
  const queue = `house-${crypto.randomUUID()}`;
  const [apiPort, stripePort, calendarPort] = [await freePort(), await freePort(), await freePort()];
  const ports = { PORT: String(apiPort), HOLDFAST_STRIPE_PORT: String(stripePort), HOLDFAST_CALENDAR_PORT: String(calendarPort) };
  const environment = { ...options.environment, ...ports, HOLDFAST_DATA_DIR: folder };
  const config = readConfig(environment, 'all', madeUpSecrets);
  const store = openStore({ file: join(folder, 'holdfast.db') });
  const clock = await travelledClock(store);
  const stripe = createStripe(config, options.stripeTimeoutMs);
  const connection = Connection.lazy({ address });
  const temporal = new Client({ connection, interceptors: { workflow: [onQueue(queue)] } });
  const api = await startApi({ config, store, temporal, stripe, clock, log, queue });
  const [webhookSecret = ''] = config.stripe.webhookSecrets;
  const [connectSecret = ''] = config.stripe.connectWebhookSecrets;
  const simulator = await startSimulator({
    file: join(folder, 'stripe.db'),
    port: stripePort,
    endpoints: [
      { url: `${api.url}/api/webhooks/stripe`, secret: webhookSecret, connect: false },
      { url: `${api.url}/api/webhooks/stripe-connect`, secret: connectSecret, connect: true },
    ],
  });
  const standInCalendar = await startCalendar({ port: calendarPort, now: () => clock.now() });
  const calendar = createCalendar(config);
  const tokens = await demoTokens(config);
  const native = await NativeConnection.connect({ address });
  let worker: RunningWorker | null = null;

  const startWorker = async (): Promise<void> => {
    const activities = answeringLate(activitiesOf({ store, stripe, calendar, clock, log }), options.answersLateMs ?? 0);
    const bundle = options.workflowBundle ?? { codePath: inject('workflowBundlePath') };
    const workflowCache = options.workflowCache ?? 100;
    worker = await runWorker({ connection: native, namespace: 'default', activities, bundle, workflowCache, queue }, log);
  };
  const stopWorker = async (): Promise<void> => {
    await worker?.stop();
    worker = null;
  };
  const gapSweep = temporal.schedule.getHandle(gapSweepId(queue));
  await ensureSchedules(temporal, queue);
  // A quarter of an hour can strike at any moment; here only tests and journeys say when it does.
  await gapSweep.pause();
  if (options.worker !== false) await startWorker();

  return {
    store,
    clock,
    stripe,
    temporal,
    queue,
    folder,
    config,
    apiUrl: api.url,
    stripeUrl: simulator.url,
    calendarUrl: standInCalendar.url,
    webhookSecret,
    connectSecret,
    ...callers({ apiUrl: api.url, stripeUrl: simulator.url, tokens }),
    startWorker,
    stopWorker,
    gapSweep,
    async close(): Promise<void> {
      await api.stop();
      await stopWorker();
      await native.close();
      await connection.close();
      await simulator.close();
      await standInCalendar.close();
      clock.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
} // prettier-ignore

/** Activities whose effects are there before their answers are. */
function answeringLate<A extends object>(activities: A, byMs: number): A {
  if (byMs === 0) return activities;
  const late = Object.entries(activities).map(([name, run]: [string, (...args: unknown[]) => Promise<unknown>]) => [
    name,
    async (...args: unknown[]) => {
      const outcome = await run(...args);
      await sleep(byMs);
      return outcome;
    },
  ]);
  return Object.fromEntries(late) as A;
} // prettier-ignore

/** Every house has a queue of its own on the shared server, however a workflow is begun. */
const onQueue = (taskQueue: string): WorkflowClientInterceptor => ({
  start: async (input, next) => await next({ ...input, options: { ...input.options, taskQueue } }),
  signalWithStart: async (input, next) => await next({ ...input, options: { ...input.options, taskQueue } }),
  startUpdateWithStart: async (input, next) =>
    await next({ ...input, workflowStartOptions: { ...input.workflowStartOptions, taskQueue } }),
});
