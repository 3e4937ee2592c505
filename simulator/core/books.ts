import type { Table } from './table.ts';

/** Where money can be outside every Stripe balance. `transfers` is between two balances and must always be empty. */
export type Outside = 'cardholders' | 'banks' | 'stripe_fees' | 'transfers';
export type Bucket = 'available' | 'pending';

/** One side's running total, in minor units. */
export interface Tally {
  readonly id: string;
  readonly place: string;
  readonly bucket: Bucket | 'outside';
  readonly currency: string;
  readonly amount: number;
}

/** A check that failed, kept for good. */
export interface Violation {
  readonly id: string;
  readonly at: string;
  readonly what: string;
}

const outsidePlaces: readonly string[] = [
  'cardholders',
  'banks',
  'stripe_fees',
  'transfers',
] satisfies Outside[];

/** Double entry: what leaves one side arrives at another, so every currency sums to zero over all sides. */
export class Books {
  readonly #tallies: Table<Tally>;

  constructor(tallies: Table<Tally>) {
    this.#tallies = tallies;
  }

  /** Moves money from outside into an account's balance, or out of it when the amount is negative. */
  bring(outside: Outside, owner: string, bucket: Bucket, amount: number, currency: string): void {
    this.#add(outside, 'outside', currency, -amount);
    this.#add(owner, bucket, currency, amount);
  }

  /** Turns an account's pending money into available money. */
  release(owner: string, amount: number, currency: string): void {
    this.#add(owner, 'pending', currency, -amount);
    this.#add(owner, 'available', currency, amount);
  }

  amount(place: string, bucket: Bucket | 'outside', currency: string): number {
    return this.#tallies.get(`${place}|${bucket}|${currency}`)?.amount ?? 0;
  }

  currencies(owner: string): string[] {
    return [...new Set(this.#tallies.where('place', owner).map((tally) => tally.currency))];
  }

  all(): Tally[] {
    return [...this.#tallies.values()];
  }

  touched(): Tally[] {
    return [...this.#tallies.dirtyIds()]
      .map((id) => this.#tallies.get(id))
      .filter((tally) => tally !== undefined);
  }

  /** What does not add up: a currency that does not sum to zero, or money stuck between two balances. */
  faults(): string[] {
    const sums = new Map<string, number>();
    const faults: string[] = [];
    for (const tally of this.#tallies.values()) {
      sums.set(tally.currency, (sums.get(tally.currency) ?? 0) + tally.amount);
      if (tally.place === 'transfers' && tally.amount !== 0)
        faults.push(`${tally.amount} ${tally.currency} left one balance and reached no other`);
      if (!Number.isSafeInteger(tally.amount)) faults.push(`${tally.id} is not a whole amount`);
    }
    for (const [currency, sum] of sums)
      if (sum !== 0) faults.push(`${currency} sums to ${sum} over all sides`);
    return faults;
  }

  #add(place: string, bucket: Bucket | 'outside', currency: string, amount: number): void {
    const id = `${place}|${bucket}|${currency}`;
    this.#tallies.put({ id, place, bucket, currency, amount: (this.#tallies.get(id)?.amount ?? 0) + amount });
  }
}

export const isOutside = (place: string): boolean => outsidePlaces.includes(place);
