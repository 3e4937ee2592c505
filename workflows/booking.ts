import type { BookingInput, BookingState } from '../domain/booking/booking.ts';
import type { Start } from './contract.ts';
import { liveAsWorkflow } from './world.ts';

/**
 * One booking, from the checkout to the provider's bank: waits for the payment, keeps the money through the window and
 * transfers it exactly once. The story is domain/booking, the loop is domain/live, the effects are activities/.
 * Answers the booking's fate, `completed` or `cancelled`.
 */
export function booking(start: Start<BookingInput, BookingState>): Promise<string> {
  return liveAsWorkflow('booking', start);
}
