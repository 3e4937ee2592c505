import { join } from 'node:path';
import type { Logger } from 'pino';
import { openStore } from '../store/store.ts';
import { searchAttributes } from '../workflows/contract.ts';
import { startApi } from './api-process.ts';
import { workflowBundle } from './bundle.ts';
import { createCalendar } from './calendar.ts';
import { travelledClock, wallClock } from './clock.ts';
import type { Config } from './config.ts';
import { lazyClient, nativeConnection, temporalPlace } from './connections.ts';
import { announce, runningInstance } from './instance.ts';
import type { Instance } from './instance.ts';
import { keepTemporal } from './keep-temporal.ts';
import { startMailRounds } from './mail-rounds.ts';
import { assertFree, freePort } from './ports.ts';
import { Unstartable } from './process.ts';
import { ensureSchedules } from './schedules.ts';
import { createStripe, stripeBase } from './stripe.ts';
import { demoTokens } from './tokens.ts';
import { activitiesOf, runWorker } from './worker.ts';

/** A stand-in for somebody outside that runs in this process. */
export interface StandIn {
  close(): Promise<void>;
}

/** How to start those outside who are simulated in demo mode: Stripe, which tells its endpoints, and the calendar. */
export interface StandIns {
  stripe(options: {
    readonly file: string;
    readonly port: number;
    readonly endpoints: { url: string; secret: string; connect: boolean }[];
  }): Promise<StandIn>;
  calendar(options: {
    readonly file: string;
    readonly port: number;
    readonly now: () => number;
  }): Promise<StandIn>;
}

/** One line of progress: what is ready, and what there is to say about it. */
export type Say = (part: string, detail: string) => void;

/** The whole of Holdfast in one process. */
export interface Everything {
  readonly instance: Instance;
  stop(): Promise<void>;
}

/**
 * Starts everything on one data folder: Temporal, the simulated Stripe in demo mode, worker and API. Whatever slept in
 * the folder goes on where it stopped. Stopping ends the parts in an order in which none misses another.
 */
export async function startEverything(
  given: Config,
  standIns: StandIns,
  { say, log }: { say: Say; log: Logger },
): Promise<Everything> {
  const config = await withFreePorts(given);
  const other = runningInstance(config.dataFolder);
  if (other !== null) {
    throw new Unstartable(
      `Holdfast already runs on ${config.dataFolder}: ${other.api} (process ${other.pid}).\n` +
        'Fix: use that one, stop it, or set HOLDFAST_DATA_DIR to another folder.',
    );
  }
  const isStripeOurs = config.demo && config.stripe.apiBase === null;
  const isCalendarOurs = config.demo && config.calendar.url === null;
  const host = '127.0.0.1';
  await assertFree([
    { port: config.api.port, host: config.api.host, variable: 'PORT' },
    ...(isStripeOurs ? [{ port: config.stripe.simulatorPort, host, variable: 'HOLDFAST_STRIPE_PORT' }] : []),
    ...(isCalendarOurs
      ? [{ port: config.calendar.standInPort, host, variable: 'HOLDFAST_CALENDAR_PORT' }]
      : []),
  ]);
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.toReversed()) await end();
  };
  try {
    const place = temporalPlace();
    const bundling = timed(workflowBundle(config.worker.bundle));
    const store = openStore({ file: join(config.dataFolder, 'holdfast.db') });
    stops.push(() => store.close());
    say('database', `sqlite ${join(config.dataFolder, 'holdfast.db')}`);

    const temporal = await keepTemporal({
      address: place.address ?? undefined,
      port: config.temporalPort,
      dbFile: join(config.dataFolder, 'temporal.db'),
      searchAttributes,
      log: (line) => say('temporal', line),
      trouble: log,
    });
    stops.push(() => temporal.stop());
    say('temporal', `${temporal.address}${temporal.isOwn ? ' (started for you)' : ' (TEMPORAL_ADDRESS)'}`);

    const clock = config.demo ? await travelledClock(store) : wallClock;
    stops.push(() => clock.stop());
    const stripe = createStripe(config);
    const client = lazyClient(place, temporal.address);
    stops.push(() => client.connection.close());
    // The API listens before Stripe starts: news that waited for us must find somebody at home.
    const api = await startApi({ config, store, temporal: client, stripe, clock, log });
    stops.push(() => api.stop());

    if (isCalendarOurs) {
      const file = join(config.dataFolder, 'calendar.db');
      const standIn = await standIns.calendar({
        file,
        port: config.calendar.standInPort,
        now: () => clock.now(),
      });
      stops.push(() => standIn.close());
    }
    if (isStripeOurs) {
      const standIn = await standIns.stripe({
        file: join(config.dataFolder, 'stripe.db'),
        port: config.stripe.simulatorPort,
        endpoints: endpointsOf(config, api.url),
      });
      stops.push(() => standIn.close());
    }
    say('stripe', config.demo ? `simulated, ${stripeBase(config)}` : stripeBase(config));

    const [bundle, bundleMs] = await bundling;
    say('workflows', config.worker.bundle ?? `bundled in ${(bundleMs / 1000).toFixed(1)} s`);
    const connection = await nativeConnection(place, temporal.address);
    stops.push(() => connection.close());
    const { namespace } = place;
    const { workflowCache } = config.worker;
    const activities = activitiesOf({ store, stripe, calendar: createCalendar(config), clock, log });
    const worker = await runWorker({ connection, namespace, activities, bundle, workflowCache }, log);
    const mail = startMailRounds(config.mail, { store, clock, log });
    stops.push(async () => void (await Promise.all([worker.stop(), mail.stop()])));
    await ensureSchedules(client);

    // A journey that was killed halfway had moved our clock first: Stripe's and the stories' follow.
    await api.alignClocks();

    const instance: Instance = {
      api: api.url,
      dashboard: `${api.url}/admin`,
      stripe: stripeBase(config),
      temporal: temporal.address,
      temporalUi: temporal.uiUrl,
      tokens: await demoTokens(config),
      pid: process.pid,
    };
    stops.push(announce(config.dataFolder, instance));
    return { instance, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Port 0 means any free one; everyone must know which before the first of them starts. */
async function withFreePorts(config: Config): Promise<Config> {
  const { api, stripe, calendar, temporalPort } = config;
  return {
    ...config,
    temporalPort: temporalPort || (await freePort()),
    api: { ...api, port: api.port || (await freePort()) },
    stripe: { ...stripe, simulatorPort: stripe.simulatorPort || (await freePort()) },
    calendar: { ...calendar, standInPort: calendar.standInPort || (await freePort()) },
  };
}

async function timed<Result>(work: Promise<Result>): Promise<[Result, number]> {
  const begun = performance.now();
  return [await work, performance.now() - begun];
}

/** Stripe signs with the first secret given; the others are older ones that still count. */
function endpointsOf({ stripe }: Config, apiUrl: string) {
  const [webhook = ''] = stripe.webhookSecrets;
  const [connectWebhook = ''] = stripe.connectWebhookSecrets;
  return [
    { url: `${apiUrl}/api/webhooks/stripe`, secret: webhook, connect: false },
    { url: `${apiUrl}/api/webhooks/stripe-connect`, secret: connectWebhook, connect: true },
  ];
}
