import type { World } from '../core/world.ts';
import { keyInUse, Refusal } from './refusal.ts';

/** The first answer given under a key; failures are kept like successes. */
export interface StoredAnswer {
  readonly id: string;
  readonly fingerprint: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: string;
  readonly at: number;
}

/** Stripe promises a day and prunes some time later; the simulator prunes at once so that a day is enough to test with. */
const keptForMs = 24 * 3_600_000;

/** Keys are pruned together at most this often, so that time travel does not stop once for every key. */
const pruneEveryMs = 3_600_000;

const longestKey = 255;

/** The keys of requests that execute right now; a crash forgets them, as it forgets the requests. */
export type KeysInFlight = Map<string, string>;

export const storeId = (owner: string, key: string): string => `${owner}|${key}`;

const mismatch = (key: string) =>
  new Refusal(
    400,
    {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    },
    false,
  );

/** Gives the remembered answer, refuses a key that is busy or was used for something else, or lets the request execute. */
export const recall = (
  world: World,
  inFlight: KeysInFlight,
  owner: string,
  key: string,
  fingerprint: string,
): StoredAnswer | undefined => {
  if (key.length > longestKey)
    throw new Refusal(
      400,
      { type: 'idempotency_error', message: 'Idempotency keys can be at most 255 characters long.' },
      false,
    );
  const id = storeId(owner, key);
  const busy = inFlight.get(id);
  if (busy !== undefined) throw busy === fingerprint ? keyInUse(key) : mismatch(key);
  const known = world.tables.answers.get(id);
  if (known === undefined) return undefined;
  if (known.at + keptForMs <= world.clock.now()) {
    world.tables.answers.delete(id);
    return undefined;
  }
  if (known.fingerprint !== fingerprint) throw mismatch(key);
  return known;
};

/** Remembers an answer for a day of the simulator's clock. */
export const remember = (world: World, answer: Omit<StoredAnswer, 'at'>): void => {
  const at = world.clock.now();
  world.tables.answers.put({ ...answer, at });
  if (world.tables.appointments.get('prune_keys:all') === undefined)
    world.schedule.arm('prune_keys', 'all', at + keptForMs);
};

/** Forgets the answers older than a day and plans the next round. */
export const pruneKeys = (world: World): void => {
  const now = world.clock.now();
  let oldest = Infinity;
  for (const answer of world.tables.answers.values())
    if (answer.at + keptForMs <= now) world.tables.answers.delete(answer.id);
    else oldest = Math.min(oldest, answer.at);
  if (oldest < Infinity)
    world.schedule.arm('prune_keys', 'all', Math.max(oldest + keptForMs, now + pruneEveryMs));
};
