import { expect } from 'vitest';
import { moneyProblem } from '../../domain/payment/books.ts';
import { iso } from '../../domain/time.ts';
import type { Answer, Place } from './callers.ts';

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
  key = crypto.randomUUID(),
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
export async function until(
  house: Place,
  id: string,
  isSo: (lesson: ShownLesson) => boolean,
  withinMs = 10_000,
): Promise<ShownLesson> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const lesson = await show(house, id);
    if (isSo(lesson)) return lesson;
    if (Date.now() > deadline) throw new Error(`It never came to that: ${JSON.stringify(lesson, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

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

/**
 * The books of a house, checked from every side: Stripe's double entry, every lesson's money identity, our ledger
 * against the views, the view against Stripe's objects, and the audit chain. Every money test ends here.
 */
export async function checkBooks(house: Place): Promise<void> {
  const books = (await house.sim('GET', '/books')) as { balanced: boolean; violations: unknown[] };
  expect(books).toMatchObject({ balanced: true, violations: [] });
  expect(await house.store.verifyAudit()).toBeNull();
  for (const { workflowId, id } of (await house.store.listAgreements({ limit: 100 })).rows) {
    const { payment } = await show(house, id);
    const problem = moneyProblem(payment as never);
    expect(problem, `${id}: ${problem}`).toBeNull();
    await checkLedger(house, workflowId, payment);
    if (payment.paymentIntentId !== null) await checkStripe(house, workflowId, payment);
  }
}

async function checkLedger(house: Place, workflowId: string, payment: ShownLesson['payment']): Promise<void> {
  const of = (await house.store.ledgerBalances(workflowId)).reduce<Record<string, number>>(
    (all, { account, amount }) => ({ ...all, [account]: (all[account] ?? 0) + amount }),
    {},
  );
  const shown = {
    charges: -(payment['captured'] ?? 0),
    platform_held: payment['held'],
    platform_fees: payment['feeEarned'],
    refunds: payment['refunded'],
    payee_bank: payment['paidOut'],
  };
  for (const [account, amount] of Object.entries(shown)) {
    expect(of[account] ?? 0, `${workflowId} ${account}`).toBe((amount ?? 0) + 0);
  }
}

/** What we say against what Stripe has: one fate, one transfer, every amount. */
async function checkStripe(house: Place, workflowId: string, payment: ShownLesson['payment']): Promise<void> {
  const intent = await house.stripe.paymentIntents.retrieve(payment.paymentIntentId, {
    expand: ['latest_charge'],
  });
  expect(intent.amount_received, `${workflowId} captured`).toBe(payment['captured']);
  if (payment.state === 'released') expect(intent.status).toBe('canceled');
  const transfers = await house.stripe.transfers.list({ transfer_group: workflowId, limit: 100 });
  expect(transfers.data.length, `${workflowId} transfers`).toBeLessThanOrEqual(1);
  const transferred = transfers.data.reduce((sum, { amount }) => sum + amount, 0);
  expect(transferred, `${workflowId} transferred`).toBe(payment['transferred']);
  const refunds = await house.stripe.refunds.list({ payment_intent: intent.id, limit: 100 });
  const refunded = refunds.data
    .filter(({ status }) => status !== 'failed' && status !== 'canceled')
    .filter(() => intent.status === 'succeeded')
    .reduce((sum, { amount }) => sum + amount, 0);
  const released = (payment['authorized'] ?? 0) - (payment['captured'] ?? 0);
  // Stripe shows the part of a hold that a partial capture let go as refunded (A7); it is no refund of ours.
  expect([payment['refunded'], (payment['refunded'] ?? 0) + released], `${workflowId} refunded`).toContain(
    refunded,
  );
}
