import { boundaries } from './boundaries.ts';
import type { Outcome } from './campaign.ts';

/** Somebody lived, no claim broke and nobody waits for anything. */
export const isGood = ({ lives, violations, pending }: Outcome): boolean =>
  lives > 0 && violations.length === 0 && pending.length === 0;

const hourMs = 3_600_000;

/** The whole campaign as a table for a terminal. */
export function reportLines(outcome: Outcome): string[] {
  const { tolls, inside, untold, lives, fates, answers, virtualMs, pending, violations } = outcome;
  const all = [...tolls.values()];
  const sum = (figure: 'kills' | 'recoveries' | 'gaveUp'): number => all.reduce((total, toll) => total + toll[figure], 0);
  const row = (name: string, ...cells: (number | string)[]): string =>
    `  ${name.padEnd(34)}${cells.map((cell) => String(cell).padStart(14)).join('')}`;
  const missed = boundaries.filter(({ activity }) => !inside.has(activity)).map(({ activity }) => activity);
  return [
    row('process', 'SIGKILLs', 'recoveries', 'ended itself'),
    ...[...tolls].map(([name, toll]) => row(name, toll.kills, toll.recoveries, toll.gaveUp)),
    row('all', sum('kills'), sum('recoveries'), sum('gaveUp')),
    row('all workers died inside', 'times'),
    ...[...inside].toSorted(([one], [other]) => one.localeCompare(other)).map(([activity, count]) => row(activity, count)),
    row('between inbox and signal', untold),
    ...(missed.length === 0 ? [] : [`  never met: ${missed.join(', ')}`]),
    row('lives by their fate', 'lives'),
    ...[...fates].toSorted(([, one], [, other]) => other - one).map(([fate, count]) => row(fate, count)),
    row('all', lives),
    `  answers: ${[...answers].toSorted(([one], [other]) => one - other).map(([status, count]) => `${count} x ${status}`).join(', ')}`,
    `  ${Math.round(virtualMs / hourMs)} hours passed for them`,
    ...violations.map((line) => `BROKEN ${line}`),
    ...pending.map((line) => `PENDING ${line}`),
    `${sum('kills')} SIGKILLs, ${sum('recoveries')} recoveries, ${lives} lives, ${violations.length} violations, ${pending.length} pending`,
  ];
} // prettier-ignore
