import { expect } from 'vitest';
import { iso } from '../../domain/time.ts';
import type { House } from '../house/house.ts';
import { hourMs, openAccount } from '../house/lessons.ts';

/** The booking as the API shows it, as far as these tests look. */
export interface ShownBooking {
  readonly id: string;
  readonly state: string;
  readonly status: string;
  readonly payment: {
    readonly paymentIntentId: string | null;
    readonly captured: number;
    readonly refunded: number;
    readonly held: number;
  };
}

/** A booking that waits for its customer. */
export interface ToPay {
  readonly id: string;
  readonly session: string;
  /** Where its customer pays. */
  readonly url: string;
}

/** What every session here costs, in cents. */
export const price = 4_500;

/** A provider who can be paid, with one event type. */
export async function openProvider(house: House): Promise<string> {
  const { id: account } = await openAccount(house);
  const id = `prov_${crypto.randomUUID().slice(0, 8)}`;
  const eventTypes = [{ id: 7, title: 'Chess for beginners', duration: 90, seats: 1 }];
  const body = { id, username: id.replace('_', '-'), account, defaultPrice: price, currency: 'usd', eventTypes };
  const answer = await house.request('POST', '/api/providers', { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return id;
} // prettier-ignore

let booked = 0;

/** Books a session; each one has a slot of its own. */
export async function book(
  house: House,
  provider: string,
  uiMode: 'hosted' | 'embedded' | 'elements',
): Promise<ToPay> {
  booked += 1;
  const startTime = iso(Math.ceil(house.clock.now() / 1_000) * 1_000 + (24 + 2 * booked) * hourMs);
  const attendee = { name: 'Grace <b>Hopper</b>', email: 'grace@example.org', timeZone: 'America/New_York' };
  const body = { provider, eventTypeId: 7, startTime, duration: 90, attendee, uiMode };
  const answer = await house.request('POST', '/api/bookings', { body, role: 'app' });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  const { booking, checkout } = answer.body as unknown as {
    booking: { id: string };
    checkout: { sessionId: string; url: string };
  };
  return { id: booking.id, session: checkout.sessionId, url: checkout.url };
}

export async function show(house: House, id: string): Promise<ShownBooking> {
  const answer = await house.request('GET', `/api/bookings/${id}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as ShownBooking;
}

/** Waits until the booking is in this state; fails with what it last was. */
export async function until(house: House, id: string, state: string): Promise<ShownBooking> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const booking = await show(house, id);
    if (booking.state === state) return booking;
    if (Date.now() > deadline) throw new Error(`It never came to ${state}: ${JSON.stringify(booking, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
} // prettier-ignore

/** Every charge that succeeded for a booking, in cents. */
export async function charges(house: House, id: string): Promise<number[]> {
  const { paymentIntentId } = (await show(house, id)).payment;
  if (paymentIntentId === null) return [];
  const { data } = await house.stripe.charges.list({ payment_intent: paymentIntentId, limit: 100 });
  return data.filter(({ status }) => status === 'succeeded').map(({ amount }) => amount);
}

/** What cardholders have paid in all, in cents. */
export async function taken(house: House): Promise<number> {
  const { outside } = (await house.sim('GET', '/books')) as { outside: Record<string, { usd?: number }> };
  return 0 - (outside['cardholders']?.usd ?? 0);
}
