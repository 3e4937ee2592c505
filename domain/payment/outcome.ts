import { minor } from '../money.ts';
import { applyMove } from './apply-move.ts';
import type { MoveFact } from './moves.ts';
import { alerted, refundFailed } from './park.ts';
import type { Payment, PaymentState } from './payment.ts';
import { moveLine, tell } from './story.ts';

/** A state after the outcome of the move under way, and what is new about it. */
export interface Moved<S> {
  readonly after: S;
  /** The payment itself is in another status than before. */
  readonly hasMoved: boolean;
  /** Stripe only repeated what was known. */
  readonly isOld: boolean;
}

/** What a move's outcome does to every state with a payment: one reducer for all kinds. */
export function moved<S extends PaymentState>(state: S, fact: MoveFact): Moved<S> {
  const payment = applyMove(state.payment, fact, state.performing);
  const hasMoved = payment.intent?.status !== state.payment.intent?.status;
  const isSame =
    JSON.stringify([payment.money, payment.disputes]) ===
    JSON.stringify([state.payment.money, state.payment.disputes]);
  const isSeen = fact.type === 'authorized' || fact.type === 'captured' || fact.type === 'holdGone';
  const isWait = fact.type === 'accountNotReady' || fact.type === 'fundsNotAvailable';
  const waitsAgain = (payment.waits ?? 0) > 1 && isWait;
  const after: S = {
    ...state,
    payment,
    performing: null,
    updatedAt: Math.max(state.updatedAt, fact.at),
    // Whatever a person was asked to help with is answered by Stripe itself once the payment has moved on.
    parked: hasMoved ? null : state.parked,
    story: waitsAgain || (isSeen && !hasMoved) ? state.story : tell(state.story, moveLine(fact)),
  };
  return { after, hasMoved, isOld: !hasMoved && isSame && isSeen };
}

/** Refunds that a read found or missed: made by somebody else, or ours that failed days later (E2). */
export function refundNews<S extends PaymentState>(before: S, after: S): S {
  const [was, is] = [before.payment.money.refunded, after.payment.money.refunded];
  const at = after.updatedAt;
  const told = (what: string, amount: number) =>
    tell(after.story, { at, what, actor: 'stripe', why: null, stripeIds: after.payment.refundIds, amount });
  if (is < was) return refundFailed({ ...after, story: told('A refund failed', was - is) }, was - is);
  if (is === was || before.payment.unresolved?.type === 'refund') return after;
  const message = `${is - was} was refunded in Stripe, not by us`;
  const alerts = alerted(after.alerts, 'CHARGE_REFUNDED', at, message);
  return { ...after, alerts, story: told('Refund found in Stripe', is - was) };
}

/** What a person gave up or did elsewhere is over for the payment. */
export function skipStep(payment: Payment, operation: string | undefined): Payment {
  const going = { ...payment, pause: null, unresolved: null };
  switch (operation) {
    case 'transfer':
      return { ...going, transferSkipped: true, payoutOver: true };
    case 'payOut':
      return { ...going, payoutOver: true };
    case 'reverse':
      return { ...going, reversible: minor(0) };
    default:
      return going;
  }
}
