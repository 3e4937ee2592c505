import type { BookingPolicy, LessonPolicy } from '../../domain/policy.ts';
import type { Instant } from '../../domain/time.ts';

/** Something somebody does to one agreement: a party, an admin, the payer's bank, a person in Stripe's dashboard. */
export type Deed =
  | { readonly kind: 'says'; readonly name: string; readonly body: Readonly<Record<string, unknown>>; readonly clicks: number }
  | { readonly kind: 'pays'; readonly paymentMethod: string | null; readonly late: boolean }
  | { readonly kind: 'orders_debit' }
  | { readonly kind: 'fails_to_pay' }
  | { readonly kind: 'captures_by_hand'; readonly share: number }
  | { readonly kind: 'cancels_by_hand' }
  | { readonly kind: 'refunds_by_hand'; readonly share: number }
  | { readonly kind: 'reverses_by_hand'; readonly share: number }
  | { readonly kind: 'accuses'; readonly share: number; readonly isInquiry: boolean; readonly withdraws: boolean; readonly canAnswer: boolean }
  | { readonly kind: 'rules'; readonly verdict: 'win' | 'lose' | 'close' | 'escalate' }
  | { readonly kind: 'warns' }
  | { readonly kind: 'refund_fails' }
  | { readonly kind: 'payout_fails' }
  | { readonly kind: 'account'; readonly becomes: 'active' | 'inactive' | 'frozen' | 'thawed' }; // prettier-ignore

/** A deed and its time. */
export interface Act {
  readonly at: Instant;
  readonly who: string;
  readonly deed: Deed;
}

interface AnyLife {
  readonly id: string;
  readonly opensAt: Instant;
  readonly amount: number;
  readonly currency: string;
  readonly startsAt: Instant;
  /** Which of the batch's payees is paid. */
  readonly payee: number;
  readonly acts: readonly Act[];
}

/** One life as it is planned: what is agreed, and what people and banks will do about it. */
export type LifePlan =
  | (AnyLife & { readonly kind: 'lesson'; readonly endsAt: Instant; readonly paymentMethod: string | null; readonly terms: LessonPolicy })
  | (AnyLife & { readonly kind: 'booking'; readonly durationMinutes: number; readonly terms: BookingPolicy }); // prettier-ignore

/** A span in which Stripe is out of everybody's reach, or hears everything and none of its answers arrives. */
export interface Outage {
  readonly isMute: boolean;
  readonly from: Instant;
  readonly until: Instant;
}

/** Several lives in one world: they share payees, and so debts, Stripe's lists and its silences. */
export interface BatchPlan {
  readonly seed: string;
  readonly lives: readonly LifePlan[];
  readonly outages: readonly Outage[];
  /** Mishaps, by name, that do not strike: what a shrunk story does without. */
  readonly muted: readonly string[];
  /** How often a move is tried before its story is told that nobody knows; absent: as often as in the house. */
  readonly tries?: number;
}

/** When every simulated world begins. */
export const dawn: Instant = Date.parse('2026-12-01T08:00:00Z');

/** What sets a world up at Stripe lies this long before everything its lives make. */
export const nightMs = 3_600_000;
