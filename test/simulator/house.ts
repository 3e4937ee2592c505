// Tests of the simulator itself, through the official SDK over HTTP. Nothing of ours but the simulator is used here.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { startSimulator, type RunningSimulator } from '../../simulator/server.ts';
import type { SimulatorOptions } from '../../simulator/simulator.ts';

/** A simulator of its own with an SDK that never retries by itself. */
export interface House {
  sim: RunningSimulator;
  stripe: Stripe;
  /** Uses a control and answers its JSON; a refusal throws with its status. */
  control: <T = Record<string, unknown>>(method: string, path: string, body?: object) => Promise<T>;
  advance: (seconds: number) => Promise<void>;
  /** An account that finished its form, ready for transfers and payouts. */
  payee: () => Promise<Stripe.Account>;
  /** A charge whose money is available at once. */
  fund: (amount: number) => Promise<Stripe.PaymentIntent>;
  hold: (amount: number, card?: string) => Promise<Stripe.PaymentIntent>;
  books(): Promise<Books>;
  close(): Promise<void>;
}

export interface Books {
  accounts: Record<string, Record<string, { available: number; pending: number }>>;
  outside: Record<string, Record<string, number>>;
  balanced: boolean;
  violations: { what: string }[];
}

export const day = 86_400;

export const sdkFor = (port: number, key = 'sk_test_house'): Stripe =>
  new Stripe(key, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    timeout: 5000,
    telemetry: false,
  });

export const openHouse = async (options: SimulatorOptions = {}): Promise<House> => {
  const sim = await startSimulator(options);
  const stripe = sdkFor(sim.port);
  const control = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${sim.url}/_sim${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const read = (await answer.json()) as T;
    if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(read)}`);
    return read;
  };
  return {
    sim,
    stripe,
    control,
    advance: async (seconds) => {
      await control('POST', '/clock/advance', { seconds });
    },
    payee: async () => {
      const { id } = await stripe.accounts.create({
        type: 'express',
        country: 'US',
        capabilities: { transfers: { requested: true } },
      });
      return control<Stripe.Account>('POST', `/accounts/${id}/onboard`);
    },
    fund: (amount) =>
      stripe.paymentIntents.create({
        amount,
        currency: 'usd',
        confirm: true,
        payment_method: 'pm_card_bypassPending',
      }),
    hold: (amount, card = 'pm_card_visa') =>
      stripe.paymentIntents.create({
        amount,
        currency: 'usd',
        capture_method: 'manual',
        confirm: true,
        payment_method: card,
      }),
    books: () => control<Books>('GET', '/books'),
    close: () => sim.close(),
  };
};

/** What a call was refused with, so that a test can name it; a success is a failed test. */
export const refusal = async (
  call: Promise<unknown>,
): Promise<{
  status: number | undefined;
  code: string | undefined;
  type: string;
  message: string;
  error: Stripe.errors.StripeError;
}> => {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) throw new Error(`expected a refusal and got ${JSON.stringify(outcome.value)}`);
  if (!(outcome.error instanceof Stripe.errors.StripeError)) throw outcome.error;
  const { statusCode: status, code, type, message } = outcome.error;
  return { status, code, type, message, error: outcome.error };
};

/** Takes events as our own endpoint would, and answers what it is told to. */
export interface Listener {
  url: string;
  /** Every delivery in the order it came. */
  heard: { event: Stripe.Event; signature: string; body: string }[];
  answerWith(status: number): void;
  close(): Promise<void>;
}

export const secret = 'whsec_simulator_test';

export const openListener = async (): Promise<Listener> => {
  const heard: Listener['heard'] = [];
  let status = 200;
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      heard.push({
        event: JSON.parse(body) as Stripe.Event,
        signature: String(request.headers['stripe-signature']),
        body,
      });
      response.statusCode = status;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    heard,
    answerWith: (next) => {
      status = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** The id in an expandable field that was not expanded. */
export const idIn = (field: string | { id: string } | null | undefined): string => {
  if (typeof field !== 'string') throw new Error(`expected an id and got ${JSON.stringify(field)}`);
  return field;
};
