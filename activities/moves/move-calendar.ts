import type { MoveOf } from '../../domain/payment/moves.ts';
import type { Verb } from '../operation.ts';
import { booked } from './book-calendar.ts';

/** Moves the seat with the booking. The calendar itself finds a move that was made already. */
export const moveCalendar: Verb<MoveOf<'moveCalendar'>> = {
  find: () => Promise.resolve(null),

  async make(attempt) {
    const { ports, move } = attempt;
    return booked(attempt, await ports.calendar.move(move.uid, move.startsAt, 'Rescheduled'));
  },
};
