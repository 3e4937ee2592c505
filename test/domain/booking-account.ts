import { invariant } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';

interface Debt {
  advanced: number;
  recovered: number;
  closedWith: number | null;
}

/** The payee across all their bookings: a balance at Stripe, and what they owe the platform (B15). */
export class PayeeAccount {
  /** What lies in the balance; payouts take it away, and other business of the payee may bring more. */
  available = 0;
  /** From when on money can be sent to it. */
  readyAt: Instant = 0;
  /** The oldest first. */
  readonly #debts = new Map<string, Debt>();
  readonly #kept = new Map<string, { booking: string; amount: number }[]>();

  /** Keeps the debt of a booking in step with what it laid out; one that grows, or ended in part only, is open again. */
  follow(booking: string, advanced: number): void {
    const debt = this.#debts.get(booking);
    if (debt === undefined) {
      if (advanced > 0) this.#debts.set(booking, { advanced, recovered: 0, closedWith: null });
      return;
    }
    if (advanced !== debt.advanced && advanced > (debt.closedWith ?? 0)) debt.closedWith = null;
    debt.advanced = advanced;
  }

  /** Keeps back at most this much for older debts and answers how much; one operation keeps the same again. */
  net(operation: string, most: number): number {
    const known = this.nettedBy(operation);
    if (known > 0) return known;
    const kept: { booking: string; amount: number }[] = [];
    let left = most;
    for (const [booking, debt] of this.#debts) {
      const amount = Math.min(left, Math.max(0, openOf(debt)));
      if (amount === 0) continue;
      kept.push({ booking, amount });
      debt.recovered += amount;
      left -= amount;
    }
    this.#kept.set(operation, kept);
    return most - left;
  }

  nettedBy(operation: string): number {
    return (this.#kept.get(operation) ?? []).reduce((sum, { amount }) => sum + amount, 0);
  }

  /** The operation did not move its money: the debts are owed as before. */
  unnet(operation: string): void {
    for (const { booking, amount } of this.#kept.get(operation) ?? []) {
      const debt = this.#debts.get(booking);
      invariant(debt !== undefined, `${operation} kept money for a debt that does not exist`);
      debt.recovered -= amount;
    }
    this.#kept.delete(operation);
  }

  /** Ends the debt of a booking and answers what was recovered of it. */
  close(booking: string): number {
    const debt = this.#debts.get(booking);
    if (debt === undefined) return 0;
    debt.closedWith ??= debt.recovered;
    return debt.closedWith;
  }

  recoveredOf(booking: string): number {
    return this.#debts.get(booking)?.recovered ?? 0;
  }

  /** What the payee still owes, over all bookings. */
  get debt(): number {
    return [...this.#debts.values()].reduce((sum, { advanced, recovered }) => sum + advanced - recovered, 0);
  }
}

const openOf = ({ advanced, recovered, closedWith }: Debt): number =>
  Math.min(advanced, closedWith ?? advanced) - recovered;
