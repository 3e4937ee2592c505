import type { Refusal } from './machine.ts';
import { refuse } from './machine.ts';
import type { Instant } from './time.ts';
import { parseInstant } from './time.ts';

// Reading messages by hand: they may come as free text from the Temporal UI, and a schema library inside a workflow
// costs memory in every cached run (temporal-rules 64).

/** The years 1970 to 9999: beyond them no view has a text for an instant. */
const hasText = (at: number): boolean => Number.isSafeInteger(at) && at >= 0 && at < 253_402_300_800_000;

/** A message that does not fit; `readMessage` turns it into a refusal, it never leaves the machine. */
export class BadMessage extends Error {}

/** Reads a message to `whom` that may be anything; never throws: what does not fit is a refusal. */
export function readMessage<Name extends string, Command>(
  whom: string,
  names: readonly Name[],
  name: string,
  read: (known: Name) => Command,
): Command | Refusal {
  const known = names.find((one) => one === name);
  if (known === undefined) return refuse(`${whom} has no command "${name.slice(0, 64)}"`, 'malformed');
  try {
    return read(known);
  } catch (error) {
    if (error instanceof BadMessage) return refuse(`${name}: ${error.message}`, 'malformed');
    throw error;
  }
}

/** The fields of one message, each read with the type it must have. Unknown fields are refused. */
export class Fields {
  readonly #raw: Readonly<Record<string, unknown>>;

  constructor(raw: unknown, known: readonly string[]) {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      throw new BadMessage(`needs an object with ${known.join(', ')}`);
    }
    const unknown = Object.keys(raw).find((name) => !known.includes(name));
    if (unknown !== undefined) throw new BadMessage(`unknown field "${unknown.slice(0, 64)}"`);
    this.#raw = raw as Record<string, unknown>;
  }

  #get(name: string): unknown {
    const value = Object.hasOwn(this.#raw, name) ? this.#raw[name] : undefined;
    return value === null ? undefined : value;
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  text(name: string, longest = 500): string {
    const value = this.#get(name);
    if (typeof value !== 'string' || value.trim() === '' || value.length > longest) {
      throw new BadMessage(`${name} must be a text of 1 to ${longest} characters`);
    }
    return value;
  }

  optionalText(name: string, longest = 5_000): string | null {
    return this.has(name) ? this.text(name, longest) : null;
  }

  oneOf<const T extends string>(name: string, allowed: readonly T[]): T {
    const found = allowed.find((one) => one === this.#get(name));
    if (found === undefined) throw new BadMessage(`${name} must be one of ${allowed.join(', ')}`);
    return found;
  }

  /** ISO-8601 with a zone, or epoch milliseconds as the API sends them. */
  instant(name: string): Instant {
    const value = this.#get(name);
    const at = typeof value === 'number' && hasText(value) ? value : parseInstant(value);
    if (at === null) throw new BadMessage(`${name} must be an ISO-8601 date-time with a zone`);
    return at;
  }

  instantOr(name: string, otherwise: Instant): Instant {
    return this.has(name) ? this.instant(name) : otherwise;
  }

  optionalInteger(name: string, least: number, most: number): number | null {
    if (!this.has(name)) return null;
    const value = this.#get(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new BadMessage(`${name} must be a whole number from ${least} to ${most}`);
    }
    return value;
  }

  integer(name: string, least: number, most: number): number {
    const value = this.optionalInteger(name, least, most);
    if (value === null) throw new BadMessage(`${name} must be a whole number from ${least} to ${most}`);
    return value;
  }

  list<T>(name: string, most: number, read: (raw: unknown) => T): readonly T[] {
    if (!this.has(name)) return [];
    const value = this.#get(name);
    if (!Array.isArray(value) || value.length > most) {
      throw new BadMessage(`${name} must be a list of at most ${most}`);
    }
    return value.map(read);
  }
}
