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

  add(other: Coverage): void {
    for (const [table, rows] of other.#tables) {
      for (const [row, columns] of rows) {
        for (const [column, times] of columns) this.count(table, row, column, times);
      }
    }
  }
}
