import type { BookingScenario } from './scenarios.ts';
import { hourMs } from './scenarios.ts';

const dayMs = 24 * hourMs;
/** Long after the money has reached the provider's bank; card networks let payers dispute for months. */
const disputedAt = 60 * dayMs;
/** Two bookings are settled by then, and the evidence went out two days before the bank's deadline of a week. */
const wonAt = disputedAt + 5 * dayMs + 12 * hourMs;

const booking = { kind: 'booking', minutes: 60, policy: 'default', bookedAtMs: null, startsAtMs: 0 } as const;
const session = { ...booking, amount: 5000, state: 'completed' } as const;
/** The provider's account gives half of each payment towards a debt at most (policy debtNetting). */
const halfNetted = { captured: 5000, feeEarned: 500, netted: 2250, transferred: 2250, paidOut: 2250 };

/** One booking disputed on the platform, and one charged back long after the payout, with the two that pay for it. */
export const bookingScenarios: readonly BookingScenario[] = [
  {
    ...booking,
    name: 'booking-split',
    title: 'A booking disputed within three days of the session, and split: a third to the provider',
    amount: 4999,
    acts: [
      {
        atMs: 5 * hourMs,
        command: 'dispute',
        body: () => ({ by: 'attendee', reason: 'half the session was lost' }),
      },
      {
        atMs: 26 * hourMs,
        command: 'evidence',
        body: () => ({ by: 'provider', statement: 'The line broke on the other side' }),
      },
      {
        atMs: 30 * hourMs,
        command: 'resolve',
        body: () => ({ outcome: 'split', payeeBps: 3333, reason: 'both sides heard' }),
      },
    ],
    state: 'completed',
    figures: { captured: 4999, feeEarned: 167, transferred: 1499, paidOut: 1499, refunded: 3333, held: 0 },
  },
  {
    ...session,
    name: 'charged-back',
    title: 'Charged back on day 60, when the provider has the money: a debt, then won and paid again',
    acts: [
      { atMs: disputedAt, bank: 'dispute', debt: 4500 },
      { atMs: wonAt, bank: 'win', debt: 0 },
    ],
    figures: {
      captured: 5000,
      feeEarned: 500,
      transferred: 9000,
      paidOut: 9000,
      advanced: 4500,
      disputed: 0,
      refunded: 0,
      held: 0,
    },
  },
  {
    ...session,
    name: 'first-after-debt',
    title: 'The next booking of the provider: half of the payment is kept against the debt',
    bookedAtMs: disputedAt + 2 * hourMs,
    startsAtMs: disputedAt + dayMs,
    acts: [],
    figures: halfNetted,
  },
  {
    ...session,
    name: 'second-after-debt',
    title: 'And the one after it: the debt is paid',
    bookedAtMs: disputedAt + 2 * hourMs,
    startsAtMs: disputedAt + 2 * dayMs,
    acts: [],
    figures: halfNetted,
  },
];
