import { expect } from 'vitest';
import { iso } from '../../domain/time.ts';
import type { Answer, Place } from './callers.ts';
import { eventually } from './eventually.ts';
import type { House } from './house.ts';
import { hourMs, minuteMs, openAccount } from './lessons.ts';

/** The booking as the API shows it. */
export interface ShownBooking {
  readonly id: string;
  readonly state: string;
  readonly status: string;
  readonly cancelledBy: string | null;
  readonly cancelReason: string | null;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly attendee: { readonly email: string };
  readonly calendar: { readonly uid: string | null; readonly cancelled: boolean };
  readonly hold: { readonly anchor: string; readonly startedAt: string | null; readonly endsAt: string | null };
  readonly transferAttempts: number;
  readonly payment: Record<string, number> & {
    readonly state: string;
    readonly sessionId: string;
    readonly checkoutStatus: string;
    readonly chargedAt: string | null;
    readonly failureCode: string | null;
    readonly paymentIntentId: string;
    readonly chargeId: string;
    readonly transferId: string | null;
    readonly refundIds: string[];
  };
  readonly bankDisputes: readonly { readonly id: string; readonly status: string }[];
  readonly dispute: { readonly outcome: { readonly outcome: string } | null } | null;
  readonly needsAttention: { readonly reason: string; readonly operation: string; readonly commands: string[] } | null;
} // prettier-ignore

/** A provider with one event type (id 1, an hour, 50.00) and an account that can receive money. */
export interface Provider {
  readonly id: string;
  readonly account: { readonly id: string; readonly stripeId: string };
}

