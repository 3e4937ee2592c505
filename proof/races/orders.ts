import { createHash } from 'node:crypto';

/** Every order in which these can come, each once. */
export const ordersOf = <T>(list: readonly T[]): T[][] =>
  list.length < 2
    ? [[...list]]
    : list.flatMap((one, i) => ordersOf(list.filter((_, j) => j !== i)).map((rest) => [one, ...rest]));

/** So many of the orders, chosen by the seed alone. */
export function sampleOf<T>(orders: readonly (readonly T[])[], count: number, seed: string): (readonly T[])[] {
  const lot = (order: readonly T[]): string => createHash('sha256').update(`${seed}/${order.join('/')}`).digest('hex');
  return orders.toSorted((one, other) => (lot(one) < lot(other) ? -1 : 1)).slice(0, count);
} // prettier-ignore

/** The list in pieces of at most this length. */
export const inPieces = <T>(list: readonly T[], length: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / length) }, (_, i) => list.slice(i * length, (i + 1) * length));
