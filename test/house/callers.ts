import type Stripe from 'stripe';
import type { Clock } from '../../domain/clock.ts';
import type { Store } from '../../store/store.ts';
import type { TokenRole, Tokens } from '../../worker/tokens.ts';

/** One answer of an HTTP call, its body read as JSON where it is any. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The shape is the test's claim, checked by its expectations.
  readonly body: Record<string, unknown> & { [key: string]: never };
}

/** What a call to the API carries besides its path. */
export interface Call {
  readonly body?: unknown;
  readonly role?: TokenRole | null;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The two doors of a running Holdfast: its API and the controls of the simulated Stripe. */
export interface Doors {
  request(method: string, path: string, call?: Call): Promise<Answer>;
  /** One of the simulator's own controls (http.md 7). */
  sim(method: string, path: string, body?: unknown): Promise<never>;
}

/** A running Holdfast as story tests see it, whether it is a house or a street of processes. */
export interface Place extends Doors {
  readonly store: Store;
  readonly clock: Clock;
  readonly stripe: Stripe;
}

/** Longer than any journey or delivery takes; a call that is not answered by then is named by its own error. */
const answerWithinMs = 150_000;

/** Opens the doors of a Holdfast at these addresses. */
export function callers(at: { apiUrl: string; stripeUrl: string; tokens: Tokens | null }): Doors {
  return {
    async request(method, path, { body, role = 'admin', key, headers = {} } = {}) {
      const authorization = role === null ? {} : { authorization: `Bearer ${at.tokens?.[role] ?? ''}` };
      const idempotency = key === undefined ? {} : { 'idempotency-key': key };
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await ask(method, `${at.apiUrl}${path}`, {
        headers: { ...json, ...authorization, ...idempotency, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const read = (await answer.json().catch(() => ({}))) as never;
      return { status: answer.status, headers: answer.headers, body: read };
    },
    async sim(method, path, body) {
      const json = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const answer = await ask(method, `${at.stripeUrl}/_sim${path}`, body === undefined ? {} : json);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} /_sim${path} answered ${answer.status}: ${text}`);
      return JSON.parse(text) as never;
    },
  };
}

function ask(method: string, url: string, options: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(answerWithinMs);
  return fetch(url, { ...options, method, signal }).catch((error: unknown) => {
    throw new Error(`${method} ${url} was not answered`, { cause: error });
  });
}
