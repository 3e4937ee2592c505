import type { Table } from './table.ts';

/** A number that must survive a restart. */
export interface Mark {
  readonly id: string;
  readonly value: number | string;
}

/** Stripe's time: the wall's plus an offset that only grows. */
export class Clock {
  readonly #wall: () => number;
  readonly #marks: Table<Mark>;
  #last = 0;

  constructor(wall: () => number, marks: Table<Mark>) {
    this.#wall = wall;
    this.#marks = marks;
  }

  get #offset(): number {
    return Number(this.#marks.get('clock_offset')?.value ?? 0);
  }

  /** Milliseconds, never going back even when the wall does. */
  now(): number {
    this.#last = Math.max(this.#last, this.#wall() + this.#offset);
    return this.#last;
  }

  /** Whole seconds, the way Stripe writes every timestamp. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** Moves to a later moment; an earlier one changes nothing. */
  moveTo(at: number): void {
    const behind = at - this.now();
    if (behind > 0) this.#marks.put({ id: 'clock_offset', value: this.#offset + behind });
  }
}
