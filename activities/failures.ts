import { CalendarRefused, CalendarUnclear } from './calendar/calendar.ts';
import type { StripeFailure } from './stripe-errors.ts';
import { classify } from './stripe-errors.ts';

/** What a failed call to the world outside means, in the words of Stripe's table; throws what came from nowhere outside. */
export function meaningOf(error: unknown): StripeFailure {
  if (error instanceof CalendarUnclear) return { kind: 'unknown', replayed: false, detail: error.message };
  if (error instanceof CalendarRefused) {
    const { code, detail } = error;
    return { kind: 'refused', code, detail, final: true, requestId: null };
  }
  return classify(error);
}
