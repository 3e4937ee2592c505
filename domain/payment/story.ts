import type { StoryLine } from '../machine.ts';
import { assertNever } from '../errors.ts';
import type { MoveFact } from './moves.ts';

/** A story is kept whole in every life we know; the bound keeps a misused one from growing without end. */
const longestStory = 200;

/** The story with one more line; the oldest lines give way beyond the bound. */
export const tell = (story: readonly StoryLine[], line: StoryLine | null): readonly StoryLine[] =>
  line === null ? story : [...story, line].slice(-longestStory);

/** The line a person reads about a move's outcome. Stripe ids prove it. */
export function moveLine(fact: MoveFact): StoryLine | null {
  const line = (what: string, stripeIds: (string | null)[] = [], amount: number | null = null, why: string | null = null): StoryLine =>
    ({ at: fact.at, what, actor: 'stripe', why, stripeIds: stripeIds.filter((id) => id !== null), amount }); // prettier-ignore
  switch (fact.type) {
    case 'customerCreated':
      return line('Customer created', [fact.customerId]);
    case 'cardSaved':
      return line('Card saved', [fact.setupIntentId]);
    case 'cardPending':
      return line(
        `Card waits for the customer (${fact.awaited})`,
        [fact.setupIntentId],
        null,
        fact.failureCode,
      );
    case 'authorized':
      return line('Payment authorized', [fact.paymentIntentId, fact.chargeId], fact.amount);
    case 'paymentPending':
      return line(
        fact.failureCode === null ? `Payment waits for the customer (${fact.awaited})` : 'Payment declined',
        [fact.paymentIntentId],
        null,
        fact.failureCode,
      );
    case 'captured':
      return line(
        fact.elsewhere ? 'Payment found captured in Stripe' : 'Payment captured',
        [fact.paymentIntentId, fact.chargeId],
        fact.amount,
      );
    case 'holdGone': {
      const what = {
        ours: 'Hold released',
        elsewhere: 'Hold found cancelled in Stripe',
        expired: 'Hold expired',
      };
      return line(what[fact.cause], [fact.paymentIntentId], fact.authorized);
    }
    case 'refunded':
      return line(
        fact.status === 'pending' ? 'Refund begun' : 'Payment refunded',
        [fact.refundId],
        fact.amount,
      );
    case 'transferred': {
      const what = fact.transferId === null ? 'Kept against an older debt' : 'Transferred to the payee';
      const { netted = 0 } = fact;
      const why = netted === 0 ? null : `${netted} kept against an older debt`;
      return line(what, [fact.transferId], fact.amount, why);
    }
    case 'checkoutOpened':
      return line('Checkout opened', [fact.sessionId]);
    case 'checkoutSeen':
      return fact.status === 'expired' ? line('Checkout expired', [fact.sessionId]) : null;
    case 'reversed':
      return line('Taken back from the payee', [fact.reversalId], fact.amount);
    case 'balanceRead':
    case 'disputeSeen':
      return null;
    case 'advanced':
      return line('Laid out by the platform, owed by the payee', [], fact.amount);
    case 'debtClosed':
      return line('Debt of the payee closed', [], fact.recovered);
    case 'calendarBooked':
      return line('Calendar booked', [fact.uid]);
    case 'calendarCancelled':
      return line('Calendar booking cancelled', [fact.uid]);
    case 'accountNotReady':
      return line('Transfer waits for the account', [], null, fact.detail);
    case 'paidOut':
      return line('Paid out to the bank', [fact.payoutId], fact.amount);
    case 'payoutLeftToStripe':
      return line('Payout left to Stripe', [], null, fact.detail);
    case 'fundsNotAvailable':
      return line(`Funds for ${fact.move} not available yet`);
    case 'feeEarned':
      return line('Platform fee earned', [], fact.amount);
    case 'refused':
      return line(`Stripe refused: ${fact.move}`, [], null, fact.code);
    default:
      return assertNever(fact);
  }
}
