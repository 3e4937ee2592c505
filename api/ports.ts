import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type Stripe from 'stripe';
import type { Clock } from '../domain/clock.ts';
import type { Store } from '../store/store.ts';
import type { Caller } from './http/auth.ts';

// api/: the outside of Holdfast: HTTP in, Temporal messages and store reads out. It moves no money and decides
// nothing about money; rules are domain/'s, effects are activities'. Nothing here reads the environment.

/** How API tokens are checked: by a shared secret or by published keys. */
export interface TokenConfig {
  readonly secret?: string | undefined;
  readonly jwksUrl?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** Everything about the API that differs from one installation to the next. */
export interface ApiConfig {
  /** Loopback and simulated Stripe: the only place where `/_dev` and ready-made onboarding exist. */
  readonly demo: boolean;
  readonly auth: TokenConfig;
  /** Signing secrets of the platform's webhook endpoint; two while one is being replaced. */
  readonly webhookSecrets: readonly string[];
  readonly connectWebhookSecrets: readonly string[];
  readonly livemode: boolean;
  readonly corsOrigins: readonly string[];
  readonly publicUrl: string;
  /** What the checkout page shows Stripe.js as; null: customers can pay on Stripe's own page only. */
  readonly publishableKey: string | null;
  /** Where the checkout page loads Stripe.js from. */
  readonly stripeJs: string;
  /** Whether `/metrics` is served on this port. */
  readonly metricsHere: boolean;
  /** Milliseconds by which the travelled clock is ahead of the server's; 0 outside demo mode. */
  clockOffsetMs(): number;
}

/** What each request carries besides itself. */
export interface ApiEnv {
  Variables: { requestId: string; caller: Caller };
}

export type ApiApp = OpenAPIHono<ApiEnv>;

/** What the API is built on. */
export interface ApiPorts {
  readonly store: Store;
  readonly temporal: Client;
  readonly stripe: Stripe;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: ApiConfig;
  /** Mounts the helpers of demo mode under `/_dev`; never called outside it. */
  readonly dev?: ((app: ApiApp) => void) | undefined;
  /** Fills in a simulated account's onboarding form; there in demo mode only. */
  readonly onboard?: ((stripeAccountId: string) => Promise<void>) | undefined;
}
