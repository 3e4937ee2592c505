import Stripe from 'stripe';
import type { Config } from './config.ts';

/** One request; activities give an attempt longer, so that an attempt ends by its own answer and not by being cut off. */
const timeoutMs = 20_000;

/** What the simulator is called with where no key is set; it takes every test key and keeps nobody out. */
const simulatorKey = 'sk_test_holdfast_demo';

/** Where Stripe is: what STRIPE_API_BASE says, else the simulator in demo mode, else Stripe itself. */
export function stripeBase({ demo, stripe }: Config): string {
  if (stripe.apiBase !== null) return stripe.apiBase;
  return demo ? `http://127.0.0.1:${stripe.simulatorPort}` : 'https://api.stripe.com';
}

/**
 * The official SDK, which retries nothing by itself: a retry is Temporal's, after the journal was asked (design 4).
 * `requestMs` is how long one request may take.
 */
export function createStripe(config: Config, requestMs = timeoutMs): Stripe {
  const base = new URL(stripeBase(config));
  const isPlain = base.protocol === 'http:';
  return new Stripe(config.stripe.key ?? simulatorKey, {
    timeout: requestMs,
    maxNetworkRetries: 0,
    telemetry: false,
    host: base.hostname,
    port: base.port || (isPlain ? 80 : 443),
    protocol: isPlain ? 'http' : 'https',
  });
}
