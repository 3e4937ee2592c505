import type { Accepted, Fact, Refusal, StoryLine } from './machine.ts';
import { lineOf, refuse } from './machine.ts';
import { currencyRule, largestAmount } from './money.ts';
import { Fields } from './parse.ts';
import type { PaymentState } from './payment/payment.ts';
import type { Instant } from './time.ts';

// What operators and admins order of any story that has a payment.

interface Order {
  readonly by: string;
  readonly reason: string;
}

/** Tries a parked step again, to another account where one is named. */
export interface Retry extends Order {
  readonly name: 'retry';
  readonly account: string | null;
  readonly stripeAccount: string | null;
}

type Skip = Order & { readonly name: 'skip' };

export type OperatorCommand =
  | Retry
  | Skip
  | (Order & { readonly name: 'sync' })
  | (Order & { readonly name: 'refund'; readonly amount: number | null });

/** What an order that was accepted adds. */
export type OrderFact =
  | (Fact &
      Order & {
        readonly type: 'unparked';
        readonly account: string | null;
        readonly stripeAccount: string | null;
      })
  | (Fact & Order & { readonly type: 'skipped' | 'lookAgain' });

/** The line a person reads about it. */
export function orderLine(fact: Fact & Order & Pick<OrderFact, 'type'>): StoryLine {
  const what = { unparked: 'Tried again', skipped: 'Step skipped', lookAgain: 'Stripe read again' };
  return lineOf(fact, what[fact.type], fact.by, fact.reason);
}

/** A parked step is tried again; to another account only while nothing was or may have been sent to the first. */
export function acceptRetry({ parked, payment }: PaymentState, command: Retry, now: Instant): Refusal | Accepted<OrderFact> {
  if (parked === null) return refuse('Nothing is parked');
  if (command.stripeAccount !== null && payment.unresolved !== null) {
    return refuse('The last outcome is unknown; retry it as it was before correcting it', 'not_ready');
  }
  if (command.stripeAccount !== null && payment.money.transferred > 0) {
    return refuse('The money was already transferred; what is paid out is there');
  }
  return { facts: [{ ...command, type: 'unparked', at: now }], message: 'Trying again' };
} // prettier-ignore

/** A parked step is given up, where that is safe and its outcome known. */
export function acceptSkip({ parked, payment }: PaymentState, command: Skip, now: Instant): Refusal | Accepted<OrderFact> {
  if (parked === null) return refuse('Nothing is parked');
  const { operation } = parked;
  // A payout moves the payee's own balance: giving it up costs nobody, so it needs no certainty.
  if (payment.unresolved !== null && payment.unresolved.type !== 'payOut') return refuse(`The outcome of "${operation}" is unknown`, 'not_ready');
  if (!parked.commands.includes('skip')) return refuse(`"${operation}" cannot be skipped`);
  return { facts: [{ ...command, type: 'skipped', at: now }], message: `Skipped ${operation}` };
} // prettier-ignore

/** Why this much of what is kept cannot be given back, or null. */
export function refundProblem(back: number, kept: number, currency: string): Refusal | null {
  if (back > kept) return refuse(`Only ${kept} can be refunded`, 'invalid');
  const { step } = currencyRule(currency);
  return back % step === 0 ? null : refuse(`amount must be a multiple of ${step}`, 'invalid');
}

/** Reads an operator's order; throws `BadMessage` like every reader of fields. */
export function readOperatorCommand(name: OperatorCommand['name'], raw: unknown): OperatorCommand {
  switch (name) {
    case 'retry': {
      const fields = new Fields(raw, ['by', 'reason', 'account', 'stripeAccount']);
      const account = fields.optionalText('account', 64);
      return {
        name,
        ...orderedBy(fields),
        account,
        stripeAccount: fields.optionalText('stripeAccount', 255),
      };
    }
    case 'skip':
    case 'sync':
      return { name, ...orderedBy(new Fields(raw, ['by', 'reason'])) };
    case 'refund': {
      const fields = new Fields(raw, ['by', 'reason', 'amount']);
      return { name, ...orderedBy(fields), amount: fields.optionalInteger('amount', 1, largestAmount) };
    }
  }
}

/** Who ordered it (the API fills in the token's subject; the Temporal UI may leave it out) and why. */
export const orderedBy = (fields: Fields): Order => ({
  by: fields.optionalText('by', 200) ?? 'operator',
  reason: fields.text('reason'),
});

/** When the API heard it, never later than now: a worker that comes late must not cost anyone a deadline. */
export const heardAt = (fields: Fields, now: Instant): Instant => Math.min(fields.instantOr('at', now), now);
