import type { Instant } from '../../domain/time.ts';

/**
 * What is booked: one slot for one attendee. `operation` is our journal key; it travels in the booking's metadata, so
 * that a booking whose answer was lost is found again.
 */
export interface CalendarRequest {
  readonly operation: string;
  readonly workflowId: string;
  readonly eventTypeId: number;
  readonly username: string;
  readonly startsAt: Instant;
  readonly durationMinutes: number;
  readonly attendee: { readonly name: string; readonly email: string; readonly timeZone: string };
}

/** What it takes to find what a request booked. */
export type CalendarSearch = Pick<CalendarRequest, 'operation' | 'eventTypeId' | 'attendee'>;

/** A booking as the calendar has it; one the host turned down counts as cancelled. */
export interface CalendarBooking {
  readonly uid: string;
  readonly startsAt: Instant;
  readonly status: 'accepted' | 'cancelled';
}

/** A calendar outside. It forgets no booking, but may answer none: every call ends in its promise, `CalendarUnclear` or `CalendarRefused`. */
export interface Calendar {
  /** What this operation booked, wherever it was moved since; null where it booked nothing. */
  find(search: CalendarSearch): Promise<CalendarBooking | null>;
  /** Books once asked; asked again it books again, so `find` comes first whenever an answer was lost. */
  book(request: CalendarRequest): Promise<CalendarBooking>;
  /** Moves a booking, which gets a new uid. The same move again answers the first one's booking. */
  move(uid: string, startsAt: Instant, reason: string): Promise<CalendarBooking>;
  /** Sees to it that the booking, and whatever it was moved to, no longer stands. */
  cancel(uid: string, reason: string): Promise<void>;
}

/** No clear answer: it may have happened or not. */
export class CalendarUnclear extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'CalendarUnclear';
  }
}

/** A definite no: nothing of the kind happened. `code` is for machines, `detail` for people. */
export class CalendarRefused extends Error {
  readonly code: string;
  readonly detail: string;

  constructor(code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'CalendarRefused';
    this.code = code;
    this.detail = detail;
  }
}
