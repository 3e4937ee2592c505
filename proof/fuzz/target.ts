import type { Client } from '@temporalio/client';
import { SignJWT } from 'jose';
import type Stripe from 'stripe';
import type { Clock } from '../../domain/clock.ts';
import type { Store } from '../../store/store.ts';

// proof/fuzz/: what nobody should ever send, sent to a running Holdfast through its three doors: HTTP, Stripe's events,
// Temporal's messages. Everything is drawn from a seed; nothing of the house is replaced. What is claimed stands in
// answers.ts, webhooks.ts and signals.ts, written down from http.md and not from the code.

/** Who can stand at the door: everyone with a token, somebody without one, and somebody whose token has run out. */
export const bearers = [
  'anonymous',
  'expired',
  'stranger',
  'app',
  'otherApp',
  'viewer',
  'operator',
  'admin',
] as const;

export type Bearer = (typeof bearers)[number];

/** A running Holdfast in demo mode, with its parts in reach. */
export interface Target {
  readonly apiUrl: string;
  readonly stripeUrl: string;
  readonly store: Store;
  /** The file that the store keeps its rows in. */
  readonly databaseFile: string;
  readonly stripe: Stripe;
  readonly temporal: Client;
  readonly clock: Clock;
  readonly jwtSecret: string;
  readonly webhookSecret: string;
  readonly connectSecret: string;
}

/** The Authorization header of everyone who can stand at the door; null where there is none. */
export type Credentials = Readonly<Record<Bearer, string | null>>;

const rolesOf: Readonly<Record<Exclude<Bearer, 'anonymous'>, readonly string[]>> = {
  expired: ['admin'],
  stranger: ['janitor'],
  app: ['app'],
  otherApp: ['app'],
  viewer: ['viewer'],
  operator: ['operator'],
  admin: ['admin'],
};

/** Signs a token for everyone: each has a subject of their own. */
export async function credentialsOf({ jwtSecret }: Pick<Target, 'jwtSecret'>): Promise<Credentials> {
  const key = new TextEncoder().encode(jwtSecret);
  const sign = async (bearer: Bearer): Promise<[Bearer, string | null]> => {
    if (bearer === 'anonymous') return [bearer, null];
    const token = await new SignJWT({ roles: [...rolesOf[bearer]] })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(`fuzz-${bearer}`)
      .setExpirationTime(bearer === 'expired' ? Math.floor(Date.now() / 1000) - 60 : '30d')
      .sign(key);
    return [bearer, `Bearer ${token}`];
  };
  return Object.fromEntries(await Promise.all(bearers.map(sign))) as Record<Bearer, string | null>;
} // prettier-ignore
