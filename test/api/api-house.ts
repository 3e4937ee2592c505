import { Client, Connection } from '@temporalio/client';
import { SignJWT } from 'jose';
import pino from 'pino';
import Stripe from 'stripe';
import { createApp } from '../../api/app.ts';
import type { Role } from '../../api/http/auth.ts';
import type { ApiApp, ApiConfig, ApiPorts } from '../../api/ports.ts';
import { startSimulator } from '../../simulator/server.ts';
import type { RunningSimulator } from '../../simulator/server.ts';
import { openStore } from '../../store/store.ts';
import type { Store } from '../../store/store.ts';

/** The secret that signs the tokens of these tests. */
export const tokenSecret = 'a-secret-of-these-tests-0123456789';
export const platformSecret = 'whsec_platform';
export const connectSecret = 'whsec_connect';

/** An API on a real store and a simulated Stripe; Temporal is where the address says, by default nowhere. */
export interface ApiHouse {
  readonly app: ApiApp;
  readonly ports: ApiPorts;
  readonly store: Store;
  readonly stripe: RunningSimulator;
  /** Sends a request as somebody with this role; null sends no token. */
  ask(
    role: Role | null,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Opens a payee's account that can receive money. */
  payee(id: string): Promise<void>;
  /** How many rows requests have left behind. */
  traces(): Promise<{ agreements: number; operations: number; transactions: number }>;
  close(): Promise<void>;
}

/** Where nobody listens: whatever needs Temporal fails, so what succeeds did not need it. */
const nowhere = '127.0.0.1:9';

/** A token as the app's backend would send one. */
export const tokenFor = (
  role: string,
  claims: Record<string, unknown> = {},
  expires: string = '10m',
): Promise<string> =>
  new SignJWT({ roles: [role], ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(`${role}@test`)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(tokenSecret));

export async function openApiHouse(
  given: {
    temporalAddress?: string;
    config?: Partial<ApiConfig>;
    now?: () => number;
    file?: string;
    log?: ApiPorts['log'];
  } = {},
): Promise<ApiHouse> {
  const now = given.now ?? Date.now;
  const store = openStore({ file: given.file ?? ':memory:' });
  const simulator = await startSimulator({ now });
  const connection = Connection.lazy({ address: given.temporalAddress ?? nowhere, connectTimeout: 300 });
  const ports: ApiPorts = {
    store,
    temporal: new Client({ connection }),
    stripe: new Stripe('sk_test_1', {
      host: '127.0.0.1',
      port: simulator.port,
      protocol: 'http',
      maxNetworkRetries: 0,
      timeout: 5_000,
    }),
    clock: { now },
    log: given.log ?? pino({ level: 'silent' }),
    config: {
      demo: true,
      auth: { secret: tokenSecret },
      webhookSecrets: [platformSecret],
      connectWebhookSecrets: [connectSecret],
      livemode: false,
      corsOrigins: ['https://app.example.org'],
      publicUrl: 'http://127.0.0.1:3000',
      publishableKey: 'pk_test_1',
      stripeJs: 'http://127.0.0.1:12111/stripe.js',
      metricsHere: true,
      clockOffsetMs: () => 0,
      ...given.config,
    },
    onboard: async (id) => {
      await fetch(`${simulator.url}/_sim/accounts/${id}/onboard`, { method: 'POST' });
    },
  };
  const app = createApp(ports);
  const ask: ApiHouse['ask'] = async (role, method, path, body, headers = {}) =>
    await app.request(path, {
      method,
      headers: {
        ...(role === null ? {} : { Authorization: `Bearer ${await tokenFor(role)}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    app,
    ports,
    store,
    stripe: simulator,
    ask,
    async payee(id) {
      const account = { id, email: 't@example.org', country: 'US', type: 'express', onboarded: true };
      const answer = await ask('app', 'POST', '/api/accounts', account);
      if (answer.status !== 201) throw new Error(await answer.text());
    },
    async traces() {
      const { rows } = await store.listAgreements({ limit: 100 });
      const operations = (await Promise.all(rows.map((row) => store.listOperations(row.workflowId)))).flat();
      return { agreements: rows.length, operations: operations.length, transactions: store.transactions };
    },
    async close() {
      await connection.close();
      await simulator.close();
      await store.close();
    },
  };
}

const dayMs = 86_400_000;

/** A lesson somebody could book now. */
export const lessonRequest = (given: Record<string, unknown> = {}, now: number = Date.now()) => ({
  id: 'les_42',
  amount: 450,
  currency: 'usd',
  startsAt: new Date(now + dayMs).toISOString(),
  endsAt: new Date(now + dayMs + 25 * 60_000).toISOString(),
  student: { id: 'stu_1', email: 's@example.org', name: 'S', paymentMethod: 'pm_card_visa' },
  tutor: { id: 'tut_1', account: 'tut_acct_1' },
  policy: 'default',
  metadata: {},
  ...given,
});

/** Somebody whose hour at $50 can be booked: alone (17), or by three at a time (18). */
export const providerRequest = (given: Record<string, unknown> = {}) => ({
  id: 'prov_1',
  username: 'anna',
  account: 'prov_acct_1',
  defaultPrice: 5000,
  currency: 'usd',
  eventTypes: [
    { id: 17, title: 'Talk', duration: 60 },
    { id: 18, title: 'Class', price: 2000, duration: 45, seats: 3 },
  ],
  ...given,
});

/** A booking somebody could make now. */
export const bookingRequest = (given: Record<string, unknown> = {}, now: number = Date.now()) => ({
  provider: 'prov_1',
  eventTypeId: 17,
  startTime: new Date(now + 5 * dayMs).toISOString(),
  attendee: { name: 'A. Attendee', email: 'a@example.org', timeZone: 'Europe/Berlin' },
  ...given,
});
