import type { Instant } from './time.ts';

/** The present moment as a process sees it: the wall clock, or in demo mode the travelled one. */
export interface Clock {
  now(): Instant;
}
