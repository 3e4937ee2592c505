import { invalidParameter } from './refusal.ts';

/** A decoded form value: text, or a group of named (or numbered) values. */
export type FormValue = string | FormGroup;
export interface FormGroup {
  [name: string]: FormValue;
}

const emptyGroup = (): FormGroup => Object.create(null) as FormGroup;

/** Deeper nesting than any Stripe parameter has; stops a hostile body from costing more than it is worth. */
const deepest = 12;

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidParameter(
      'parameter_invalid',
      'The request body or query is not valid URL encoding.',
      'body',
    );
  }
};

/** `a[b][0]` becomes `['a', 'b', '0']`; an empty bracket asks for the next number. */
const pathOf = (name: string): string[] => {
  const bracket = name.indexOf('[');
  if (bracket <= 0) return [name];
  const inner = name.slice(bracket + 1, name.endsWith(']') ? -1 : undefined).split('][');
  return [name.slice(0, bracket), ...inner];
};

const insert = (root: FormGroup, path: readonly string[], value: string): void => {
  if (path.length > deepest)
    throw invalidParameter('parameter_invalid', 'Parameters are nested too deeply.', path[0] ?? '');
  let group = root;
  path.forEach((part, depth) => {
    const name = part === '' && depth > 0 ? String(Object.keys(group).length) : part;
    if (depth === path.length - 1) {
      group[name] = value;
      return;
    }
    const known = group[name];
    const next = typeof known === 'object' ? known : emptyGroup();
    group[name] = next;
    group = next;
  });
};

/** Decodes a body or query string in Stripe's bracket notation. */
export const decodeForm = (encoded: string): FormGroup => {
  const root = emptyGroup();
  if (encoded === '') return root;
  for (const pair of encoded.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    insert(root, pathOf(name), equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return root;
};

/** The same parameters always give the same text, whatever their order: the fingerprint of an idempotent request. */
export const canonical = (value: FormValue): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : `{${Object.keys(value)
        .sort()
        .map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? '')}`)
        .join(',')}}`;
