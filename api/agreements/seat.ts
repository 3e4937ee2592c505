import { AppError } from '../../domain/errors.ts';
import type { SeatAnswer } from '../../store/seats.ts';

/** Why nobody can sit there. */
export const slotTaken = (answer: Exclude<SeatAnswer, 'taken'>, label: string | null): AppError =>
  new AppError(
    'slot_taken',
    answer === 'full' ? 'Every seat at this time is taken' : `The seat "${label}" at this time is taken`,
  );
