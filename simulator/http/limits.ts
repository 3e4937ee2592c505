import type { World } from '../core/world.ts';
import { tooMany } from './refusal.ts';

/** Requests per second; null means unlimited, the default, because tests run faster than any sandbox. */
export interface Limits {
  perEndpoint: number | null;
  global: number | null;
}

/** Stripe's sandbox: 25 requests per second on one endpoint, 100 in all. */
export const stripeLimits: Limits = { perEndpoint: 25, global: 100 };
export const noLimits: Limits = { perEndpoint: null, global: null };

/** Counts requests in whole seconds of the simulator's clock and refuses those above the limits. */
export class RateLimiter {
  #second = 0;
  #counts = new Map<string, number>();

  admit(world: World, limits: Limits, endpoint: string): void {
    if (limits.global === null && limits.perEndpoint === null) return;
    const second = world.clock.seconds();
    if (second !== this.#second) {
      this.#second = second;
      this.#counts = new Map();
    }
    this.#count('*', limits.global, 'global-rate');
    this.#count(endpoint, limits.perEndpoint, 'endpoint-rate');
  }

  #count(name: string, limit: number | null, reason: string): void {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (limit !== null && count > limit)
      throw tooMany('rate_limit', { 'stripe-rate-limited-reason': reason });
  }
}
