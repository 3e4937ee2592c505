import type { Broken } from './ground.ts';

/** A claim that is known not to hold yet: where, and what of it a person decides. An entry goes when its cause does. */
interface KnownBreak {
  readonly invariant: string;
  readonly message: RegExp;
  readonly why: string;
}

const knownBreaks: readonly KnownBreak[] = [
  {
    invariant: 'M10',
    message: /^M10 lesson:\S+: (?:refunded|disputed): ours 0 \w+, Stripe's/,
    why: 'a lesson that ended is not taken up again for what others do at Stripe',
  },
];

/** Why this is known, or null where it is news. */
export const knownBecause = ({ invariant, message }: Broken): string | null =>
  knownBreaks.find((one) => one.invariant === invariant && one.message.test(message))?.why ?? null;
