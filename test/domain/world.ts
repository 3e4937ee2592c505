import { invariant } from '../../domain/errors.ts';
import type { LessonFact, LessonInput, LessonState } from '../../domain/lesson/lesson.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { heldOf } from '../../domain/payment/books.ts';
import type { MoveType } from '../../domain/payment/moves.ts';
import type { Instant } from '../../domain/time.ts';
import type { Deviation } from './stripe-books.ts';
import { StripeBooks } from './stripe-books.ts';
import type { Timing, VirtualLife } from './virtual-life.ts';
import { liveVirtually } from './virtual-life.ts';
import type { VirtualVisit } from './visits.ts';

export { movesOf } from './virtual-life.ts';
export { hears, says } from './visits.ts';

/** One lesson lived. */
export type Run = VirtualLife<LessonState, LessonFact, StripeBooks>;

/** Something that comes to a lesson from outside at an instant. */
export type Visit = VirtualVisit<Run>;

export interface Circumstances extends Timing<Run> {
  readonly deviations?: Partial<Record<MoveType, readonly Deviation[]>>;
  readonly accountReadyAt?: Instant;
}

/** Something done at Stripe at this instant, by someone who is not us. */
export const happens = (at: Instant, deed: (stripe: StripeBooks) => void): Visit => ({
  at,
  what: 'a deed in Stripe',
  act: (run) => deed(run.stripe),
});

/** Lives a lesson through `live()` on a virtual clock, checking the books after every single fact. */
export const liveLesson = (
  input: LessonInput,
  { deviations = {}, accountReadyAt = 0, ...timing }: Circumstances = {},
): Promise<Run> =>
  liveVirtually(
    {
      machine: lessonMachine,
      books: (now) => new StripeBooks(now, deviations, accountReadyAt),
      dated: 'when answered',
      isTakenUp: false,
      neverLess: ['captured', 'refunded', 'feeEarned', 'transferred', 'paidOut', 'released'],
      mostFacts: 3_000,
    },
    input,
    timing,
  );

/** What must be true at the end of every lesson: our books are the bank's, each intent has one fate, nothing is left over. */
export function assertSettled({ state, stripe, outcome, facts }: Run): void {
  const { money } = state.payment;
  const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0);
  invariant(outcome !== null, `the lesson never ends: ${JSON.stringify(state.parked)}`);
  for (const { id, status } of stripe.intents) {
    invariant(status === 'captured' || status === 'gone', `${id} is left ${status}`);
  }
  invariant(stripe.intents.length <= 1, 'more than one PaymentIntent');
  invariant(stripe.transfers.length <= 1, 'transferred more than once');
  const captured = sum(stripe.intents.map((intent) => intent.captured));
  invariant(money.captured === captured, `captured: we say ${money.captured}, Stripe ${captured}`);
  invariant(money.refunded === sum(stripe.refunds), `refunded: we say ${money.refunded}, Stripe ${sum(stripe.refunds)}`);
  const transferred = sum(stripe.transfers.map((transfer) => transfer.amount));
  invariant(money.transferred === transferred, `transferred: we say ${money.transferred}, Stripe ${transferred}`);
  invariant(money.paidOut === sum(stripe.payouts), `paid out: we say ${money.paidOut}, Stripe ${sum(stripe.payouts)}`);
  // What a person skipped stays on the platform: somebody paid it another way.
  if (!facts.some(({ type }) => type === 'skipped')) invariant(heldOf(money) === 0, `${heldOf(money)} is left on the platform`);
  invariant(money.captured === 0 || money.captured + money.released === money.authorized, 'the rest of the hold is released');
} // prettier-ignore
