import { expect } from 'vitest';
import { iso } from '../../domain/time.ts';
import type { Answer, Place } from './callers.ts';
import { eventually } from './eventually.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** The lesson as the API shows it. */
export interface ShownLesson {
  readonly id: string;
  readonly state: string;
  readonly cancelledBy: string | null;
  readonly cancelReason: string | null;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly attendance: Readonly<Record<'student' | 'tutor', { readonly joinedAt: string | null; readonly leftAt: string | null }>>;
  readonly payment: Record<string, number> & {
    readonly state: string;
    readonly paymentIntentId: string;
    readonly chargeId: string;
    readonly transferId: string | null;
    readonly payoutId: string | null;
    readonly chargedAt: string | null;
    readonly legacyStatus: string;
    readonly clientSecret: string | null;
  };
  readonly needsAttention: { readonly reason: string; readonly operation: string; readonly commands: string[] } | null;
  readonly rejected: { readonly name: string; readonly code: string }[];
  readonly nextWakeAt: string | null;
} // prettier-ignore

/** An account that can receive money; its Stripe id is answered. */
export async function openAccount(house: Place, id = `tut_${crypto.randomUUID().slice(0, 8)}`): Promise<{ id: string; stripeId: string }> {
  const body = { id, email: 'tutor@example.org', country: 'US', type: 'express', onboarded: true };
  const answer = await house.request('POST', '/api/accounts', { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return { id, stripeId: String(answer.body['stripeAccountId']) };
} // prettier-ignore

/** The body of a booking: a lesson in a day, 25 minutes, 4.50, paid by card. */
export function booking(house: Place, account: string, changes: Record<string, unknown> = {}) {
  const startsAt = Math.ceil((house.clock.now() + 24 * hourMs) / 1000) * 1000;
  return {
    id: `les_${crypto.randomUUID().slice(0, 12)}`,
    amount: 450,
    currency: 'usd',
    startsAt: iso(startsAt),
    endsAt: iso(startsAt + 25 * minuteMs),
    student: { id: 'stu_1', email: 's@example.org', name: 'S', paymentMethod: 'pm_card_visa' },
    tutor: { id: 'tut_1', account },
    ...changes,
  };
}

export async function book(
  house: Place,
  account: string,
  changes: Record<string, unknown> = {},
): Promise<ShownLesson> {
  const answer = await house.request('POST', '/api/lessons', {
    role: 'app',
    body: booking(house, account, changes),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body as unknown as ShownLesson;
}

export async function show(house: Place, id: string): Promise<ShownLesson> {
  const answer = await house.request('GET', `/api/lessons/${id}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as ShownLesson;
}

/** A command as the app or an admin sends it; each gets a key of its own unless one is given. */
export function command(
  house: Place,
  id: string,
  name: string,
  body: unknown,
  key: string = crypto.randomUUID(),
): Promise<Answer> {
  const isAdmin = ['resolve', 'retry', 'skip', 'capture', 'release', 'refund', 'sync'].includes(name);
  const path = isAdmin ? `/api/admin/lessons/${id}/${name}` : `/api/lessons/${id}/${name}`;
  return house.request('POST', path, { body, key, role: isAdmin ? 'admin' : 'app' });
}

export async function travel(house: Place, to: number | string): Promise<void> {
  const body = typeof to === 'number' ? { to: iso(to) } : { by: to };
  const answer = await house.request('POST', '/_dev/travel', { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

/** The lesson when the condition holds; fails after `withinMs` of real time with what it last saw. */
export const until = (
  house: Place,
  id: string,
  isSo: (lesson: ShownLesson) => boolean,
  withinMs?: number,
): Promise<ShownLesson> => eventually(() => show(house, id), isSo, withinMs);

interface SimRequest {
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string | null;
  readonly status: number;
}

/** Every write that reached the simulator, oldest first. */
export async function writes(house: Place, path: RegExp): Promise<SimRequest[]> {
  const { data } = (await house.sim('GET', '/requests')) as { data: SimRequest[] };
  return data.filter((one) => one.method === 'POST' && path.test(one.path));
}
