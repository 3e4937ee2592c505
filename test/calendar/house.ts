// Tests of the calendar: the adapter of the worker against the stand-in, over HTTP as in demo mode.
import { createCalCom } from '../../activities/calendar/cal-com.ts';
import type { Calendar, CalendarRequest } from '../../activities/calendar/calendar.ts';
import { CalendarRefused, CalendarUnclear } from '../../activities/calendar/calendar.ts';
import type { CalendarOptions } from '../../simulator/calendar/server.ts';
import { startCalendar } from '../../simulator/calendar/server.ts';

/** Noon of the day on which every test begins. */
export const noon = Date.parse('2026-11-21T12:00:00Z');
export const hour = 3_600_000;

/** A booking of the stand-in, as it shows it to tests. */
export interface Shown {
  readonly uid: string;
  readonly start: string;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A stand-in of its own with a calendar that reaches it. */
export interface CalendarHouse {
  readonly url: string;
  readonly calendar: Calendar;
  /** Uses a control and answers its JSON with the status. */
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Every booking there is, cancelled ones included. */
  shown(): Promise<readonly Shown[]>;
  close(): Promise<void>;
}

export const calendarAt = (baseUrl: string): Calendar =>
  createCalCom({ baseUrl, apiKey: 'cal_test', timeoutMs: 2_000 });

export async function openCalendar(options: CalendarOptions = {}): Promise<CalendarHouse> {
  const running = await startCalendar({ now: () => noon, ...options });
  const { url } = running;
  const control = async (method: string, path: string, body?: unknown) => {
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${url}/_cal${path}`, { method, ...given });
    const read: unknown = await answer.json();
    return { status: answer.status, body: read };
  };
  return {
    url,
    calendar: calendarAt(url),
    control,
    shown: async () => ((await control('GET', '/bookings')).body as { data: readonly Shown[] }).data,
    close: () => running.close(),
  };
}

/** Grace's session tomorrow at one, unless said otherwise. */
export const request = (changes: Partial<CalendarRequest> = {}): CalendarRequest => ({
  operation: 'booking:b1:book',
  workflowId: 'booking:b1',
  eventTypeId: 7,
  username: 'ada',
  startsAt: noon + 25 * hour,
  durationMinutes: 45,
  attendee: { name: 'Grace', email: 'Grace@example.com', timeZone: 'Europe/Berlin' },
  ...changes,
});

/** How a call ended that was to fail. */
export async function failure(call: Promise<unknown>): Promise<CalendarRefused | CalendarUnclear> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof CalendarRefused || error instanceof CalendarUnclear) return error;
  throw new Error('the call did not fail as calls to a calendar do', { cause: error });
}
