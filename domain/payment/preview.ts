import { invariant } from '../errors.ts';
import { open } from '../live.ts';
import type { BaseState, Fact, Machine } from '../machine.ts';
import type { Minor } from '../money.ts';
import type { Instant } from '../time.ts';
import { iso } from '../time.ts';
import type { Move, MoveFact, MoveType } from './moves.ts';
import type { Payment } from './payment.ts';

/**
 * Where the money ends in one course of events, in minor units: `charged` is what was captured and equals
 * `platformFee + payee + refunded`; `charged + released` is what was held on the card.
 */
export interface PreviewRow {
  readonly course: string;
  readonly charged: number;
  readonly platformFee: number;
  readonly payee: number;
  readonly refunded: number;
  readonly released: number;
  /** ISO-8601: when the last of it moved; the payee's way to the bank is not counted. */
  readonly at: string;
}

/** Something that is said to the story at a time; `news` makes it look at Stripe, as a webhook does. */
export type Message = readonly [at: Instant, name: string, body: Readonly<Record<string, unknown>>];
export type Course = readonly [course: string, ...messages: Message[]];

/** What makes a story look at Stripe: in a preview all that can have happened there is the payment. */
export const news = 'news';

/** A complaint is decided by a person on the next day, unless the policy decides sooner. */
export const decisionTakesMs = 86_400_000;

/** No course needs more steps; a machine that goes in circles is found here and not in an API request. */
const mostSteps = 500;

interface Booked {
  readonly openedAt: Instant;
  readonly amount: Minor;
  readonly currency: string;
}

interface Paying extends BaseState<Move> {
  readonly input: Booked;
  readonly payment: Payment;
}

/**
 * Lives one course with a Stripe that grants everything at once, by the very machine that settles real agreements; null
 * where it refuses what should happen. `holdLifeMs`: how long a card hold lives, where there is one.
 */
export function lived<Input extends Booked, State extends Paying, Command extends { readonly name: string }, F extends Fact, View>(
  machine: Machine<Input, State, Command, F | MoveFact, Move, View>,
  input: Input,
  [course, ...messages]: Course,
  holdLifeMs = 0,
): PreviewRow | null {
  const life = open(machine, input);
  let now = input.openedAt;
  let movedAt: Instant | null = null;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const step = machine.next(life.state, now);
    if (step.kind === 'finished') return messages.length > 0 ? null : row(course, life.state, movedAt ?? now);
    if (step.kind === 'learn') life.learn(step.fact);
    else if (step.kind === 'perform') {
      life.learn({ type: 'began', at: now, effect: step.effect });
      life.learn(granted(step.effect, life.state, now, holdLifeMs));
      if (settling.has(step.effect.type)) movedAt = now;
    } else {
      const due = (messages[0]?.[0] ?? Infinity) <= (step.until ?? Infinity) ? messages.shift() : undefined;
      now = Math.max(now, due?.[0] ?? step.until ?? now);
      if (due?.[1] === news) life.hint({ eventId: 'event', type: 'news', objectId: 'payment' }, now);
      else if (due === undefined ? step.until === null : !life.tell(due[1], due[2], now).accepted) return null;
    }
  }
  invariant(false, `the preview "${course}" does not end`);
} // prettier-ignore

const settling: ReadonlySet<MoveType> = new Set(['capture', 'release', 'refund', 'transfer', 'earnFee']);

function row(course: string, { payment: { money } }: Paying, at: Instant): PreviewRow {
  const { captured, feeEarned, transferred, refunded, released } = money;
  return { course, charged: captured, platformFee: feeEarned, payee: transferred, refunded, released, at: iso(at) };
} // prettier-ignore

/** What an ideal Stripe answers: everything is granted, at once and exactly as asked. */
function granted(move: Move, { payment, input }: Paying, at: Instant, holdLifeMs: number): MoveFact {
  const charge = { paymentIntentId: 'payment', chargeId: 'charge', authorized: payment.money.authorized, at };
  const available = { availableOn: at, settlementCurrency: input.currency, elsewhere: false };
  switch (move.type) {
    case 'createCustomer':
      return { type: 'customerCreated', at, customerId: 'customer' };
    case 'saveCard':
    case 'readCard':
      return { type: 'cardSaved', at, setupIntentId: 'setup', paymentMethod: 'card' };
    case 'authorize':
      return { type: 'authorized', ...charge, amount: move.amount, captureBefore: at + holdLifeMs };
    case 'openCheckout':
      return { type: 'checkoutOpened', at, sessionId: 'session', url: null, clientSecret: null, expiresAt: move.expiresAt };
    case 'readCheckout':
      return { type: 'captured', ...charge, ...available, authorized: input.amount, amount: input.amount };
    case 'expireCheckout':
      return { type: 'checkoutSeen', at, sessionId: move.sessionId, status: 'expired', tried: null };
    case 'capture':
      return { type: 'captured', ...charge, ...available, amount: move.amount };
    case 'release':
    case 'readPayment':
      return { type: 'holdGone', ...charge, cause: 'ours' };
    case 'refund':
      return { type: 'refunded', at, refundId: 'refund', amount: move.amount, status: 'succeeded' };
    case 'transfer':
      return { type: 'transferred', at, transferId: 'transfer', amount: move.amount, fee: move.fee };
    case 'payOut':
      return { type: 'paidOut', at, payoutId: 'payout', amount: move.amount };
    case 'earnFee':
      return { type: 'feeEarned', at, amount: move.amount };
    case 'bookCalendar':
      return { type: 'calendarBooked', at, uid: 'seat', startsAt: move.startsAt };
    case 'cancelCalendar':
      return { type: 'calendarCancelled', at, uid: move.uid };
    default:
      throw new Error(`No course of a preview makes the move ${move.type}`);
  }
} // prettier-ignore
