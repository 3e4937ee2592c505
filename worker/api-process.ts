import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type Stripe from 'stripe';
import { addressOf, letterOf } from '../activities/notifications/letter.ts';
import { createApp } from '../api/app.ts';
import { devRoutes } from '../api/dev/routes.ts';
import type { DevPorts } from '../api/dev/routes.ts';
import { stripeClock } from '../api/dev/stripe-clock.ts';
import { StoryClocks } from '../api/dev/story-clock.ts';
import { createTravel } from '../api/dev/travel.ts';
import type { Travel } from '../api/dev/travel.ts';
import { sweepOverdue } from '../api/overdue.ts';
import type { ApiConfig, ApiPorts } from '../api/ports.ts';
import { drainInbox, startUpkeep } from '../api/webhooks/drain.ts';
import type { Instant } from '../domain/time.ts';
import type { Store } from '../store/store.ts';
import { standInBase } from './calendar.ts';
import type { TravelledClock } from './clock.ts';
import type { Config } from './config.ts';
import { gapSweepEveryMs, sweepNow } from './schedules.ts';
import { stripeBase } from './stripe.ts';

/** What an API process is made of. */
export interface ApiParts {
  readonly config: Config;
  readonly store: Store;
  readonly temporal: Client;
  readonly stripe: Stripe;
  readonly clock: TravelledClock;
  readonly log: Logger;
  /** Another queue than the house's, for tests side by side. */
  readonly queue?: string;
}

/** An API that listens. */
export interface RunningApi {
  readonly url: string;
  /** In demo mode: brings every clock up to the travelled time, after a start on a folder that has travelled. */
  alignClocks(): Promise<void>;
  /** Takes no new request, lets those under way finish, and stops the drains. */
  stop(): Promise<void>;
}

/** Requests under way get this long; one that waits for a story's answer is told to ask again by its lost connection. */
const lastRequestsMs = 3_000;

/** Starts the API: HTTP, the drains of the inbox, and in demo mode time travel. */
export async function startApi(parts: ApiParts): Promise<RunningApi> {
  const { config, store, temporal, stripe, clock, log } = parts;
  const { host, port } = config.api;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const plain: ApiPorts = { store, temporal, stripe, clock, log, config: apiConfig(config, clock, url) };
  const travel = config.demo ? travelOf(parts, plain) : null;
  const ports = travel === null ? plain : { ...plain, ...demoPorts(parts, travel) };
  const app = createApp(ports);
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const upkeep = startUpkeep(ports);
  return {
    url,
    alignClocks: async () => await travel?.align(),
    async stop() {
      await upkeep.stop();
      await closed(server);
    },
  };
}

/** Time travel over everything this API can reach. */
function travelOf({ config, store, temporal, clock, queue }: ApiParts, ports: ApiPorts): Travel {
  const toldAt = new Map<string, Instant>();
  const sweep = async (): Promise<number> => {
    const { told, restarted, corrected } = await sweepOverdue(ports, {}, toldAt);
    return told + restarted + corrected;
  };
  const stories = new StoryClocks(temporal);
  return createTravel({
    store,
    stories,
    stripe: stripeClock(stripeBase(config)),
    clock,
    drainInbox: () => drainInbox(ports),
    schedules: [
      { name: 'overdue', everyMs: 60_000, run: sweep },
      {
        name: 'gap sweep',
        everyMs: gapSweepEveryMs,
        thinsOut: true,
        run: () => sweepNow(temporal, stories, queue),
      },
    ],
  });
}

/** The helpers under `/_dev`, and the form of a new account filled in at once. */
function demoPorts({ config, store, clock }: ApiParts, travel: Travel): Pick<ApiPorts, 'dev' | 'onboard'> {
  return {
    dev: devRoutes({ store, clock, travel, calendarUrl: standInBase(config), shownMail: shownMail(config) }),
    async onboard(stripeAccountId) {
      const path = `/_sim/accounts/${encodeURIComponent(stripeAccountId)}/onboard`;
      const answer = await fetch(new URL(path, stripeBase(config)), { method: 'POST' });
      if (!answer.ok)
        throw new Error(`The simulated Stripe did not onboard ${stripeAccountId}: ${answer.status}`);
    },
  };
}

/** What the outbox shows: words of now for what is still to be sent. */
const shownMail =
  ({ mail }: Config): DevPorts['shownMail'] =>
  (message) => {
    const { subject = null, text = null } = letterOf(message) ?? {};
    return { to: addressOf(message, mail.adminEmail), subject, text };
  };

/** The release that goes with the pinned API version. */
const stripeJs = 'https://js.stripe.com/endive/stripe.js';

function apiConfig(config: Config, clock: TravelledClock, url: string): ApiConfig {
  const { demo, auth, api, stripe } = config;
  return {
    demo,
    auth,
    webhookSecrets: stripe.webhookSecrets,
    connectWebhookSecrets: stripe.connectWebhookSecrets,
    livemode: stripe.livemode,
    corsOrigins: api.corsOrigins,
    publicUrl: api.publicUrl ?? url,
    publishableKey: stripe.publishableKey ?? (demo ? 'pk_test_demo' : null),
    stripeJs: demo ? `${stripeBase(config)}/stripe.js` : stripeJs,
    metricsHere: demo,
    clockOffsetMs: () => clock.offsetMs(),
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), lastRequestsMs);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}
