import Stripe from 'stripe';
import { AppError } from '../domain/errors.ts';

/** Asks Stripe; what it says in its own words stays inside, the caller reads ours. */
export async function askStripe<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inOurWords(error);
  }
}

/** What failed at Stripe as a rejection of ours; anything else stays what it is. */
export function inOurWords(error: unknown): Error {
  if (!(error instanceof Stripe.errors.StripeError)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const status = error.statusCode ?? 0;
  const isTheirs = status === 0 || status >= 500 || status === 409 || status === 429;
  const ours = isTheirs
    ? new AppError('unavailable', 'Stripe gives no answer; try again')
    : error instanceof Stripe.errors.StripeInvalidRequestError
      ? new AppError('invalid', 'Stripe does not take these values', [
          { pointer: `/${error.param ?? ''}`, detail: 'was refused by Stripe' },
        ])
      : new AppError('internal', 'Something broke on our side; the request id finds it in the log');
  return Object.assign(ours, { cause: error });
}

/** Whether Stripe says that we may not see the object: it is gone, or its owner took our access away. */
export const isLostAccess = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripePermissionError ||
  (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'account_invalid');
