import type { Problem } from './spec.ts';

/** Something the pinned document says otherwise than the API version we use, and why. */
interface Difference {
  readonly kind: Problem['kind'];
  readonly at: string;
  readonly why: string;
}

/** Where the pinned document (2026-08-26.dahlia) and the SDK's version (2026-10-28.endive) differ, and nothing else. */
export const knownDifferences: readonly Difference[] = [];

/** The problems that no known difference explains, one for each kind and place. */
export function unexplained(problems: readonly Problem[]): Problem[] {
  const each = new Map(problems.map((problem) => [`${problem.kind} ${problem.at}`, problem]));
  return [...each.values()].filter(
    ({ kind, at }) => !knownDifferences.some((known) => known.kind === kind && known.at === at),
  );
}

/** The known differences that none of these problems shows any more. */
export const stale = (problems: readonly Problem[]): readonly Difference[] =>
  knownDifferences.filter(({ kind, at }) => !problems.some((met) => met.kind === kind && met.at === at));