export async function openProvider(house: Place, changes: Record<string, unknown> = {}): Promise<Provider> {
  const account = await openAccount(house);
  const id = `pro_${crypto.randomUUID().slice(0, 8)}`;
  const body = {
    id,
    username: id.replace('_', '-'),
    account: account.id,
    defaultPrice: 5000,
    currency: 'usd',
    eventTypes: [{ id: 1, title: 'Mentoring', duration: 60, seats: 1 }],
    ...changes,
  };
  const answer = await house.request('POST', '/api/providers', { role: 'app', body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return { id, account };
}

/** How many sessions a house has had; the modules of the tests outlive their houses. */
const hours = new WeakMap<Place, number>();

/** The body of a booking: in two days, each at another hour, paid on Stripe's page. */
export function session(house: Place, provider: Provider, changes: Record<string, unknown> = {}) {
  const hour = (hours.get(house) ?? 0) + 1;
  hours.set(house, hour);
  const startsAt = Math.ceil((house.clock.now() + (48 + hour) * hourMs) / hourMs) * hourMs;
  return {
    id: `bkg_${crypto.randomUUID().slice(0, 12)}`,
    provider: provider.id,
    eventTypeId: 1,
    startTime: iso(startsAt),
    attendee: { name: 'A', email: `a${hour}@example.org`, timeZone: 'Europe/Berlin' },
    ...changes,
  };
}

let minute = 0;

/** A start this many hours from now, give or take one, that no other booking has. */
export function startIn(house: Place, hours: number): string {
  minute += 1;
  return iso((Math.ceil(house.clock.now() / hourMs) + hours) * hourMs + (minute % 60) * minuteMs);
}

/** A checkout that waits for its customer. */
export async function openCheckout(
  house: Place,
  provider: Provider,
  changes: Record<string, unknown> = {},
): Promise<ShownBooking> {
  const body = session(house, provider, changes);
  const answer = await house.request('POST', '/api/bookings', { role: 'app', body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body['booking'] as unknown as ShownBooking;
}

/** What the customer does at the checkout. */
export async function pay(house: Place, { payment }: ShownBooking, paymentMethod = 'pm_card_visa') {
  await house.sim('POST', `/checkout/sessions/${payment.sessionId}/complete`, { paymentMethod });
}

/** The customer's money arrives although the checkout has expired. */
export async function payLate(house: Place, { payment }: ShownBooking) {
  await house.sim('POST', `/checkout/sessions/${payment.sessionId}/complete`, { late: true });
}

/** A booking that is paid and in the calendar. */
export async function bookPaid(
  house: Place,
  provider: Provider,
  changes: Record<string, unknown> = {},
  paymentMethod = 'pm_card_visa',
): Promise<ShownBooking> {
  const opened = await openCheckout(house, provider, changes);
  await pay(house, opened, paymentMethod);
  return await untilBooking(house, opened.id, ({ calendar }) => calendar.uid !== null);
}

export async function showBooking(house: Place, id: string): Promise<ShownBooking> {
  const answer = await house.request('GET', `/api/bookings/${id}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as ShownBooking;
}

/** A command as the app or an admin sends it; each gets a key of its own unless one is given. */
export function order(
  house: Place,
  id: string,
  name: string,
  body: unknown,
  key = crypto.randomUUID(),
): Promise<Answer> {
  const isAdmin = ['resolve', 'retry', 'skip', 'refund', 'sync'].includes(name);
  const path = isAdmin ? `/api/admin/bookings/${id}/${name}` : `/api/bookings/${id}/${name}`;
  return house.request('POST', path, { body, key, role: isAdmin ? 'admin' : 'app' });
}

/** A command that must be taken; answers what the booking is then. */
export async function ordered(house: Place, id: string, name: string, body: unknown): Promise<ShownBooking> {
  const answer = await order(house, id, name, body);
  expect(answer.status, `${name}: ${JSON.stringify(answer.body)}`).toBe(200);
  return await showBooking(house, id);
}

/** Terms of bookings under this name: what stands in `changes`, else the built-in ones. */
export async function setTerms(house: Place, id: string, changes: Record<string, unknown>): Promise<void> {
  const body = { kind: 'booking', ...changes };
  const answer = await house.request('PUT', `/api/admin/policies/${id}`, { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
}

/** Every message to people about a booking, as `kind address`, sorted. */
export async function mailsOf(house: Place, id: string): Promise<string[]> {
  const mails: { kind: string; to: string | null; agreement: string }[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `?cursor=${cursor}`;
    const answer = await house.request('GET', `/_dev/outbox${query}`);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    mails.push(...(answer.body['data'] as unknown as typeof mails));
    cursor = answer.body['nextCursor'] as unknown as string | null;
  } while (cursor !== null);
  const own = mails.filter(({ agreement, kind }) => agreement === `booking:${id}` && kind !== 'admin_alert');
  return own.map(({ kind, to }) => `${kind} ${to}`).toSorted();
}

/** The types of the alerts about a booking that nobody has resolved, sorted. */
export async function openAlertsOf(house: Place, id: string): Promise<string[]> {
  const query = `subject=${encodeURIComponent(`booking:${id}`)}&resolved=false&limit=100`;
  const answer = await house.request('GET', `/api/admin/alerts?${query}`);
  const data = answer.body['data'] as unknown as { type: string }[];
  return data.map(({ type }) => type).toSorted();
}

/** When the provider's calendar has this booking: one instant for each time it stands there. */
export async function inCalendar(house: House, id: string): Promise<string[]> {
  const answer = await fetch(`${house.calendarUrl}/_cal/bookings`);
  const { data } = (await answer.json()) as {
    data: { status: string; start: string; metadata: Record<string, string> }[];
  };
  const own = data.filter(({ metadata }) => metadata['workflow_id'] === `booking:${id}`);
  return own.filter(({ status }) => status === 'accepted').map(({ start }) => start);
}

/** The booking when the condition holds; fails after `withinMs` of real time with what it last saw. */
export const untilBooking = (
  house: Place,
  id: string,
  isSo: (booking: ShownBooking) => boolean,
  withinMs?: number,
): Promise<ShownBooking> => eventually(() => showBooking(house, id), isSo, withinMs);
