import type { Client } from '@temporalio/client';
import type { Store } from '../store/store.ts';

/** A running house and the places at which its work is counted. */
export interface Measured {
  readonly store: Store;
  readonly temporal: Client;
  readonly apiUrl: string;
  /** An admin's token. */
  readonly token: string;
  /** The simulator. */
  readonly stripeUrl: string;
}

/** One request that reached the simulated Stripe. */
export interface StripeRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

/** Calls the API or one of the simulator's controls; anything but success is an error of the measurement. */
export async function call<Answer>(
  url: string,
  body?: unknown,
  token?: string,
  method = body === undefined ? 'GET' : 'POST',
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as Answer;
}

/** Every request to Stripe after the one named, oldest first. */
export async function stripeRequests({ stripeUrl }: Pick<Measured, 'stripeUrl'>, since: string | null): Promise<StripeRequest[]> {
  const after = since === null ? '' : `?since=${since}`;
  const { data } = await call<{ data: StripeRequest[] }>(`${stripeUrl}/_sim/requests${after}`);
  return data.filter(({ path }) => path.startsWith('/v1/'));
} // prettier-ignore
