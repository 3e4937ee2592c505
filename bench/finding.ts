/** What a measurement must keep to, in the unit of its values. */
export interface Bar {
  readonly kind: 'at least' | 'at most';
  readonly value: number;
}

/** One measured figure: a value for each round, each taken right beside what it is held against. */
export interface Finding {
  /** Its name in the quality bars, such as P2b. */
  readonly metric: string;
  readonly what: string;
  readonly unit: '' | 's' | 'MB' | 'timeouts';
  readonly values: readonly number[];
  readonly bar: Bar;
  /** The absolute figures behind the values, in words. */
  readonly absolute: string;
}

/** How large a run is: `rounds` of everything, and small sizes for a smoke run that proves nothing but that it works. */
export interface Scale {
  readonly isQuick: boolean;
  readonly rounds: number;
}

/** One file of measurements; answers what it found. */
export interface Bench {
  readonly name: string;
  /** How it is measured, for whoever reads the table. */
  readonly method: string;
  readonly run: (scale: Scale) => Promise<Finding[]>;
}

/** The middle of the values; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? Number.NaN, sorted[Math.floor(middle)] ?? Number.NaN];
  return (low + high) / 2;
}

/** The value below which this share of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A bar is missed only where no round reached it; between that and a median that keeps it the spread decides nothing. */
export function verdict({ values, bar }: Finding): 'kept' | 'within the spread' | 'missed' {
  const keeps = (value: number): boolean =>
    bar.kind === 'at least' ? value >= bar.value : value <= bar.value;
  if (keeps(median(values))) return 'kept';
  return values.some(keeps) ? 'within the spread' : 'missed';
}

/** Every element handled, so many at once; the first error ends it. */
export async function atOnce<Item>(
  count: number,
  items: Iterable<Item>,
  handle: (item: Item) => Promise<unknown>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let one = left.next(); one.done !== true; one = left.next()) await handle(one.value);
  };
  await Promise.all(Array.from({ length: count }, lane));
}

/** How long the work takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Tells whoever waits what was just measured; the table is for stdout. */
export const progress = (line: string): void => void process.stderr.write(`  ${line}\n`);
