import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Credentials, Target } from './target.ts';

/** One answer of the house to somebody who behaves. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How somebody who behaves talks to the house, and moves what stands in for Stripe. */
export interface Doors {
  /** As an admin, with a key of its own; throws unless it is taken. */
  readonly order: (method: string, path: string, body?: unknown) => Promise<Answer['body']>;
  readonly sim: (method: string, path: string, body?: unknown) => Promise<unknown>;
}

/** A machine with other work beside may be told to ask again while the ground is laid. */
const triesWhileBusy = 5;

/** Opens the doors of a house for whoever lays the ground of a hunt and looks at what is left after it. */
export function doorsOf({ apiUrl, stripeUrl }: Target, { admin }: Credentials): Doors {
  const json = { 'content-type': 'application/json' };
  const sent = (body: unknown) => (body === undefined ? {} : { body: JSON.stringify(body) });
  return {
    async order(method, path, body) {
      const headers = { ...json, authorization: admin ?? '', 'idempotency-key': crypto.randomUUID() };
      for (let left = triesWhileBusy; ; left -= 1) {
        const answer = await fetch(`${apiUrl}${path}`, { method, headers, ...sent(body) });
        const text = await answer.text();
        if (answer.ok) return JSON.parse(text) as Answer['body'];
        if (answer.status !== 503 || left === 0)
          throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
        await pause(1_000);
      }
    },
    async sim(method, path, body) {
      const answer = await fetch(`${stripeUrl}/_sim${path}`, { method, headers: json, ...sent(body) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} /_sim${path} answered ${answer.status}: ${text}`);
      return JSON.parse(text) as unknown;
    },
  };
}

/** Looks until it is so; throws with what was seen last. */
export async function until<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  for (const deadline = Date.now() + withinMs; ; await pause(50)) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`It never came to that: ${JSON.stringify(seen)?.slice(0, 2_000)}`);
  }
}

const stillForMs = 500;

/** Waits until what is seen has not changed for a moment: Stripe's news of what was just done come late. */
export async function still(look: () => Promise<unknown>): Promise<void> {
  let before: unknown = await look();
  for (;;) {
    await pause(stillForMs);
    const seen = await look();
    if (isDeepStrictEqual(before, seen)) return;
    before = seen;
  }
}
