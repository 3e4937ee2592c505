import type { Instant } from '../../domain/time.ts';

/** What really exists in the house, by name, so that requests reach stories and not only their doors. */
export interface Known {
  readonly now: Instant;
  readonly accounts: readonly string[];
  readonly providers: readonly string[];
  readonly policies: readonly string[];
  readonly lessons: readonly string[];
  readonly bookings: readonly string[];
  readonly disputes: readonly string[];
  readonly sessions: readonly string[];
}
