import type { Deed } from './plan.ts';

/** A deed as a person reads it. */
export function deedWords(deed: Deed): string {
  if (deed.kind === 'says') {
    const twice = deed.clicks > 1 ? `, ${deed.clicks} times` : '';
    return `orders ${deed.name} ${JSON.stringify(deed.body)}${twice}`;
  }
  const { kind, ...rest } = deed;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`);
  return [kind.replaceAll('_', ' '), ...details].join(', ');
}
