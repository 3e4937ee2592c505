import fc from 'fast-check';
import { fragment, strangeKey } from './corpus.ts';

/** One thing that is wrong with a body; `at` counts the places in it and goes round. */
export type Distortion =
  | { readonly kind: 'instead'; readonly at: number; readonly fragment: string }
  | { readonly kind: 'without'; readonly at: number }
  | { readonly kind: 'beside'; readonly at: number; readonly key: string; readonly fragment: string }
  | { readonly kind: 'twice'; readonly at: number }
  | { readonly kind: 'wrapped'; readonly at: number };

/** More than any body has places, so that each is reached about as often. */
const at = fc.nat({ max: 1_000 });

/** What can be wrong with a body. */
export const distortion: fc.Arbitrary<Distortion> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('instead' as const), at, fragment }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('without' as const), at }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('beside' as const), at, key: strangeKey, fragment }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('twice' as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wrapped' as const), at }) },
);

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const placesIn = (value: unknown): number =>
  entriesOf(value).reduce((sum, [, inner]) => sum + placesIn(inner), 1);

/** A value as JSON text with these things wrong; text, because half of them cannot be written by `JSON.stringify`. */
export function distorted(value: unknown, distortions: readonly Distortion[]): string {
  const count = placesIn(value);
  const wrong = new Map(distortions.map((one) => [one.at % count, one]));
  let place = -1;
  const written = (inner: unknown, key: string | null): string => {
    place += 1;
    const here = wrong.get(place);
    const members = entriesOf(inner).flatMap(([name, field]) => {
      const text = written(field, Array.isArray(inner) ? null : name);
      return text === '' ? [] : [text];
    });
    if (here?.kind === 'beside') members.push(`${JSON.stringify(here.key)}:${here.fragment}`);
    const plain = here?.kind === 'instead' ? here.fragment : joined(inner, members);
    const shown = here?.kind === 'wrapped' ? `[${plain}]` : plain;
    const named = key === null ? shown : `${JSON.stringify(key)}:${shown}`;
    if (here?.kind === 'without') return '';
    return here?.kind === 'twice' && key !== null ? `${named},${named}` : named;
  };
  return written(value, null);
}

function joined(value: unknown, members: readonly string[]): string {
  if (Array.isArray(value)) return `[${members.join(',')}]`;
  if (typeof value === 'object' && value !== null) return `{${members.join(',')}}`;
  return JSON.stringify(value) ?? 'null';
}
