import type { Machine } from '../machine.ts';
import type { Move } from '../payment/moves.ts';
import { accept } from './accept.ts';
import { apply, openBooking } from './apply.ts';
import type { BookingCommand, BookingFact, BookingInput, BookingState } from './booking.ts';
import { bookingCommands, parseBookingCommand } from './commands.ts';
import { next } from './next.ts';
import type { BookingView } from './view.ts';
import { columns, view } from './view.ts';

/** The booking as a machine: paid up front, held for the window, transferred once, followed through the bank's disputes. */
export const bookingMachine: Machine<
  BookingInput,
  BookingState,
  BookingCommand,
  BookingFact,
  Move,
  BookingView
> = {
  kind: 'booking',
  commands: bookingCommands,
  open: openBooking,
  parse: parseBookingCommand,
  accept,
  apply,
  next,
  view,
  columns,
};
