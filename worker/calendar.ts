import type { Calendar } from '../activities/calendar/calendar.ts';
import { CalendarRefused } from '../activities/calendar/calendar.ts';
import { createCalCom } from '../activities/calendar/cal-com.ts';
import type { Config } from './config.ts';

/** Where the calendar is: what HOLDFAST_CALENDAR_URL says, else the stand-in in demo mode, else nowhere. */
function calendarBase({ demo, calendar }: Config): string | null {
  if (calendar.url !== null) return calendar.url;
  return demo ? `http://127.0.0.1:${calendar.standInPort}` : null;
}

/** Where the stand-in is; null where another calendar is named, which has no controls. */
export const standInBase = (config: Config): string | null =>
  config.calendar.url === null ? calendarBase(config) : null;

/** What the stand-in is called with where no key is set; it keeps nobody out. */
const standInKey = 'cal_demo';

/** The providers' calendar. Without one a paid booking waits for an operator, with an alert that says what is missing. */
export function createCalendar(config: Config): Calendar {
  const baseUrl = calendarBase(config);
  if (baseUrl !== null) return createCalCom({ baseUrl, apiKey: config.calendar.key ?? standInKey });
  const missing = (): Promise<never> =>
    Promise.reject(new CalendarRefused('not_configured', 'HOLDFAST_CALENDAR_URL is not set'));
  return { find: missing, book: missing, move: missing, cancel: missing };
}
