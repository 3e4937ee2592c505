import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Instant } from '../../domain/time.ts';

/** Something that will happen, unless it is called off first. */
export interface Appointment {
  readonly at: Instant;
  callOff(): void;
}

class Slot implements Appointment {
  readonly at: Instant;
  readonly order: number;
  act: (() => unknown) | null;

  constructor(at: Instant, order: number, act: () => unknown) {
    this.at = at;
    this.order = order;
    this.act = act;
  }

  callOff(): void {
    this.act = null;
  }

  isBefore(other: Slot): boolean {
    return this.at < other.at || (this.at === other.at && this.order < other.order);
  }
}

/** Time that passes only from one appointment to the next. Nothing in a simulated world waits for anything else. */
export class Timetable {
  #now: Instant;
  #order = 0;
  readonly #heap: Slot[] = [];

  constructor(begin: Instant) {
    this.#now = begin;
  }

  readonly now = (): Instant => this.#now;

  /** Books an act; among equals the first booked is the first. An instant that has passed is now. */
  at(instant: Instant, act: () => unknown): Appointment {
    this.#order += 1;
    const slot = new Slot(Math.max(Math.ceil(instant), this.#now), this.#order, act);
    this.#push(slot);
    return slot;
  }

  after(delayMs: number, act: () => unknown): Appointment {
    return this.at(this.#now + delayMs, act);
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.after(delayMs, resolve));
  }

  /** When the next act is due; Infinity where nothing is booked. */
  nextAt(): Instant {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return Infinity;
      if (first.act !== null) return first.at;
      this.#pop();
    }
  }

  /** Moves on to this instant, at which nothing of the timetable is overdue. */
  moveTo(instant: Instant): void {
    this.#now = Math.max(this.#now, instant);
  }

  /** Lets the next act happen, and everything that follows from it at once. */
  async step(): Promise<void> {
    const at = this.nextAt();
    const slot = this.#heap[0];
    if (slot === undefined) return;
    this.#pop();
    this.#now = Math.max(this.#now, at);
    await slot.act?.();
    // No port of this world touches a disk or a socket, so one turn of the event loop brings everything to rest.
    await nextTurn();
  }

  #push(slot: Slot): void {
    const heap = this.#heap;
    let child = heap.push(slot) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !slot.isBefore(above)) break;
      heap[child] = above;
      heap[parent] = slot;
      child = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const [leftSlot, rightSlot] = [heap[left], heap[left + 1]];
      if (leftSlot === undefined) break;
      const isRight = rightSlot !== undefined && rightSlot.isBefore(leftSlot);
      const slot = isRight ? rightSlot : leftSlot;
      if (!slot.isBefore(last)) break;
      heap[parent] = slot;
      parent = isRight ? left + 1 : left;
    }
    heap[parent] = last;
  }
}
