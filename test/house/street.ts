import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';
import { startCalendar } from '../../simulator/calendar/server.ts';
import { startSimulator } from '../../simulator/server.ts';
import { openStore } from '../../store/store.ts';
import { readConfig } from '../../worker/config.ts';
import { travelledClock } from '../../worker/clock.ts';
import { madeUpSecrets } from '../../worker/made-up-secrets.ts';
import { createStripe } from '../../worker/stripe.ts';
import { freePort } from '../../worker/ports.ts';
import { startTemporal } from '../../worker/temporal-server.ts';
import { demoTokens } from '../../worker/tokens.ts';
import { searchAttributes } from '../../workflows/contract.ts';
import { callers } from './callers.ts';

const root = resolve(import.meta.dirname, '../..');

/** One process of ours, run as an operator runs it. */
export interface Resident {
  readonly process: ChildProcess;
  /** SIGKILL, and the end of it. */
  kill(): Promise<void>;
}

export type Street = Awaited<ReturnType<typeof openStreet>>;

/**
 * Holdfast as several processes on one data folder: Temporal, API and worker can be killed and started one by one.
 * Only the simulator lives in the test's own process, since it is Stripe and does not die with us.
 */
export async function openStreet() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-street-'));
  const [apiPort, stripePort, temporalPort] = [await freePort(), await freePort(), await freePort()];
  const calendarPort = await freePort();
  const environment = {
    PORT: String(apiPort),
    HOLDFAST_STRIPE_PORT: String(stripePort),
    HOLDFAST_CALENDAR_PORT: String(calendarPort),
    HOLDFAST_DATA_DIR: folder,
    HOLDFAST_WORKFLOW_BUNDLE: inject('workflowBundlePath'),
    LOG_LEVEL: 'error',
  };
  const config = readConfig(environment, 'all', madeUpSecrets);
  const store = openStore({ file: join(folder, 'holdfast.db') });
  const clock = await travelledClock(store);
  const stripe = createStripe(config);
  const tokens = await demoTokens(config);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const simulator = await startSimulator({
    file: join(folder, 'stripe.db'),
    port: stripePort,
    endpoints: [
      { url: `${apiUrl}/api/webhooks/stripe`, secret: config.stripe.webhookSecrets[0] ?? '', connect: false },
      { url: `${apiUrl}/api/webhooks/stripe-connect`, secret: config.stripe.connectWebhookSecrets[0] ?? '', connect: true },
    ],
  });
  const calendar = await startCalendar({ port: calendarPort, now: () => clock.now() });
  const residents = new Set<Resident>();
  const temporalOptions = {
    port: temporalPort,
    dbFile: join(folder, 'temporal.db'),
    searchAttributes,
    headless: true,
    log: () => undefined,
  };
  let temporal = await startTemporal(temporalOptions);

  const move = (entry: string): Resident => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(root, entry)], {
      cwd: root,
      env: { PATH: process.env['PATH'], ...environment, TEMPORAL_ADDRESS: temporal.address },
      stdio: process.env['TEST_LOG'] === undefined ? 'ignore' : 'inherit',
    });
    const resident: Resident = {
      process: child,
      async kill() {
        residents.delete(resident);
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
    residents.add(resident);
    return resident;
  };

  const startApi = async (): Promise<Resident> => {
    const api = move('api/main.ts');
    await answers(`${apiUrl}/livez`);
    return api;
  };

  return {
    ...callers({ apiUrl, stripeUrl: simulator.url, tokens }),
    store,
    clock,
    stripe,
    folder,
    startApi,
    startWorker: (): Resident => move('worker/main.ts'),
    /** The server is gone as in a power cut; its file stays. */
    async killTemporal(): Promise<void> {
      process.kill(temporal.pid, 'SIGKILL');
      await temporal.stop();
    },
    async startTemporal(): Promise<void> {
      temporal = await startTemporal(temporalOptions);
    },
    async close(): Promise<void> {
      for (const resident of residents) await resident.kill();
      await simulator.close();
      await calendar.close();
      await temporal.stop();
      clock.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
} // prettier-ignore

async function answers(url: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    const isUp = await fetch(url).then(({ ok }) => ok, () => false);
    if (isUp) return;
    await pause(100);
  }
  throw new Error(`${url} never answered`);
} // prettier-ignore
