import Stripe from 'stripe';
import type { Simulator, SimResponse } from '../../simulator/simulator.ts';
import { callerNow } from './caller.ts';
import type { Caller } from './caller.ts';
import type { Coverage } from './coverage.ts';
import { Died } from './mortal.ts';
import type { Outage } from './plan.ts';
import type { Timetable } from './timetable.ts';
import type { Trace } from './trace.ts';
import type { Trouble } from './trouble.ts';

/** What can go wrong with one call to Stripe. `lost` and `late` are met as silence, the others as an answer. */
type Mishap =
  | 'unreachable'
  | 'lost_request'
  | 'late_request'
  | 'lost_answer'
  | 'reset_before'
  | 'reset_after'
  | 'cut_body'
  | 'status_before'
  | 'status_after'
  | 'rate_limit'
  | 'lock_timeout'
  | 'key_in_use'
  | 'wrong_key'
  | 'no_funds'
  | 'stale_list';

const chances = (table: Partial<Record<Mishap, number>>) =>
  (Object.entries(table) as [Mishap, number][]).map(([kind, probability]) => ({ kind, probability }));

/** More than one write in eight goes wrong, half of them after their effect. */
const writeMishaps = chances({
  unreachable: 0.01, lost_request: 0.01, late_request: 0.015, lost_answer: 0.025, reset_before: 0.005, reset_after: 0.01,
  cut_body: 0.01, status_before: 0.01, status_after: 0.015, rate_limit: 0.005, lock_timeout: 0.005, key_in_use: 0.005, wrong_key: 0.001,
}); // prettier-ignore

/** Moves out of a balance may also find nothing in it. */
const payingMishaps = [...writeMishaps, ...chances({ no_funds: 0.03 })];

const readMishaps = chances({
  unreachable: 0.02, lost_answer: 0.03, cut_body: 0.02, status_before: 0.03, rate_limit: 0.01, wrong_key: 0.0005,
}); // prettier-ignore

/** Stripe's lists are read after the write; an outage may make them lag behind for some seconds all the same. */
const listMishaps = [...readMishaps, ...chances({ stale_list: 0 })];

/** What the simulator itself is asked to get wrong. */
const faultOf: Partial<Record<Mishap, object>> = {
  status_before: { kind: 'status_before', status: 500 },
  status_after: { kind: 'status_after', status: 500 },
  rate_limit: { kind: 'rate_limit' },
  lock_timeout: { kind: 'lock_timeout' },
  key_in_use: { kind: 'key_in_use' },
  wrong_key: { kind: 'status_before', status: 401 },
  no_funds: {
    kind: 'status_before',
    status: 400,
    body: {
      error: { type: 'invalid_request_error', code: 'balance_insufficient', message: 'Insufficient funds.' },
    },
  },
  stale_list: { kind: 'stale_list', seconds: 30 },
};

/** The pause after which the SDK sends a request again whose connection was closed, even when told never to retry (C1). */
const sentAgainAfterMs = 500;
/** A request that got lost in a network is found again or dropped within a minute. */
const latestMs = 60_000;
const slowestMs = 900;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

interface Parts {
  readonly simulator: () => Simulator;
  readonly timetable: Timetable;
  readonly trouble: Trouble;
  readonly trace: Trace;
  readonly coverage: Coverage;
  /** The outage of this moment, or null. */
  readonly outage: () => Outage | null;
}

/** Stripe's ids carry a digit, its words do not. */
const anId = /\/[a-z]+_\w*\d\w*/g;

/** The name of an endpoint, whatever object it is asked about. */
const endpointOf = (path: string): string => (path.split('?')[0] ?? '').replaceAll(anId, '/:id');

/** The network between us and Stripe: an HTTP client of the SDK's without a socket, in which things go wrong. */
export class Network {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Requests that arrived after they were given up and were answered from the key store: they changed nothing. */
  readonly lateCopies = new Set<string>();

  readonly getClientName = (): string => 'simulate';

