import type { JournalMove } from '../domain/payment/intent.ts';
import type { Attempt } from './operation.ts';

/** Written on everything we create: whose it is and which operation made it, so that a lost answer can be found. */
export const stampOf = (attempt: Attempt<JournalMove>) => ({
  workflow_id: attempt.workflowId,
  operation: attempt.key,
});

/** Clocks of two houses differ by seconds; five minutes are far more and still a short list. */
const clockSlackSeconds = 300;

/** A list filter that holds everything this operation can have created. */
export const createdFrom = ({ intendedAt }: Attempt<JournalMove>) => ({
  created: { gte: Math.floor(intendedAt / 1000) - clockSlackSeconds },
});
