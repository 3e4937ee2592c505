import type { FormGroup, FormValue } from './form.ts';
import { invalidParameter, missingParameter } from './refusal.ts';

/** Reads one parameter or refuses it by name. */
export interface Field<T, Needed extends boolean = false> {
  readonly read: (value: FormValue, name: string) => T;
  readonly needed: Needed;
}

/** The parameters an endpoint knows; every other name is refused. */
export type Shape = Record<string, Field<unknown, boolean>>;

type Value<F> = F extends Field<infer T, boolean> ? T : never;
type NeededNames<S> = { [K in keyof S]: S[K] extends Field<unknown, true> ? K : never }[keyof S];

/** What a shape gives once read. */
export type Read<S> = { [K in NeededNames<S>]: Value<S[K]> } & {
  [K in Exclude<keyof S, NeededNames<S>>]?: Value<S[K]> | undefined;
};

/** Makes a field out of a reader. */
export const field = <T>(read: (value: FormValue, name: string) => T): Field<T> => ({ read, needed: false });

export const required = <T>(optional: Field<T, boolean>): Field<T, true> => ({
  read: optional.read,
  needed: true,
});

const asText = (value: FormValue, name: string): string => {
  if (typeof value !== 'string')
    throw invalidParameter('parameter_invalid_string', `Invalid string: ${name}`, name);
  return value;
};

export const text = field(asText);

/** Text that may be emptied: the empty string unsets it. */
export const clearableText = field((value, name): string | null => asText(value, name) || null);

export const identifier = field((value, name): string => {
  const id = asText(value, name);
  if (id === '')
    throw invalidParameter(
      'parameter_invalid_empty',
      `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset.`,
      name,
    );
  return id;
});

export const integer = field((value, name): number => {
  const written = asText(value, name);
  if (!/^-?\d{1,15}$/.test(written))
    throw invalidParameter('parameter_invalid_integer', `Invalid integer: ${written}`, name);
  return Number(written);
});

/** An amount of money: whole, at least 1, at most Stripe's eight digits. */
export const amount = field((value, name): number => {
  const minor = integer.read(value, name);
  if (minor < 1)
    throw invalidParameter(
      'parameter_invalid_integer',
      'This value must be greater than or equal to 1.',
      name,
    );
  if (minor > 99_999_999)
    throw invalidParameter('amount_too_large', 'Amount must be no more than $999,999.99', name);
  return minor;
});

export const flag = field((value, name): boolean => {
  const written = asText(value, name);
  if (written !== 'true' && written !== 'false')
    throw invalidParameter('parameter_invalid_boolean', `Invalid boolean: ${written}`, name);
  return written === 'true';
});

export const oneOf = <T extends string>(...allowed: readonly T[]): Field<T> =>
  field((value, name) => {
    const found = allowed.find((option) => option === value);
    if (found === undefined)
      throw invalidParameter(
        'parameter_invalid',
        `Invalid ${name}: must be one of ${allowed.join(', ')}`,
        name,
      );
    return found;
  });

export const list = <T>(of: Field<T, boolean>): Field<T[]> =>
  field((value, name) => {
    if (value === '') return [];
    if (typeof value === 'string') throw invalidParameter('parameter_invalid_array', 'Invalid array', name);
    return Object.entries(value).map(([index, element]) => of.read(element, `${name}[${index}]`));
  });

/** A nested group whose names are checked like the top level's. */
export const group = <S extends Shape>(shape: S): Field<Read<S>> =>
  field((value, name) => {
    if (typeof value === 'string') throw invalidParameter('parameter_invalid', 'Invalid object', name);
    return readShape(shape, value, name);
  });

/** A group whose names are the caller's own, such as `metadata`; the empty string clears it. */
export const freeMap = field((value, name): Record<string, string> | null => {
  if (value === '') return null;
  if (typeof value === 'string') throw invalidParameter('parameter_invalid', 'Invalid object', name);
  const entries = Object.entries(value).map(([key, inner]): [string, string] => [
    key,
    asText(inner, `${name}[${key}]`),
  ]);
  return Object.fromEntries(entries);
});

const range = group({ gt: integer, gte: integer, lt: integer, lte: integer });

/** A moment in seconds, or a window of them: the `created` filter of every list. */
export const moments = field((value, name): ((at: number) => boolean) => {
  if (typeof value === 'string') {
    const exact = integer.read(value, name);
    return (at) => at === exact;
  }
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range.read(value, name);
  return (at) => at > gt && at >= gte && at < lt && at <= lte;
});

/** Reads every parameter of a request, refusing the first unknown, missing or ill-typed one by its full name. */
export const readShape = <S extends Shape>(shape: S, values: FormGroup, within = ''): Read<S> => {
  const nameOf = (name: string) => (within === '' ? name : `${within}[${name}]`);
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const known = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (known === undefined)
      throw invalidParameter(
        'parameter_unknown',
        `Received unknown parameter: ${nameOf(name)}`,
        nameOf(name),
      );
    read[name] = known.read(value, nameOf(name));
  }
  for (const [name, known] of Object.entries(shape))
    if (known.needed && read[name] === undefined) throw missingParameter(nameOf(name));
  return read as Read<S>;
};
