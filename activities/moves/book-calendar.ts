import type { MoveOf } from '../../domain/payment/moves.ts';
import type { CalendarBooking, CalendarRequest } from '../calendar/calendar.ts';
import { attendeeOf } from '../offer.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';

/** Books the seat in the provider's own calendar (B4). A calendar has no idempotency keys, so it is read before a retry. */
export const bookCalendar: Verb<MoveOf<'bookCalendar'>> = {
  readsFirst: true,

  async find(attempt) {
    const found = await attempt.ports.calendar.find(await requestOf(attempt));
    return found?.status === 'accepted' ? booked(attempt, found) : null;
  },

  async make(attempt) {
    return booked(attempt, await attempt.ports.calendar.book(await requestOf(attempt)));
  },
};

/** What is asked of the calendar: always the same for one operation. */
async function requestOf({
  ports,
  workflowId,
  move,
  key,
}: Attempt<MoveOf<'bookCalendar'>>): Promise<CalendarRequest> {
  const { eventTypeId, username, startsAt, durationMinutes } = move;
  const attendee = await attendeeOf(ports, workflowId);
  return { operation: key, workflowId, eventTypeId, username, startsAt, durationMinutes, attendee };
}

/** A booking the calendar confirmed, at the time it really stands. */
export const booked = (
  { ports }: Pick<Attempt<MoveOf<'bookCalendar'>>, 'ports'>,
  { uid, startsAt }: CalendarBooking,
): Outcome => ({
  fact: { type: 'calendarBooked', at: ports.clock.now(), uid, startsAt },
  objects: [],
  requestId: null,
  effect: true,
});
