import type { World } from '../core/world.ts';

/** How events reach their listeners; the default is at once, once, in order. */
export interface DeliveryPolicy {
  hold: boolean;
  duplicate: number;
  shuffle: boolean;
  lose: number;
  delaySeconds: number;
  seed: number;
}

export const plainDelivery: DeliveryPolicy = {
  hold: false,
  duplicate: 0,
  shuffle: false,
  lose: 0,
  delaySeconds: 0,
  seed: 1,
};

const cache = new WeakMap<World, { written: string | number; policy: DeliveryPolicy }>();

/** The policy in force. */
export const policyOf = (world: World): DeliveryPolicy => {
  const written = world.tables.marks.get('delivery_policy')?.value;
  if (written === undefined) return plainDelivery;
  const known = cache.get(world);
  if (known?.written === written) return known.policy;
  const policy = JSON.parse(String(written)) as DeliveryPolicy;
  cache.set(world, { written, policy });
  return policy;
};

/** Replaces the whole policy and starts its chances anew from the seed. */
export const setPolicy = (world: World, policy: DeliveryPolicy): void => {
  world.tables.marks.put({ id: 'delivery_policy', value: JSON.stringify(policy) });
  world.tables.marks.put({ id: 'delivery_chance', value: policy.seed >>> 0 });
};

/** The next number in [0, 1) of a sequence that the policy's seed fixes, so that a failing run can be repeated. */
export const chance = (world: World): number => {
  const state = (Number(world.tables.marks.get('delivery_chance')?.value ?? 1) + 0x6d2b79f5) >>> 0;
  world.tables.marks.put({ id: 'delivery_chance', value: state });
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** The same things in an order that the seed fixes. */
export const shuffled = <T>(world: World, things: readonly T[]): T[] =>
  things
    .map((thing) => ({ thing, key: chance(world) }))
    .sort((a, b) => a.key - b.key)
    .map((pair) => pair.thing);
