import { operationKey } from '../../domain/payment/moves.ts';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { attendeeOf, bookingOf } from '../offer.ts';
import type { Attempt, Verb } from '../operation.ts';

type CancelCalendar = MoveOf<'cancelCalendar'>;

/** Gives the seat back to the provider's calendar; one that may have been booked without our hearing is looked for first. */
export const cancelCalendar: Verb<CancelCalendar> = {
  find: () => Promise.resolve(null),

  async make(attempt) {
    const { ports, move } = attempt;
    const uid = move.uid ?? (await unheardOf(attempt));
    if (uid !== null) await ports.calendar.cancel(uid, move.reason);
    const fact = { type: 'calendarCancelled', at: ports.clock.now(), uid } as const;
    return { fact, objects: [], requestId: null, effect: uid !== null };
  },
};

/** A booking whose answer never came, by the operations that may have made it. */
async function unheardOf({ ports, workflowId, task }: Attempt<CancelCalendar>): Promise<string | null> {
  const { input } = bookingOf(task);
  const attendee = await attendeeOf(ports, workflowId);
  const tries = task.state.payment.attempts.bookCalendar ?? 1;
  for (let n = 1; n <= tries; n += 1) {
    const operation = operationKey(workflowId, { type: 'bookCalendar', n });
    const found = await ports.calendar.find({ operation, eventTypeId: input.eventTypeId, attendee });
    if (found?.status === 'accepted') return found.uid;
  }
  return null;
}
