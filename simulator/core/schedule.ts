import type { Table } from './table.ts';

/** What the passing of time brings about. */
export type Due =
  | 'expire_hold'
  | 'expire_session'
  | 'release_funds'
  | 'prune_keys'
  | 'deliver'
  | 'step_payout'
  | 'settle_refund'
  | 'follow_up_charge'
  | 'step_dispute';

/** One thing that will happen; its id is its kind and subject, so arming it again moves it. */
export interface Appointment {
  readonly id: string;
  readonly kind: Due;
  readonly subject: string;
  readonly at: number;
}

interface Slot {
  at: number;
  order: number;
  id: string;
}

const before = (a: Slot, b: Slot) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Appointments in time order; first armed goes first among equals. */
export class Schedule {
  readonly #rows: Table<Appointment>;
  readonly #heap: Slot[] = [];
  readonly #running = new Set<string>();
  #order = 0;

  constructor(rows: Table<Appointment>) {
    this.#rows = rows;
  }

  /** Rebuilds the order after the rows were read from disk. */
  reload(): void {
    this.#heap.length = 0;
    for (const row of this.#rows.values()) this.#push(row);
  }

  arm(kind: Due, subject: string, at: number): void {
    this.#push(this.#rows.put({ id: `${kind}:${subject}`, kind, subject, at }));
  }

  disarm(kind: Due, subject: string): void {
    this.#rows.delete(`${kind}:${subject}`);
  }

  /** The next appointment, without taking it. */
  next(): Appointment | undefined {
    for (;;) {
      const slot = this.#heap[0];
      if (slot === undefined) return undefined;
      const row = this.#rows.get(slot.id);
      if (row !== undefined && row.at === slot.at && !this.#running.has(slot.id)) return row;
      this.#pop();
    }
  }

  /** Takes the next appointment that is due. It stays on disk until `done`, so a crash in between repeats it. */
  takeDue(now: number): Appointment | undefined {
    const row = this.next();
    if (row === undefined || row.at > now) return undefined;
    this.#pop();
    this.#running.add(row.id);
    return row;
  }

  /** Forgets an appointment that was kept, unless keeping it armed it anew. */
  done(row: Appointment): void {
    this.#running.delete(row.id);
    const current = this.#rows.get(row.id);
    if (current === row) this.#rows.delete(row.id);
    else if (current !== undefined) this.#push(current);
  }

  #push(row: Appointment): void {
    const slot = { at: row.at, order: ++this.#order, id: row.id };
    let child = this.#heap.push(slot) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || !before(slot, above)) break;
      this.#heap[child] = above;
      this.#heap[parent] = slot;
      child = parent;
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const leftSlot = this.#heap[left];
      const rightSlot = this.#heap[left + 1];
      if (leftSlot === undefined) break;
      const [child, slot] =
        rightSlot !== undefined && before(rightSlot, leftSlot) ? [left + 1, rightSlot] : [left, leftSlot];
      if (!before(slot, last)) break;
      this.#heap[parent] = slot;
      parent = child;
    }
    this.#heap[parent] = last;
  }
}
