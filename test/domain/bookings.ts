// What the usual booking is, and what comes to it from outside. booking-world.ts lives it, booking-books.ts is its bank.
import type { BookingInput } from '../../domain/booking/booking.ts';
import { currentRules } from '../../domain/booking/booking.ts';
import { minor } from '../../domain/money.ts';
import type { BookingPolicy } from '../../domain/policy.ts';
import { defaultBookingPolicy } from '../../domain/policy.ts';
import type { Instant } from '../../domain/time.ts';
import type { BookingBooks } from './booking-books.ts';
import type { Visit } from './booking-world.ts';
import { ms, utc } from './lessons.ts';
import { hears } from './visits.ts';

export { hears, says } from './visits.ts';

/** The usual booking: $50.00 for half an hour, booked two days ahead and paid five minutes later. */
export const openedAt = utc('2026-11-29T12:00:00Z');
export const paidAt = openedAt + ms('PT5M');
const startsAt = utc('2026-12-01T15:00:00Z');
export const endsAt = utc('2026-12-01T15:30:00Z');
export const windowEnd = endsAt + ms('PT72H');

export interface BookingChoices {
  readonly id?: string;
  readonly terms?: Partial<BookingPolicy>;
  readonly amount?: number;
  readonly currency?: string;
  readonly openedAt?: Instant;
  readonly startsAt?: Instant;
  readonly durationMinutes?: number;
}

/** The input of the usual booking with some choices made otherwise. */
export const bookingInput = (choices: BookingChoices = {}): BookingInput => ({
  rules: currentRules,
  id: choices.id ?? 'bkg_42',
  openedAt: choices.openedAt ?? openedAt,
  amount: minor(choices.amount ?? 5000),
  currency: choices.currency ?? 'usd',
  startsAt: choices.startsAt ?? startsAt,
  durationMinutes: choices.durationMinutes ?? 30,
  eventTypeId: 7,
  seat: null,
  provider: { id: 'prov_1', username: 'ada', account: 'acct_of_ada', stripeAccount: 'acct_1' },
  uiMode: 'elements',
  returnUrl: 'https://example.org/back',
  policy: { id: 'default', version: 1, terms: { ...defaultBookingPolicy, ...choices.terms } },
});

/** Something done at Stripe by someone who is not us, of which no webhook tells. */
export const happens = (at: Instant, what: string, deed: (stripe: BookingBooks) => void): Visit => ({
  at,
  what,
  act: (run) => deed(run.stripe),
});

/** Something done at Stripe that a webhook tells us a second later. */
export const news = (at: Instant, what: string, deed: (stripe: BookingBooks) => void): Visit[] => [
  happens(at, what, deed),
  hears(at + 1_000, what),
];

/** The customer pays in the checkout. */
export const pays = (at: Instant = paidAt): Visit[] =>
  news(at, 'checkout.session.completed', (stripe) => stripe.customerPays());

/** The bank's dispute of the charge; its money is withdrawn at once unless it only asks. */
export const disputes = (at: Instant, amount?: number, isInquiry = false): Visit[] =>
  news(at, 'charge.dispute.created', (stripe) => stripe.openDispute(amount, isInquiry));

/** The bank ends its oldest open dispute. */
export const rules = (at: Instant, status: 'won' | 'lost' | 'warning_closed'): Visit[] =>
  news(at, 'charge.dispute.closed', (stripe) => stripe.closeDispute(status));
