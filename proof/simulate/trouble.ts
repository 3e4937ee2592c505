import { luck } from './chance.ts';

/** Lets things go wrong by chance, each under a name of its own, so that one of them can be taken out of a story. */
export class Trouble {
  readonly #seed: string;
  readonly #muted: ReadonlySet<string>;
  readonly #counts = new Map<string, number>();
  /** What struck, in order. */
  readonly struck: string[] = [];
  /** From here on nothing goes wrong any more. */
  isOver = false;

  constructor(seed: string, muted: ReadonlySet<string>) {
    this.#seed = seed;
    this.#muted = muted;
  }

  /** A number in [0, 1) for the next occurrence of this, and the occurrence's name. */
  #occur(what: string): { name: string; number: number } {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    const name = `${what}#${count}`;
    return { name, number: luck(this.#seed, name) };
  }

  strikes(what: string, probability: number): boolean {
    if (this.isOver) return false;
    const { name, number } = this.#occur(what);
    if (number >= probability || this.#muted.has(name)) return false;
    this.struck.push(name);
    return true;
  }

  /** One of these mishaps, each as likely as it says, or null. */
  oneOf<T>(what: string, mishaps: readonly { readonly kind: T; readonly probability: number }[]): T | null {
    if (this.isOver) return null;
    const { name, number } = this.#occur(what);
    let from = 0;
    for (const { kind, probability } of mishaps) {
      from += probability;
      if (number >= from) continue;
      if (this.#muted.has(name)) return null;
      this.struck.push(name);
      return kind;
    }
    return null;
  }

  /** How much of something there is this time, from none to all; no trouble, so it cannot be taken away. */
  share(what: string): number {
    return this.#occur(what).number;
  }
}
