import type { AlertNote, AlertType, DriverFact, Notice, NoticeKind, Parked } from '../machine.ts';
import { lineOf } from '../machine.ts';
import type { Instant } from '../time.ts';
import type { Move, MoveFact, MoveType } from './moves.ts';
import type { PaymentState } from './payment.ts';
import { isRead, longWaitLooks, unresolvedAfter } from './payment.ts';
import { tell } from './story.ts';

/** Tries of one money move without a clear answer before its story parks and looks hourly: about two minutes of trouble. */
export const moveAttempts = 8;

/** Stripe out of reach is looked at again by itself, hourly, with an open alert: never for ever in silence. */
const unreachableRetryMs = 3_600_000;

/** Messages kept for whoever sent them by hand, and Stripe events kept to hear each once. */
const rejectionsKept = 10;
const eventsKept = 100;

/** The alert that a refused move raises, besides PARKED. */
const alertOf: Partial<Record<MoveType, AlertType>> = {
  transfer: 'TRANSFER_FAILED',
  payOut: 'FAILED_PAYOUT',
  refund: 'REFUND_FAILED',
  authorize: 'PAYMENT_FAILED',
  capture: 'PAYMENT_OUT_OF_SYNC',
  openCheckout: 'PAYMENT_FAILED',
};

/** What a person can order while this move is parked. */
const helpFor = (move: MoveType): readonly string[] => {
  if (move === 'transfer') return ['retry', 'skip', 'refund'];
  if (move === 'capture') return ['retry', 'capture', 'release'];
  if (move === 'authorize' || move === 'saveCard' || move === 'createCustomer') return ['retry', 'cancel'];
  // A hold that is not let go still stands: it cannot be skipped, only tried again until it is gone.
  if (move === 'release') return ['retry'];
  if (move === 'openCheckout' || move === 'expireCheckout') return ['retry', 'cancel'];
  if (move === 'bookCalendar') return ['retry', 'refund'];
  return ['retry', 'skip'];
};

/** Adds an alert once; the projection opens it for people. */
export const alerted = (alerts: readonly AlertNote[], type: AlertType, at: Instant, message: string): readonly AlertNote[] =>
  [...alerts, { type, at, message }].slice(-20); // prettier-ignore

/** Adds messages to people; the projection writes each to the outbox once. */
export const noticed = (
  notices: readonly Notice[],
  kind: NoticeKind,
  at: Instant,
  ...to: Notice['to'][]
): readonly Notice[] => [...notices, ...to.map((one) => ({ kind, to: one, at }))].slice(-40);

/** A move was refused: it is tried again until the policy's tries are used up, then it waits for a person. */
export function refused<S extends PaymentState>(
  state: S,
  fact: Extract<MoveFact, { type: 'refused' }>,
  tries: number,
): S {
  const attempts = state.payment.refusals[fact.move] ?? 1;
  if (!fact.final && attempts < tries) return state;
  const alert = alertOf[fact.move];
  const message = `${fact.move} refused ${attempts} time(s): ${fact.code}`;
  return {
    ...state,
    parked: parkedFor(
      fact.move,
      'refused_by_stripe',
      attempts,
      `${fact.code}: ${fact.detail}`,
      fact.at,
      null,
    ),
    alerts: alert === undefined ? state.alerts : alerted(state.alerts, alert, fact.at, message),
  };
}

/** A wait for an account or for funds that lasts is told to people, once; it goes on by itself all the same. */
export function longWait<S extends PaymentState>(state: S, move: MoveType, at: Instant): S {
  const alert = alertOf[move];
  if (alert === undefined || state.payment.waits !== longWaitLooks) return state;
  const message = `${move} still waits after ${longWaitLooks} looks`;
  return { ...state, alerts: alerted(state.alerts, alert, at, message) };
}

/** Money that was on its way back came home again: a person decides whether it is sent once more. */
export function refundFailed<S extends PaymentState>(state: S, amount: number): S {
  const message = `A refund of ${amount} failed after it was made`;
  return {
    ...state,
    parked: parkedFor('refund', 'refund_failed', 1, message, state.updatedAt, null),
    alerts: alerted(state.alerts, 'REFUND_FAILED', state.updatedAt, message),
  };
}

const parkedFor = (
  move: MoveType,
  reason: string,
  attempts: number,
  lastError: string,
  since: Instant,
  retryAt: Instant | null,
): Parked => ({ reason, operation: move, attempts, lastError, since, commands: helpFor(move), retryAt });

/** A decision about the money takes the place of the step that was parked, unless nobody knows whether it was taken. */
export const unlessUnknown = ({ parked, payment }: PaymentState): Parked | null =>
  payment.unresolved === null ? null : parked;

/** What may have happened can be neither skipped nor given back before it is known. */
const withoutUndoing = (parked: Parked): Parked => ({
  ...parked,
  commands: parked.commands.filter(
    (name) => (name !== 'skip' || parked.operation === 'payOut') && name !== 'refund',
  ),
});

/** What the driver's own facts do to every state with a payment: one reducer for all kinds. */
export function applyDriverFact<S extends PaymentState>(state: S, fact: DriverFact<Move>): S {
  switch (fact.type) {
    case 'began': {
      const payment = isRead(fact.effect) ? { ...state.payment, stale: false, readAt: fact.at } : state.payment;
      return { ...state, payment, performing: fact.effect, updatedAt: fact.at };
    }
    case 'rejected':
      return { ...state, rejected: [...state.rejected, fact.rejection].slice(-rejectionsKept) };
    case 'stripeEvent': {
      const heard = [...state.heard, fact.eventId].slice(-eventsKept);
      const { payment } = state;
      if (!isAboutAccount(fact.about)) return { ...state, heard, payment: { ...payment, stale: true } };
      return { ...state, heard, payment: payment.pause?.account === true ? { ...payment, pause: null } : payment };
    }
    case 'stuck': {
      const move = state.performing?.type ?? 'readPayment';
      const retryAt = fact.at + unreachableRetryMs;
      const line = lineOf(fact, `No clear answer from Stripe: ${move}`, 'system', fact.lastError);
      return {
        ...state,
        performing: null,
        updatedAt: fact.at,
        payment: state.performing === null ? state.payment : unresolvedAfter(state.payment, state.performing),
        parked: isRead(state.performing) && state.parked !== null ? state.parked : withoutUndoing(parkedFor(move, 'no_clear_answer', fact.attempts, fact.lastError, fact.at, retryAt)),
        story: tell(state.story, line),
      };
    }
  }
} // prettier-ignore

const isAboutAccount = (eventType: string): boolean =>
  eventType.startsWith('account.') || eventType.startsWith('capability.');
