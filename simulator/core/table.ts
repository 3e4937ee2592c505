// The machinery under the simulated Stripe: tables, clock, schedule, books, disk. Nothing here knows a Stripe endpoint.

/** What a table can hold: any value that names itself. Values are replaced, never changed in place, so snapshots are free. */
export interface Row {
  readonly id: string;
}

/** One row as it is written to disk. */
export interface StoredRow {
  id: string;
  owner: string;
  seq: number;
  body: string | null;
}

type Indexes<T> = Record<string, (value: T) => string | null>;

/** Keeps rows in the order they were made, finds them by id or index, and remembers which changed since the last commit. */
export class Table<T extends Row> {
  readonly name: string;
  readonly #rows = new Map<string, { value: T; owner: string; seq: number }>();
  readonly #indexes: Indexes<T>;
  readonly #indexed = new Map<string, Map<string, Set<string>>>();
  readonly #dirty = new Set<string>();
  #seq = 0;

  constructor(name: string, indexes: Indexes<T> = {}) {
    this.name = name;
    this.#indexes = indexes;
    for (const index of Object.keys(indexes)) this.#indexed.set(index, new Map());
  }

  get size(): number {
    return this.#rows.size;
  }

  /** The row, or undefined when it does not exist or belongs to another account than the one asked for. */
  get(id: string, owner?: string): T | undefined {
    const row = this.#rows.get(id);
    return row !== undefined && (owner === undefined || row.owner === owner) ? row.value : undefined;
  }

  /** The row that must exist: its absence is a bug of the simulator, not of the caller. */
  must(id: string): T {
    const value = this.get(id);
    if (value === undefined) throw new Error(`${this.name} ${id} is missing`);
    return value;
  }

  ownerOf(id: string): string | undefined {
    return this.#rows.get(id)?.owner;
  }

  /** Adds a row, or replaces it in place: order and owner stay as they were first given. */
  put(value: T, owner?: string): T {
    const known = this.#rows.get(value.id);
    if (known === undefined) {
      this.#rows.set(value.id, { value, owner: owner ?? 'platform', seq: ++this.#seq });
    } else {
      this.#unindex(known.value);
      known.value = value;
    }
    this.#index(value);
    this.#dirty.add(value.id);
    return value;
  }

  /** Replaces some fields of a row by a new value of the whole. */
  patch(id: string, changes: Partial<T>): T {
    return this.put({ ...this.must(id), ...changes });
  }

  delete(id: string): void {
    const known = this.#rows.get(id);
    if (known === undefined) return;
    this.#unindex(known.value);
    this.#rows.delete(id);
    this.#dirty.add(id);
  }

  clear(): void {
    for (const id of this.#rows.keys()) this.delete(id);
  }

  values(): IterableIterator<T> {
    return [...this.#rows.values()].map((row) => row.value)[Symbol.iterator]();
  }

  /** Rows of one account, newest first: the order of every Stripe list. */
  newestFirst(owner: string, from: Iterable<T> = this.values()): T[] {
    const found: T[] = [];
    for (const value of from) if (this.#rows.get(value.id)?.owner === owner) found.push(value);
    return found.reverse();
  }

  /** Rows whose index has this key, oldest first. */
  where(index: string, key: string): T[] {
    const ids = this.#indexed.get(index)?.get(key);
    if (ids === undefined) return [];
    const rows = [...ids].map((id) => this.#rows.get(id)).filter((row) => row !== undefined);
    return rows.sort((a, b) => a.seq - b.seq).map((row) => row.value);
  }

  /** Hands over the rows changed since the last call; a null body means deleted. */
  takeDirty(): StoredRow[] {
    if (this.#dirty.size === 0) return [];
    const rows = [...this.#dirty].map((id): StoredRow => {
      const row = this.#rows.get(id);
      return {
        id,
        owner: row?.owner ?? '',
        seq: row?.seq ?? 0,
        body: row ? JSON.stringify(row.value) : null,
      };
    });
    this.#dirty.clear();
    return rows;
  }

  /** Ids changed since the last commit, for checks that look only at what a request touched. */
  dirtyIds(): ReadonlySet<string> {
    return this.#dirty;
  }

  forgetDirty(): void {
    this.#dirty.clear();
  }

  /** Puts back a row read from disk, in the order the disk gives. */
  restore(row: { owner: string; seq: number; body: string }): void {
    const value = JSON.parse(row.body) as T;
    this.#rows.set(value.id, { value, owner: row.owner, seq: row.seq });
    this.#seq = Math.max(this.#seq, row.seq);
    this.#index(value);
  }

  #index(value: T): void {
    for (const [index, keyOf] of Object.entries(this.#indexes)) {
      const key = keyOf(value);
      if (key === null) continue;
      const keys = this.#indexed.get(index) ?? new Map<string, Set<string>>();
      const ids = keys.get(key);
      if (ids === undefined) keys.set(key, new Set([value.id]));
      else ids.add(value.id);
    }
  }

  #unindex(value: T): void {
    for (const [index, keyOf] of Object.entries(this.#indexes)) {
      const key = keyOf(value);
      if (key !== null) this.#indexed.get(index)?.get(key)?.delete(value.id);
    }
  }
}
