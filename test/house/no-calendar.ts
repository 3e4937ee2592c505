import type { Calendar } from '../../activities/calendar/calendar.ts';

const nobody = (): Promise<never> => Promise.reject(new Error('A lesson asks no calendar'));

/** For lives of lessons, which have no calendar: whoever asks it has lost the way. */
export const noCalendar: Calendar = { find: nobody, book: nobody, move: nobody, cancel: nobody };
