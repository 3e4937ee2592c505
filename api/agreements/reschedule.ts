import { slotOf } from '../../domain/booking/booking.ts';
import { AppError } from '../../domain/errors.ts';
import type { Agreement } from '../../store/agreements.ts';
import type { ApiPorts } from '../ports.ts';
import { bookingStateOf } from './booking-face.ts';
import { order } from './command.ts';
import type { Order, OrderResult } from './command.ts';
import { found } from './face.ts';
import { slotTaken } from './seat.ts';

/**
 * Moves a booking: a seat at the new time first, so that nobody is moved to where no room is. It is given back where
 * the booking does not move; while nobody knows, it stays.
 */
export async function rescheduleBooking(ports: ApiPorts, given: Order): Promise<OrderResult> {
  const row = await found(ports, 'booking', given.id);
  const startTime = Number(given.body['startTime']);
  const release = await seatReserved(ports, row, startTime);
  try {
    const result = await order(ports, given);
    // A repetition is answered like the first time, whatever moved the booking on since.
    if (result.kind === 'accepted' && bookingStateOf(result.row).startsAt !== startTime) await release();
    return result;
  } catch (error) {
    const isRefusal = error instanceof AppError && error.code !== 'unavailable' && error.code !== 'internal';
    if (isRefusal) await release();
    throw error;
  }
}

async function seatReserved(
  { store, clock }: ApiPorts,
  row: Agreement,
  startTime: number,
): Promise<() => Promise<void>> {
  const { workflowId } = row;
  const { provider, eventTypeId, seat: label } = bookingStateOf(row).input;
  const offered = (await store.findProvider(provider.id))?.eventTypes.find(({ id }) => id === eventTypeId);
  const slot = slotOf(provider.id, eventTypeId, startTime);
  const seats = offered?.seats ?? 1;
  const answer = await store.reserveSeat({ slot, seats, label, workflowId, at: clock.now() });
  if (answer !== 'taken') throw slotTaken(answer, label);
  return () => store.releaseSeat({ workflowId, slot });
}
