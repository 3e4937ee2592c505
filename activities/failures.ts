import { ApplicationFailure } from '@temporalio/activity';
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

/** A read of Stripe whose own failure is never more than "come again". */
export async function answered<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const failure = meaningOf(error);
    throw comeAgain(failure.kind === 'declined' ? failure.code : failure.detail);
  }
}

/** No clear answer yet: Temporal tries again, and after the last try the story waits in sight of people. */
export const comeAgain = (detail: string, nextRetryDelayMs?: number): ApplicationFailure =>
  ApplicationFailure.create({
    type: 'no_clear_answer',
    message: detail,
    ...(nextRetryDelayMs === undefined ? {} : { nextRetryDelay: nextRetryDelayMs }),
  });
