import { createHash, randomBytes } from 'node:crypto';
import type { Mark } from './clock.ts';
import type { Table } from './table.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const base62 = (value: number, width: number): string => {
  let rest = value;
  let written = '';
  while (rest > 0) {
    written = `${alphabet[rest % 62] ?? '0'}${written}`;
    rest = Math.floor(rest / 62);
  }
  return written.padStart(width, '0');
};

/** Makes ids that look like Stripe's, never repeat in one store, and differ between two stores unless both get the same tag. */
export class Ids {
  readonly #marks: Table<Mark>;
  readonly #tag: string;

  constructor(marks: Table<Mark>, tag: string | undefined) {
    this.#marks = marks;
    this.#tag = tag ?? String(marks.get('id_tag')?.value ?? randomBytes(5).toString('hex'));
    marks.put({ id: 'id_tag', value: this.#tag });
  }

  next(prefix: string): string {
    const count = Number(this.#marks.get('id_count')?.value ?? 0) + 1;
    this.#marks.put({ id: 'id_count', value: count });
    return `${prefix}_${this.#tag}${base62(count, 14)}`;
  }

  /** The secret that lets a browser act on one intent; not guessable from its id alone without the tag. */
  clientSecret(id: string): string {
    return `${id}_secret_${createHash('sha256').update(`${this.#tag}:${id}`).digest('hex').slice(0, 24)}`;
  }
}
