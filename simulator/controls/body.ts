import { ControlRefusal } from './control-refusal.ts';

/** Reads one field of a control's JSON body. */
export interface Field<T, Needed extends boolean = false> {
  readonly read: (value: unknown, name: string) => T;
  readonly needed: Needed;
}

export type Shape = Record<string, Field<unknown, boolean>>;

type Value<F> = F extends Field<infer T, boolean> ? T : never;
type NeededNames<S> = { [K in keyof S]: S[K] extends Field<unknown, true> ? K : never }[keyof S];
export type Read<S> = { [K in NeededNames<S>]: Value<S[K]> } & {
  [K in Exclude<keyof S, NeededNames<S>>]?: Value<S[K]> | undefined;
};

const refuse = (name: string, wanted: string) => new ControlRefusal(422, `${name} must be ${wanted}.`);

const field = <T>(read: (value: unknown, name: string) => T): Field<T> => ({ read, needed: false });

export const must = <T>(optional: Field<T, boolean>): Field<T, true> => ({
  read: optional.read,
  needed: true,
});

export const aString = field((value, name): string => {
  if (typeof value !== 'string') throw refuse(name, 'a string');
  return value;
});

export const aBoolean = field((value, name): boolean => {
  if (typeof value !== 'boolean') throw refuse(name, 'true or false');
  return value;
});

/** A number between two bounds, ends included. */
export const aNumber = (least: number, most: number): Field<number> =>
  field((value, name) => {
    if (typeof value !== 'number' || !(value >= least && value <= most))
      throw refuse(name, `a number from ${least} to ${most}`);
    return value;
  });

/** A whole number between two bounds, ends included. */
export const aCount = (least: number, most: number): Field<number> =>
  field((value, name) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw refuse(name, `a whole number from ${least} to ${most}`);
    return value;
  });

export const nullable = <T>(inner: Field<T, boolean>): Field<T | null> =>
  field((value, name) => (value === null ? null : inner.read(value, name)));

export const oneOfThese = <T extends string>(...allowed: readonly T[]): Field<T> =>
  field((value, name) => {
    const found = allowed.find((option) => option === value);
    if (found === undefined) throw refuse(name, `one of ${allowed.join(', ')}`);
    return found;
  });

export const anyRecord = field((value, name): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(name, 'an object');
  return value as Record<string, unknown>;
});

export const anything = field((value): unknown => value);

/** Reads a whole body, refusing what it does not know. */
export const readBody = <S extends Shape>(shape: S, body: unknown): Read<S> => {
  const given = anyRecord.read(body ?? {}, 'The body');
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const known = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (known === undefined) throw new ControlRefusal(422, `${name} is not a field of this control.`);
    if (value !== undefined) read[name] = known.read(value, name);
  }
  for (const [name, known] of Object.entries(shape))
    if (known.needed && read[name] === undefined) throw new ControlRefusal(422, `${name} is missing.`);
  return read as Read<S>;
};
