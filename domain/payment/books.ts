import type { Minor } from '../money.ts';
import { minor, zero } from '../money.ts';
import { invariant } from '../errors.ts';

/** What happened to the money of one agreement, in minor units of its currency; every figure is >= 0. */
export interface Money {
  readonly authorized: Minor;
  readonly captured: Minor;
  readonly released: Minor;
  readonly refunded: Minor;
  readonly feeEarned: Minor;
  readonly transferred: Minor;
  readonly reversed: Minor;
  /** Kept from the payee against an older debt. */
  readonly netted: Minor;
  /** Taken by the bank and not given back. */
  readonly disputed: Minor;
  /** Laid out by the platform (a chargeback after the transfer). */
  readonly advanced: Minor;
  readonly paidOut: Minor;
}

export const noMoney: Money = {
  authorized: zero, captured: zero, released: zero, refunded: zero, feeEarned: zero, transferred: zero,
  reversed: zero, netted: zero, disputed: zero, advanced: zero, paidOut: zero,
}; // prettier-ignore

/** What several amounts come to. */
export const sumOf = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((sum, { amount }) => sum + amount, 0);

/** Every figure of the books; a view may carry more than these. */
const figures = Object.keys(noMoney) as (keyof Money)[];

/** What lies on the platform and is undecided: the remainder of the identity every agreement keeps. */
export const heldOf = (m: Money): number =>
  m.captured + m.advanced - (m.feeEarned + (m.transferred - m.reversed) + m.netted + m.refunded + m.disputed);

/** Captured and neither given back nor taken by the bank: what there is to divide. */
export const keptOf = (m: Money): number => m.captured - m.refunded - m.disputed;

/** What the payee was given of this agreement: sent, less what was taken back, kept against an older debt included. */
const givenOf = (m: Money): number => m.transferred - m.reversed + m.netted;

/** What the payee owes for this agreement: what was laid out, up to what they were given; beyond that it is the platform's loss. */
export const debtOf = (m: Money): number => Math.min(m.advanced, givenOf(m));

/** What the payee has of this agreement: given, less what they owe for it. */
export const payeeHas = (m: Money): number => givenOf(m) - debtOf(m);

/**
 * Why these books cannot be true, or null. The one check of
 * captured + advanced = feeEarned + (transferred - reversed) + netted + refunded + disputed + held (http.md 3),
 * used when a state changes, by the API's payment page and by every money test.
 */
export function moneyProblem(m: Money): string | null {
  for (const name of figures) {
    const amount = m[name];
    if (!Number.isSafeInteger(amount) || amount < 0) return `${name} is ${amount}`;
  }
  if (heldOf(m) < 0) return `more left the platform than came in: held would be ${heldOf(m)}`;
  if (m.captured > m.authorized) return `captured ${m.captured} of ${m.authorized} authorized`;
  if (m.captured + m.released > m.authorized) return 'captured and released exceed what was authorized';
  if (m.reversed > m.transferred) return `reversed ${m.reversed} of ${m.transferred} transferred`;
  if (m.paidOut > m.transferred) return `paid out ${m.paidOut} of ${m.transferred} transferred`;
  return null;
}

/** One line of the ledger: positive into the account, negative out of it. */
export interface LedgerLine {
  readonly account: LedgerAccount;
  readonly amount: number;
}

export type LedgerAccount =
  | 'charges'
  | 'advances'
  | 'platform_held'
  | 'platform_fees'
  | 'payee_balance'
  | 'payee_bank'
  | 'netted_debt'
  | 'refunds'
  | 'disputes';

/** The double entry that leads from one state of the books to the next; its amounts always sum to zero. */
export function ledgerLines(before: Money, after: Money): LedgerLine[] {
  const grown = (of: (m: Money) => number): number => of(after) - of(before);
  const lines: LedgerLine[] = [
    { account: 'charges', amount: -grown((m) => m.captured) },
    { account: 'advances', amount: -grown((m) => m.advanced) },
    { account: 'platform_held', amount: grown(heldOf) },
    { account: 'platform_fees', amount: grown((m) => m.feeEarned) },
    { account: 'payee_balance', amount: grown((m) => m.transferred - m.reversed - m.paidOut) },
    { account: 'payee_bank', amount: grown((m) => m.paidOut) },
    { account: 'netted_debt', amount: grown((m) => m.netted) },
    { account: 'refunds', amount: grown((m) => m.refunded) },
    { account: 'disputes', amount: grown((m) => m.disputed) },
  ];
  const moved = lines.filter((line) => line.amount !== 0);
  invariant(sumOf(moved) === 0, 'ledger lines sum to zero');
  return moved;
}

/** The books with some figures changed; refuses to become untrue. */
export function book(money: Money, changes: Partial<Record<keyof Money, number>>): Money {
  const entries = Object.entries(changes).map(([name, amount]) => [name, minor(amount)] as const);
  const changed: Money = { ...money, ...(Object.fromEntries(entries) as Partial<Money>) };
  const problem = moneyProblem(changed);
  invariant(problem === null, problem ?? '');
  return changed;
}
