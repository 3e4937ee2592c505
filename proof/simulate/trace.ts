import { createHash } from 'node:crypto';
import type { Instant } from '../../domain/time.ts';
import { iso } from '../../domain/time.ts';

/** One thing that happened, as a person reads it. */
export interface TraceLine {
  readonly at: Instant;
  readonly who: string;
  readonly what: string;
}

/** Everything that happened in a world, as one hash, and in words where somebody wants to read it. */
export class Trace {
  readonly #hash = createHash('sha256');
  readonly #now: () => Instant;
  readonly lines: TraceLine[] | null;

  constructor(now: () => Instant, keepsLines: boolean) {
    this.#now = now;
    this.lines = keepsLines ? [] : null;
  }

  tell(who: string, what: string): void {
    const at = this.#now();
    this.#hash.update(`${at} ${who} ${what}\n`);
    this.lines?.push({ at, who, what });
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

export const lineOf = ({ at, who, what }: TraceLine): string => `${iso(at)}  ${who.padEnd(14)} ${what}`;
