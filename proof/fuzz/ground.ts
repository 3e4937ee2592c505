import { iso } from '../../domain/time.ts';
import type { Doors } from './doors.ts';
import { until } from './doors.ts';
import type { Target } from './target.ts';

const hourMs = 3_600_000;

/** The payee and the provider of everything that is laid down here. */
export const payee = 'fuzz_payee';
export const provider = 'fuzz_provider';

/** The built-in terms of each kind, under names that nobody else changes. */
const plain = { lesson: 'fuzz_plain_lesson', booking: 'fuzz_plain_booking' } as const;

/** Opens the account and the provider that stories of a hunt are about; the same names in every house, for one seed. */
export async function settle({ order }: Doors): Promise<void> {
  const account = { id: payee, email: 'payee@example.org', country: 'US', type: 'express', onboarded: true };
  await order('POST', '/api/accounts', account);
  const eventTypes = [{ id: 1, title: 'Class', duration: 60, seats: 1_000 }];
  const offered = { id: provider, username: 'fuzz.provider', account: payee, defaultPrice: 5_000, currency: 'usd', eventTypes };
  await order('POST', '/api/providers', offered);
  // What others were allowed to change before must not change what these stories come to.
  for (const [kind, name] of Object.entries(plain)) await order('PUT', `/api/admin/policies/${name}`, { kind });
  for (const whose of [`/accounts/${payee}/unfreeze`, '/unfreeze'])
    await order('POST', `/api/admin${whose}`, { reason: 'A new hunt begins' });
} // prettier-ignore

/** When a lesson begins and ends: in a day, for 25 minutes. */
export interface Hour {
  readonly startsAt: string;
  readonly endsAt: string;
}

/** One time for all that begin together, so that one journey settles them. */
export function tomorrow({ clock }: Target): Hour {
  const startsAt = Math.ceil((clock.now() + 24 * hourMs) / hourMs) * hourMs;
  return { startsAt: iso(startsAt), endsAt: iso(startsAt + 25 * 60_000) };
}

/** A lesson of 4.50, held on a card unless another is named. */
export async function bookLesson(
  { order }: Doors,
  id: string,
  hour: Hour,
  paymentMethod = 'pm_card_visa',
): Promise<{ readonly paymentIntentId: string }> {
  const student = { id: 'fuzz_student', email: 's@example.org', name: 'S', paymentMethod };
  const tutor = { id: 'fuzz_tutor', account: payee };
  const policy = plain.lesson;
  await order('POST', '/api/lessons', { id, amount: 450, currency: 'usd', ...hour, student, tutor, policy });
  // It may have been answered before Stripe was.
  const look = async () => (await order('GET', `/api/lessons/${id}`))['payment'] as { paymentIntentId: string | null };
  const { paymentIntentId } = await until(look, (payment) => payment.paymentIntentId !== null);
  return { paymentIntentId: paymentIntentId ?? '' };
} // prettier-ignore

/** What a booking shows of itself that its customer and its bank need. */
interface ShownBooking {
  readonly calendar: { readonly uid: string | null };
  readonly hold: { readonly endsAt: string | null };
  readonly payment: {
    readonly sessionId: string | null;
    readonly chargeId: string | null;
    readonly [figure: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** A booking of 50.00 whose checkout waits for its customer. */
export async function openCheckout({ order }: Doors, id: string, { startsAt }: Hour): Promise<ShownBooking> {
  const attendee = { name: 'A', email: `${id}@example.org`, timeZone: 'Europe/Berlin' };
  const asked = { id, provider, eventTypeId: 1, startTime: startsAt, attendee, policy: plain.booking };
  await order('POST', '/api/bookings', asked);
  const look = async () => (await order('GET', `/api/bookings/${id}`)) as ShownBooking;
  return await until(look, ({ payment }) => payment.sessionId !== null);
}

/** A booking of 50.00 that is paid and stands in the calendar. */
export async function bookPaid(doors: Doors, id: string, hour: Hour): Promise<ShownBooking> {
  const { payment } = await openCheckout(doors, id, hour);
  await doors.sim('POST', `/checkout/sessions/${payment.sessionId}/complete`, {
    paymentMethod: 'pm_card_visa',
  });
  const look = async () => (await doors.order('GET', `/api/bookings/${id}`)) as ShownBooking;
  return await until(look, ({ calendar }) => calendar.uid !== null);
}

/** The bank questions the charge of a booking; answers the dispute's id once its story knows of it. */
export async function accuse({ order, sim }: Doors, { payment }: ShownBooking): Promise<string> {
  const { id } = (await sim('POST', '/disputes', { charge: payment.chargeId, reason: 'fraudulent' })) as {
    id: string;
  };
  const look = async () => (await order('GET', '/api/disputes?limit=100'))['data'] as { id: string; stripeStatus: unknown }[];
  await until(look, (all) => all.some((one) => one.id === id && one.stripeStatus !== null));
  return id;
} // prettier-ignore

/** To this time, or so far, on every clock of the house; answers once it has come to rest. */
export async function travel({ order }: Doors, to: string): Promise<void> {
  await order('POST', '/_dev/travel', /^-?P/.test(to) ? { by: to } : { to });
}
