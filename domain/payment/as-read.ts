import { minor, minus, shareOf } from '../money.ts';
import type { Money } from './books.ts';
import { book, debtOf, sumOf } from './books.ts';
import type { MoveFact } from './moves.ts';
import type { Payment } from './payment.ts';

type Captured = Extract<MoveFact, { type: 'captured' }>;
type News = Pick<Payment, 'money' | 'disputes' | 'transfers' | 'reversible' | 'debtClosed'>;

/**
 * A captured payment as Stripe has it now: what was refunded, what the bank took and what was taken back from the
 * payee. The fee follows what is kept of the charge, and what left beyond it was laid out by the platform.
 */
export function asRead(payment: Payment, fact: Captured): News {
  const { money } = payment;
  const disputes = fact.disputes ?? payment.disputes;
  const transfers = transfersAsRead(payment, fact);
  const captured = fact.amount;
  const refunded = fact.refunds === undefined ? money.refunded : sumOf(fact.refunds);
  const disputed = sumOf(disputes.map(({ taken }) => ({ amount: taken })));
  const reversed = sumOf(transfers.map((one) => ({ amount: one.reversed })));
  const feeEarned = feeOf(payment, Math.max(0, captured - refunded - disputed));
  const gone = feeEarned + money.transferred - reversed + money.netted + refunded + disputed;
  const laidOut = Math.max(0, gone - captured);
  // A debt is not forgiven by a read: only what came back from the payee lessens it. The platform's loss is.
  const cameBack = reversed - money.reversed;
  const advanced = payment.recovers ? Math.max(laidOut, debtOf(money) - Math.max(0, cameBack)) : laidOut;
  const isNew = advanced > money.advanced || refunded > money.refunded;
  return {
    disputes,
    transfers,
    reversible: isNew ? null : payment.reversible,
    debtClosed: payment.debtClosed && advanced <= money.advanced,
    money: book(money, {
      authorized: fact.authorized,
      captured,
      released: fact.authorized - captured,
      refunded,
      disputed,
      reversed,
      feeEarned,
      advanced,
    }),
  };
}

/** A reversal of ours that was never answered is left to its own answer, or it would be counted twice. */
function transfersAsRead({ transfers: known, unresolved }: Payment, fact: Captured): Payment['transfers'] {
  if (fact.transfers === undefined || unresolved?.type !== 'reverse') return fact.transfers ?? known;
  const { transferId, amount } = unresolved;
  return fact.transfers.map((one) => {
    const grown = one.reversed - (known.find(({ id }) => id === one.id)?.reversed ?? 0);
    return one.id === transferId && grown >= amount ? { ...one, reversed: minus(one.reversed, amount) } : one;
  });
}

/** The fee as far as what is kept still earns it. */
const feeOf = ({ money, feeBps, currency, recovers }: Payment, kept: number): Money['feeEarned'] =>
  recovers ? minor(Math.min(money.feeEarned, shareOf(minor(kept), feeBps, currency))) : money.feeEarned;
