/** How often one pair of a table was met. */
export type Count = readonly [table: string, row: string, column: string, times: number];

/** What was met how often, by pairs: a state and a command, a call and a mishap. */
export class Coverage {
  readonly #tables = new Map<string, Map<string, Map<string, number>>>();

  count(table: string, row: string, column: string, times = 1): void {
    const rows = this.#tables.get(table) ?? new Map<string, Map<string, number>>();
    const columns = rows.get(row) ?? new Map<string, number>();
    columns.set(column, (columns.get(column) ?? 0) + times);
    rows.set(row, columns);
    this.#tables.set(table, rows);
  }

  /** Rows and columns of one table, by name. */
  table(name: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return this.#tables.get(name) ?? new Map<string, Map<string, number>>();
  }

  /** Everything that was counted, pair by pair. */
  *counts(): Generator<Count> {
    for (const [table, rows] of this.#tables)
      for (const [row, columns] of rows)
        for (const [column, times] of columns) yield [table, row, column, times];
  }

  add(counts: Iterable<Count>): void {
    for (const one of counts) this.count(...one);
  }
}
