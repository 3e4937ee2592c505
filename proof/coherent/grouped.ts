/** Items by their key, each in its old order; those without a key are left out. */
export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string | null): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
} // prettier-ignore

/** What the numbers come to. */
export const total = (amounts: readonly number[]): number => amounts.reduce((sum, one) => sum + one, 0);
