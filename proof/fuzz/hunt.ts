import fc from 'fast-check';

/** How long and from where a hunt goes: the same seed and count always try the same things. */
export interface Hunting {
  readonly seed: number;
  readonly runs: number;
  /** How long a thing that breaks a promise is made smaller; each try talks to a real house. */
  readonly shrinksWithinMs?: number;
}

/** What a hunt brought home: how much was tried, and the smallest thing that broke a promise, in words. */
export interface Bag {
  readonly tried: number;
  readonly finding: string | null;
}

/** A broken promise, with what broke it as a person can repeat it. */
export class Broken extends Error {}

const usuallyShrinksWithinMs = 120_000;

/** Tries so many things one after the other; what breaks a promise is made as small as it will go. */
export async function hunt<T>(
  arbitrary: fc.Arbitrary<T>,
  { seed, runs, shrinksWithinMs = usuallyShrinksWithinMs }: Hunting,
  attempt: (thing: T) => Promise<void>,
): Promise<Bag> {
  let smallest: string | null = null;
  let firstBrokenAt = 0;
  let tried = 0;
  const property = fc.asyncProperty(arbitrary, async (thing) => {
    if (firstBrokenAt > 0 && Date.now() - firstBrokenAt > shrinksWithinMs) return;
    if (firstBrokenAt === 0) tried += 1;
    try {
      await attempt(thing);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      if (firstBrokenAt === 0) firstBrokenAt = Date.now();
      smallest = error.message;
      throw error;
    }
  });
  const { failed, errorInstance } = await fc.check(property, { seed, numRuns: runs, endOnFailure: false });
  if (!failed) return { tried, finding: null };
  if (smallest === null) throw errorInstance;
  return { tried, finding: `${String(smallest)}\nseed ${seed}` };
}
