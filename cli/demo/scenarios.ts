import type { Instant } from '../../domain/time.ts';
import type { Money } from '../views.ts';

/** One thing somebody does, at a time counted from the hour of the demo. */
export type Act = Command | BankAct;

/** What is told to the API. */
interface Command {
  readonly atMs: number;
  /** `join`, `cancel`, … as in the API; `resolve` is the operator's. */
  readonly command: string;
  /** The body of the command at the moment it is given. */
  readonly body: (at: string) => Readonly<Record<string, unknown>>;
}

/** What the payer's bank does, and what the payee owes the platform then. */
export interface BankAct {
  readonly atMs: number;
  readonly bank: 'dispute' | 'win';
  readonly debt: number;
}

/** One agreement of the demo: what is booked, who does what, and what must become of the money. */
interface Story {
  readonly name: string;
  readonly title: string;
  readonly amount: number;
  readonly minutes: number;
  readonly policy: string;
  readonly acts: readonly Act[];
  readonly state: string;
  readonly figures: Partial<Money>;
}

/** A lesson, which is booked at once and starts at the hour of the demo. */
export interface LessonScenario extends Story {
  readonly kind: 'lesson';
  readonly paymentMethod: string;
}

/** A booking, which may be made and start later than the others; null: it is made at once. */
export interface BookingScenario extends Story {
  readonly kind: 'booking';
  readonly bookedAtMs: number | null;
  readonly startsAtMs: number;
}

export type Scenario = LessonScenario | BookingScenario;

/** The policies the demo brings along; the others are lived by the default one. */
export const demoPolicies = {
  demo_pro_rata: { kind: 'lesson', earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1M' } },
  demo_ten_percent: { kind: 'lesson', platformFeeBps: 1000 },
} as const;

const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

const join = (party: string, atMs: number): Act => ({ atMs, command: 'join', body: (at) => ({ party, at }) });
const both = (atMs: number): Act[] => [join('student', atMs), join('tutor', atMs)];
const calledAt = 2 * minuteMs + 24_000;
const hungUpAt = 3 * minuteMs + 21_000;

const lesson = { kind: 'lesson', minutes: 60, paymentMethod: 'pm_card_visa', policy: 'default' } as const;

/** Six lessons at the same hour, each with an ending of its own. */
export const lessonScenarios: readonly LessonScenario[] = [
  {
    ...lesson,
    name: 'short-call',
    title:
      'A call of 57 seconds in a lesson of 25 minutes: charged in full, ended once although both ends arrive',
    amount: 450,
    minutes: 25,
    acts: [
      ...both(calledAt),
      { atMs: hungUpAt, command: 'call-end', body: (at) => ({ party: 'student', at }) },
      { atMs: hungUpAt, command: 'end', body: (leftAt) => ({ party: 'tutor', leftAt }) },
    ],
    state: 'completed',
    figures: {
      authorized: 450,
      captured: 450,
      feeEarned: 90,
      transferred: 360,
      paidOut: 360,
      released: 0,
      refunded: 0,
    },
  },
  {
    ...lesson,
    name: 'no-show',
    title: 'The student does not come: the tutor waited and is paid',
    amount: 2000,
    acts: [join('tutor', 0)],
    state: 'completed',
    figures: { captured: 2000, feeEarned: 400, transferred: 1600, paidOut: 1600, released: 0, refunded: 0 },
  },
  {
    ...lesson,
    name: 'late-cancel',
    title: 'Cancelled 12 hours before: half is charged, half of the hold is released',
    amount: 4000,
    acts: [{ atMs: -12 * hourMs, command: 'cancel', body: () => ({ by: 'student', reason: 'ill' }) }],
    state: 'cancelled',
    figures: {
      captured: 2000,
      feeEarned: 400,
      transferred: 1600,
      paidOut: 1600,
      released: 2000,
      refunded: 0,
    },
  },
  {
    ...lesson,
    name: 'split',
    title: 'Disputed, and split by an operator: a third to the tutor',
    amount: 4999,
    policy: 'demo_ten_percent',
    acts: [
      ...both(0),
      { atMs: 10 * minuteMs, command: 'dispute', body: () => ({ by: 'student', reason: 'no sound' }) },
      {
        atMs: 30 * minuteMs,
        command: 'evidence',
        body: () => ({ by: 'tutor', statement: 'I heard the student well' }),
      },
      {
        atMs: 3 * hourMs,
        command: 'resolve',
        body: () => ({ outcome: 'split', payeeBps: 3333, reason: 'half the lesson was lost' }),
      },
    ],
    state: 'completed',
    figures: {
      captured: 1666,
      feeEarned: 167,
      transferred: 1499,
      paidOut: 1499,
      released: 3333,
      refunded: 0,
    },
  },
  {
    ...lesson,
    name: 'declined',
    title: 'The card is declined and nobody gives another: cancelled at the pay deadline',
    amount: 3000,
    paymentMethod: 'pm_card_chargeDeclined',
    acts: [],
    state: 'cancelled',
    figures: {
      authorized: 0,
      captured: 0,
      feeEarned: 0,
      transferred: 0,
      paidOut: 0,
      released: 0,
      refunded: 0,
    },
  },
  {
    ...lesson,
    name: 'pro-rata',
    title: 'Charged by the minute: 20 of 60',
    amount: 3000,
    policy: 'demo_pro_rata',
    acts: [
      ...both(0),
      { atMs: 20 * minuteMs, command: 'call-end', body: (at) => ({ party: 'student', at }) },
    ],
    state: 'completed',
    figures: { captured: 1000, feeEarned: 200, transferred: 800, paidOut: 800, released: 2000, refunded: 0 },
  },
];

const earliestMs = 26 * hourMs;
const slotHour = 23;

/** The next 23:00 UTC that leaves room for a cancellation 12 hours before, in the tier that costs half. */
export function slotAfter(now: Instant): Instant {
  const day = new Date(now + earliestMs);
  day.setUTCHours(slotHour, 0, 0, 0);
  return day.getTime() < now + earliestMs ? day.getTime() + 24 * hourMs : day.getTime();
}
