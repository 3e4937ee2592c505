import type { LessonState } from '../../domain/lesson/lesson.ts';
import type { BookingState } from '../../domain/booking/booking.ts';
import type { Writable } from '../../proof/coherent/honest.ts';
import type { InvariantId, Run } from '../../proof/coherent/run.ts';

/** The workflow ids of the stories in the run: two that are over, one cancelled, and two that wait. */
export interface Cast {
  readonly soldBooking: string;
  readonly heldLesson: string;
  readonly cancelledLesson: string;
  readonly waitingBooking: string;
  readonly waitingLesson: string;
}

/** One incoherence: which invariant it breaks, what is done to the run, and what the message must name. */
export interface Plant {
  readonly breaks: InvariantId;
  readonly claim: string;
  readonly plant: (run: Loose, cast: Cast) => void;
  readonly names: RegExp;
}

/** The first that fits; a plant that finds nothing to touch is a fault of the test. */
export function the<T>(items: readonly T[], isIt: (item: T) => boolean): T {
  const found = items.find(isIt);
  if (found === undefined) throw new Error('There is nothing of the kind in the run');
  return found;
}

/** A run in which anything may be made untrue. */
export type Loose = Writable<Run>;

/** The row of a story. */
export const rowOf = (run: Loose, id: string) => the(run.store.agreements, (one) => one.workflowId === id);

/** The state of a lesson. */
export const lessonOf = (run: Loose, id: string) => rowOf(run, id).state as unknown as Writable<LessonState>;

/** The state of a booking. */
export const bookingOf = (run: Loose, id: string) =>
  rowOf(run, id).state as unknown as Writable<BookingState>;

/** The transfer that was made for a story. */
export const transferOf = (run: Loose, id: string) =>
  the(run.stripe.transfers, ({ transfer }) => transfer.transfer_group === id);

/** The charge of a story. */
export const chargeOf = (run: Loose, id: string) =>
  the(run.stripe.charges, (one) => one.transfer_group === id);

/** The payout that was made for a story. */
export const payoutOf = (run: Loose, id: string) =>
  the(run.stripe.payouts, ({ payout }) => payout.metadata?.['workflow_id'] === id).payout;

/** The first line of a story in an account of the ledger. */
export const lineOf = (run: Loose, id: string, account: string) =>
  the(run.store.ledger, (one) => one.workflowId === id && one.account === account);

/** A write at Stripe that had its effect. */
export const askedFor = (run: Loose, path: RegExp) =>
  the(run.requests ?? [], (one) => one.method === 'POST' && one.effect && path.test(one.path));

/** The row of the audit in which an operation was intended. */
export const intentOf = (run: Loose, key: string) =>
  the(run.store.audit, (one) => one.action === 'intent' && one.operationKey === key);
