import { expect } from 'vitest';
import type { Alert } from '../../store/alerts.ts';
import type { House } from './house.ts';

/** Something that goes wrong between us and Stripe, and how often it must for one call of ours to fail. */
export interface Trouble {
  readonly fault: { readonly kind: string } & Readonly<Record<string, unknown>>;
  readonly times: number;
}

/** One request as it reached Stripe. */
export interface LoggedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, never>>;
  readonly idempotencyKey: string | null;
  readonly account: string | null;
  readonly status: number | null;
  readonly replayed: boolean;
  readonly fault: string | null;
}

/** Longer than the time a house with `impatientMs` waits for Stripe: the request is executed when nobody listens. */
export const impatientMs = 1_500;
const zombieMs = 3_000;

/** The ways in which one answer of Stripe can fail to be a yes. The SDK itself repeats a lost connection once. */
export const troubles = {
  'connection lost before the effect': { fault: { kind: 'drop_before' }, times: 2 },
  'connection lost after the effect': { fault: { kind: 'drop_after' }, times: 2 },
  'answer cut off after the effect': { fault: { kind: 'cut_body_after' }, times: 1 },
  'stored 500 after the effect': { fault: { kind: 'status_after', status: 500 }, times: 1 },
  'stored 500 without effect': { fault: { kind: 'status_before', status: 500 }, times: 1 },
  'rate limit': { fault: { kind: 'rate_limit' }, times: 1 },
  'lock timeout': { fault: { kind: 'lock_timeout' }, times: 1 },
  'key in use': { fault: { kind: 'key_in_use' }, times: 1 },
  'executed after our retry': { fault: { kind: 'delay', ms: zombieMs }, times: 1 },
} as const satisfies Readonly<Record<string, Trouble>>;

/** Where a fault strikes. */
export interface Target {
  readonly method?: 'GET' | 'POST' | '*';
  readonly path: string;
  readonly account?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly nth?: number;
}

export async function arm(house: House, target: Target, { fault, times }: Trouble): Promise<void> {
  await house.sim('POST', '/faults', { method: 'POST', ...target, fault, times });
}

/**
 * From now on Stripe does nothing and answers nothing of use there, until `calm`. Lost connections would say the same,
 * and take half a second each.
 */
export async function cutOff(house: House, target: Target = { path: '/v1/*' }): Promise<void> {
  const unavailable = { fault: { kind: 'status_before', status: 503 }, times: 100_000 };
  await arm(house, { ...target, method: 'GET' }, unavailable);
  await arm(house, { ...target, method: 'POST' }, { fault: { kind: 'rate_limit' }, times: 100_000 });
}

export async function calm(house: House): Promise<void> {
  await house.sim('DELETE', '/faults');
}

/** Takes the faults away; a finite one that never struck proves nothing, so it fails the test. */
export async function assertStruck(house: House): Promise<void> {
  const { data } = (await house.sim('GET', '/faults')) as { data: { struck: number; times: number }[] };
  for (const { struck, times } of data) expect(struck, 'times the fault struck').toBe(times);
  expect(data.length).toBeGreaterThan(0);
  await calm(house);
}

export async function requests(house: House): Promise<LoggedRequest[]> {
  return ((await house.sim('GET', '/requests')) as { data: LoggedRequest[] }).data;
}

/** Whether Stripe did what was asked: a replay does nothing, and some answers hide what was done. */
export const tookEffect = ({ status, replayed, fault }: LoggedRequest): boolean =>
  !replayed && (status === 200 || fault === 'status_after');

/** Time passes for everyone but the worker, which is not there; the lessons wake when it is back. */
export async function passWithoutWorker(house: House, to: number): Promise<void> {
  const byMs = to - house.clock.now();
  await house.stopWorker();
  await house.store.setClockOffsetMs((await house.store.clockOffsetMs()) + byMs);
  await house.clock.refresh();
  await house.sim('POST', '/clock/advance', { seconds: byMs / 1000 });
  await house.startWorker();
}

/** The alerts about one lesson, of one type, open or not, newest first. */
export async function alertsOf(
  house: House,
  { id }: { readonly id: string },
  type: string,
): Promise<Alert[]> {
  return (await house.store.listAlerts({ subject: `lesson:${id}`, type, limit: 100 })).rows;
}
