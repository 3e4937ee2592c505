import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import { moveAttempts } from '../domain/payment/park.ts';

/**
 * A try that was cut off may have booked its outcome before, so only one that answers ends a move; a worker that each
 * time dies of it is given up all the same, after some twenty minutes.
 */
const triesAtMost = 3 * moveAttempts;

/** How every money move is called. */
export const moveOptions: ActivityOptions = {
  // One attempt makes at most two reads and one write of 20 s each, the write once more on a reset (SDK, stripe-rules C1):
  // the next attempt must never start while this one's request can still be on its way.
  startToCloseTimeout: '110s',
  // A killed worker is noticed within this, not at the end of the attempt; slow calls beat every 3 s.
  heartbeatTimeout: '12s',
  retry: {
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '1m',
    maximumAttempts: triesAtMost,
  },
};

/** How a state is shown in the lists: our own database only, so a short local call; the next change repeats it. */
export const publishOptions: LocalActivityOptions = {
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumAttempts: 8 },
};

/** How the gap sweep is called: from page to page, however often a worker dies or Stripe is silent for a moment. */
export const sweepOptions: ActivityOptions = {
  // The first sweep reads thirty days of everybody's events; the schedule starts no second one meanwhile.
  startToCloseTimeout: '6h',
  // A silent Stripe is waited for under heartbeats, so this is only how soon a killed worker is noticed.
  heartbeatTimeout: '12s',
  // A minute and a half of trouble; after that the next sweep, a quarter of an hour later, reads the same again.
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 12 },
};