  async makeRequest(
    _host: string,
    _port: string,
    path: string,
    method: string,
    headers: Record<string, string>,
    body: string,
    _protocol: string,
    timeoutMs: number,
  ): Promise<Answer> {
    const sent = { method, path, headers, body };
    const caller = callerNow();
    return caller === null
      ? new Answer(await this.#handled(sent))
      : await this.#sent(sent, caller, timeoutMs);
  }

  async #sent(sent: Sent, caller: Caller, timeoutMs: number): Promise<Answer> {
    const { timetable, trouble, trace, coverage, outage } = this.#parts;
    const { life, process } = caller;
    const endpoint = endpointOf(sent.path);
    const call = `${sent.method} ${endpoint}`;
    process.step(`before ${call}`);
    const isList = !endpoint.endsWith('/:id');
    const isPaying = call === 'POST /v1/transfers' || call === 'POST /v1/payouts';
    const writes = isPaying ? payingMishaps : writeMishaps;
    const mishaps = sent.method === 'GET' ? (isList ? listMishaps : readMishaps) : writes;
    const out = outage();
    const mishap =
      out !== null
        ? out.isMute
          ? 'lost_answer'
          : 'unreachable'
        : trouble.oneOf<Mishap>(`${life}/${call}`, mishaps);
    coverage.count('call', call, mishap ?? 'fine');
    const told = (outcome: string): void => trace.tell(life, `${call} ${keyOf(sent)}${outcome}`);
    await timetable.sleep(50 + slowestMs * trouble.share(`${life}/way`));
    const silence = async (): Promise<never> => {
      await timetable.sleep(timeoutMs);
      throw Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' });
    };
    switch (mishap) {
      case 'unreachable':
        told('does not reach Stripe');
        throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      case 'lost_request':
        told('is lost on its way');
        return await silence();
      case 'late_request':
        timetable.after(timeoutMs + latestMs * trouble.share(`${life}/late`), async () => {
          const { status, headers } = await this.#handled(sent);
          if (headers['idempotent-replayed'] === 'true') this.lateCopies.add(headers['request-id'] ?? '');
          told(`arrives late: ${status}`);
        });
        return await silence();
      case 'lost_answer':
        told(`${(await this.#handled(sent)).status}, the answer is lost`);
        return await silence();
      case 'reset_before':
      case 'reset_after': {
        const first = mishap === 'reset_after' ? (await this.#handled(sent)).status : 'nothing';
        told(`${first}, the connection breaks; the SDK sends it again`);
        await timetable.sleep(sentAgainAfterMs);
        break;
      }
      default:
    }
    const response = await this.#handled(sent, mishap === null ? undefined : faultOf[mishap]);
    const isReplayed = response.headers['idempotent-replayed'] === 'true';
    told(`${response.status}${isReplayed ? ' again' : ''}${mishap === null ? '' : ` (${mishap})`}`);
    if (process.isDead) throw new Died();
    if (trouble.share(`${life}/back`) < 0.2)
      await timetable.sleep(slowestMs * trouble.share(`${life}/back by`));
    process.step(`after ${call}`);
    return new Answer(response, mishap === 'cut_body');
  }

  /** Hands a request to the simulator, which answers it in the same instant. */
  async #handled({ method, path, headers, body }: Sent, fault?: object): Promise<SimResponse> {
    const simulator = this.#parts.simulator();
    const asked = { method, path, headers, body: method === 'GET' ? '' : body };
    if (fault === undefined) return await simulator.handle(asked);
    const [bare = ''] = path.split('?');
    const control = { headers: {}, path: '/_sim/faults' };
    await simulator.handle({
      ...control,
      method: 'POST',
      body: JSON.stringify({ method, path: bare, fault }),
    });
    const response = await simulator.handle(asked);
    await simulator.handle({ ...control, method: 'DELETE', body: '' });
    return response;
  }
}

const keyOf = ({ headers }: Sent): string => {
  const key = headers['Idempotency-Key'];
  return key === undefined ? '' : `under ${key} `;
};

/** What the SDK reads an answer from. */
class Answer {
  readonly #response: SimResponse;
  readonly #isCut: boolean;
  readonly #raw = {};

  constructor(response: SimResponse, isCut = false) {
    this.#response = response;
    this.#isCut = isCut;
  }

  readonly getStatusCode = (): number => this.#response.status;
  readonly getHeaders = (): Record<string, string> => this.#response.headers;
  readonly getRawResponse = (): object => this.#raw;
  readonly toStream = (): never => {
    throw new Error('nothing of ours streams');
  };

  async toJSON(): Promise<unknown> {
    const { body } = this.#response;
    return JSON.parse(this.#isCut ? body.slice(0, Math.floor(body.length / 2)) : body);
  }
}

/** One request, as worker/stripe.ts gives it. */
const timeoutMs = 20_000;

/** The official SDK over this network. */
export const stripeOver = (network: Network): Stripe =>
  new Stripe('sk_test_simulate', {
    httpClient: network as never,
    timeout: timeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
  });
