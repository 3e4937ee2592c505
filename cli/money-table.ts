import type { Output } from './output.ts';
import { money } from './output.ts';
import type { AgreementView, Money } from './views.ts';

const names: readonly (readonly [keyof Money, string])[] = [
  ['authorized', 'held on the card'],
  ['captured', 'captured'],
  ['released', 'released'],
  ['refunded', 'refunded'],
  ['feeEarned', 'platform fee'],
  ['transferred', 'transferred'],
  ['reversed', 'reversed'],
  ['netted', 'netted'],
  ['disputed', 'disputed'],
  ['advanced', 'advanced'],
  ['held', 'undecided'],
  ['paidOut', 'paid out'],
];

/** Where the money of an agreement is: every figure that is not zero, and the price. */
export function moneyTable({ payment }: AgreementView, out: Output): string[] {
  const rows = names
    .filter(([name]) => payment[name] !== 0)
    .map(([name, words]) => [words, money(payment[name], payment.currency)]);
  return out.table(['', 'amount'], [['price', money(payment.amount, payment.currency)], ...rows]);
}

/** What the money identity leaves over (http.md 3); anything but zero means that money is unaccounted for. */
export const unaccounted = (m: Money): number =>
  m.captured +
  m.advanced -
  (m.feeEarned + (m.transferred - m.reversed) + m.netted + m.refunded + m.disputed + m.held);
