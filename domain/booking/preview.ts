import type { Minor } from '../money.ts';
import type { Course, Message, PreviewRow } from '../payment/preview.ts';
import { decisionTakesMs, lived, news } from '../payment/preview.ts';
import type { BookingPolicy } from '../policy.ts';
import type { Instant } from '../time.ts';
import { durationMs } from '../time.ts';
import { currentRules } from './booking.ts';
import { bookingMachine } from './machine.ts';

/** A booking somebody thinks of making at `now` under these terms; amount and times are ones the API would take. */
export interface PreviewQuestion {
  readonly terms: BookingPolicy;
  readonly amount: Minor;
  readonly currency: string;
  readonly startsAt: Instant;
  readonly durationMinutes: number;
  readonly now: Instant;
}

/** What the terms mean: one row per course of events, lived by the very machine that settles real bookings. */
export function previewBooking(question: PreviewQuestion): PreviewRow[] {
  return coursesOf(question).flatMap((course) => courseLived(course, question) ?? []);
}

/** The courses worth showing: those that can still happen at `now`. */
function coursesOf({ terms, startsAt, durationMinutes, now }: PreviewQuestion): Course[] {
  const paid: Message = [now, news, {}];
  const endsAt = startsAt + durationMinutes * 60_000;
  const windowEndsAt = (terms.hold.anchor === 'payment' ? now : endsAt) + durationMs(terms.hold.for);
  const disputedAt = Math.max(now, Math.min(endsAt, windowEndsAt - 1));
  const resolvedAt = disputedAt + Math.min(decisionTakesMs, durationMs(terms.dispute.resolveAfter) - 1);
  const absent = (party: string): Message => [startsAt, 'noShow', { party }];
  const cancelled = (course: string, by: string, before: string): Course[] => {
    const at = startsAt - Math.max(1, durationMs(before));
    return at < now ? [] : [[course, paid, [at, 'cancel', { by, reason: 'preview' }]]];
  };
  const disputed = (outcome: string, share: object = {}): Course => [
    `dispute_${outcome}`,
    paid,
    [disputedAt, 'dispute', { by: 'attendee', reason: 'preview' }],
    [resolvedAt, 'resolve', { outcome, reason: 'preview', ...share }],
  ];
  return [
    ['held', paid],
    ['no_show_attendee', paid, absent('attendee')],
    ['no_show_provider', paid, absent('provider')],
    ['no_show_both', paid, absent('attendee'), absent('provider')],
    ...terms.cancelTiers.flatMap(({ atLeastBeforeStart: before }) =>
      cancelled(`cancelled_by_attendee:${before}`, 'attendee', before),
    ),
    ...cancelled('cancelled_by_provider', 'provider', 'PT0S'),
    disputed('release'),
    disputed('refund'),
    disputed('split', { payeeBps: 5000 }),
    ['unpaid'],
  ];
}

function courseLived(
  course: Course,
  { terms, now: openedAt, ...booked }: PreviewQuestion,
): PreviewRow | null {
  const policy = { id: 'preview', version: 1, terms };
  const provider = { id: 'provider', username: 'provider', account: 'account', stripeAccount: 'account' };
  const place = { eventTypeId: 1, seat: null, uiMode: 'hosted' as const, returnUrl: '' };
  const input = { ...booked, ...place, openedAt, id: 'preview', rules: currentRules, provider, policy };
  return lived(bookingMachine, input, course);
}
