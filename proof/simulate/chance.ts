// proof/simulate/: whole random lives of agreements in one process on a virtual clock. The machines, the loop, the
// activities, the store, the webhook inbox and its dispatch, the sweeps and the Stripe stand-in are the house's own;
// what is not, is Temporal (server.ts, story.ts, temporal.ts), sockets (network.ts), the calendar and the API's routes.

/** Mixes the bits of a hash until neighbours have nothing in common. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85eb_ca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * Chance by name: the same seed and name always give the same number in [0, 1), whatever was asked before. So a life
 * from which one act is taken away keeps its luck in everything else.
 */
export function luck(seed: string, name: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < seed.length; i += 1) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x0100_0193);
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x0100_0193);
  return mixed(hash) / 2 ** 32;
}

/** A sequence of choices that its seed fixes. */
export class Draw {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The next number in [0, 1). */
  next(): number {
    this.#count += 1;
    return luck(this.#seed, `/${this.#count}`);
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number between two bounds, ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  oneOf<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.next() * list.length)] ?? list[0];
  }
}
