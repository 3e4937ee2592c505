import type { Operation, Problem, Schema, Spec } from './spec.ts';
import { operationOf } from './spec.ts';

/** A decoded form or query: text, or a group of named or numbered values. */
export type FormValue = string | { readonly [name: string]: FormValue };

/** One request as it went over the wire. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, FormValue>>;
}

/**
 * Checks a request's parameters, nested ones too: the document closes only the first level, Stripe refuses unknown
 * names on every one.
 */
export function checkRequest(spec: Spec, { method, path, params }: SentRequest): Problem[] {
  const found = operationOf(spec, method, path);
  if (found === null) return [{ kind: 'unknown call', at: `${method} ${path}`, detail: 'no such endpoint' }];
  const { name, operation } = found;
  const schema = parametersOf(method, operation);
  return checkGroup(params, schema, (parameter) => `${name} ${parameter}`);
}

/** The names an endpoint takes on the first level. */
export const namesTaken = (spec: Spec, method: string, path: string): ReadonlySet<string> => {
  const found = operationOf(spec, method, path);
  return new Set(found === null ? [] : Object.keys(parametersOf(method, found.operation).properties ?? {}));
};

function parametersOf(method: string, operation: Operation): Schema {
  if (method === 'POST') {
    const body = operation.requestBody?.content?.['application/x-www-form-urlencoded']?.schema;
    return { ...body, type: 'object' };
  }
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  return {
    type: 'object',
    properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])),
    required: query.filter(({ required }) => required === true).map(({ name }) => name),
  };
}

type Name = (parameter: string) => string;

function checkGroup(group: Readonly<Record<string, FormValue>>, schema: Schema, name: Name): Problem[] {
  const { properties = {}, additionalProperties, required = [] } = schema;
  const missing = required
    .filter((parameter) => group[parameter] === undefined)
    .map((parameter): Problem => ({ kind: 'missing parameter', at: name(parameter), detail: 'is required' }));
  const wrong = Object.entries(group).flatMap(([parameter, value]): Problem[] => {
    const known = properties[parameter];
    if (known !== undefined) return checkValue(value, known, name(parameter));
    if (typeof additionalProperties === 'object') return checkValue(value, additionalProperties, name('*'));
    return [{ kind: 'unknown parameter', at: name(parameter), detail: JSON.stringify(value) }];
  });
  return [...missing, ...wrong];
}

function checkValue(value: FormValue, schema: Schema, at: string): Problem[] {
  if (schema.anyOf !== undefined) {
    const ways = schema.anyOf.map((way) => checkValue(value, way, at));
    // The way that fits best is what was meant, so its complaints are the ones worth reading.
    return ways.sort((a, b) => a.length - b.length)[0] ?? [];
  }
  if (typeof value === 'string') return fitsText(value, schema) ? [] : [wrongValue(value, schema, at)];
  if (schema.type === 'array') {
    const { items = {} } = schema;
    return Object.values(value).flatMap((item) => checkValue(item, items, `${at}[]`));
  }
  if (schema.type !== 'object') return [wrongValue(value, schema, at)];
  return checkGroup(value, schema, (parameter) => `${at}[${parameter}]`);
}

const wrongValue = (value: FormValue, schema: Schema, at: string): Problem => ({
  kind: 'wrong value',
  at,
  detail: `${JSON.stringify(value)} is no ${schema.enum?.join(' | ') ?? schema.type ?? 'value'}`,
});

function fitsText(value: string, schema: Schema): boolean {
  switch (schema.type) {
    case 'integer':
      return /^-?\d+$/.test(value);
    case 'number':
      return value !== '' && Number.isFinite(Number(value));
    case 'boolean':
      return value === 'true' || value === 'false';
    case 'string':
      return (
        (schema.enum === undefined || schema.enum.includes(value)) &&
        value.length <= (schema.maxLength ?? Infinity)
      );
    default:
      return false;
  }
}
