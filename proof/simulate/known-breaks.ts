import type { Broken } from './ground.ts';

/** A claim that is known not to hold yet: where, and what of it a person decides. An entry goes when its cause does. */
interface KnownBreak {
  readonly invariant: string;
  readonly message: RegExp;
  readonly why: string;
}

const knownBreaks: readonly KnownBreak[] = [
  {
    invariant: 'M16',
    message: /it went from completed to settling/,
    why: 'a booking whose whole price is the fee is shown as settling for good once some of it was given back',
  },
  {
    invariant: 'M2',
    message: /is kept \(\d+ \w+ captured, [1-9]\d* refunded.* where the policy says/,
    why: 'the checker does not know of refunds before the last word, nor of a capture by hand before the lesson ended',
  },
  {
    invariant: 'M10',
    message: /^M10 lesson:\S+: (?:refunded|disputed): ours 0 \w+, Stripe's/,
    why: 'a lesson that ended is not taken up again for what others do at Stripe',
  },
];

/** Why this is known, or null where it is news. */
export const knownBecause = ({ invariant, message }: Broken): string | null =>
  knownBreaks.find((one) => one.invariant === invariant && one.message.test(message))?.why ?? null;
