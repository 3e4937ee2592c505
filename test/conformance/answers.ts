import type { AnySchemaObject, ErrorObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import type { Problem, Schema, Spec } from './spec.ts';
import { operationOf } from './spec.ts';

/** One answer as it came over the wire. */
export interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** Checks answers and objects against the document's schemas; each schema is compiled when it is first met. */
export interface AnswerChecker {
  /** An answer against its endpoint: the success schema for 200, Stripe's error schema for everything else. */
  answer(answer: Answer): Problem[];
  /** A value against a named schema of the document. */
  component(name: string, value: unknown): Problem[];
}

const refName = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

/** Nested schemas stay names until a value reaches them: Stripe's objects refer to each other in circles. */
interface ComponentChoice {
  readonly names: readonly string[];
  readonly text: boolean;
  readonly nullable: boolean;
}

/** A schema of the document as JSON Schema: `null` where it is nullable, closed objects, and nested schemas by name. */
function translate(schema: Schema): AnySchemaObject {
  const { nullable = false } = schema;
  if (schema.$ref !== undefined) return choice([schema.$ref], false, nullable);
  if (schema.anyOf !== undefined) {
    const refs = schema.anyOf.flatMap(({ $ref }) => $ref ?? []);
    const others = schema.anyOf.filter(({ $ref }) => $ref === undefined);
    // Expandable fields: the id, or any of the objects it may stand for.
    if (refs.length > 0 && others.every(({ type }) => type === 'string')) {
      return choice(refs, others.length > 0, nullable);
    }
    return { anyOf: [...schema.anyOf.map(translate), ...(nullable ? [{ type: 'null' }] : [])] };
  }
  const { type, enum: values, properties, items, additionalProperties, required } = schema;
  return {
    ...(type === undefined ? {} : { type: nullable ? [type, 'null'] : type }),
    ...(values === undefined ? {} : { enum: nullable ? [...values, null] : values }),
    ...(schema.format === undefined ? {} : { format: schema.format }),
    ...(schema.maxLength === undefined ? {} : { maxLength: schema.maxLength }),
    ...(schema.pattern === undefined ? {} : { pattern: schema.pattern }),
    ...(items === undefined ? {} : { items: translate(items) }),
    ...(required === undefined ? {} : { required }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, inner]) => [name, translate(inner)]),
          ),
        }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: translate(additionalProperties) }
      : properties === undefined
        ? {}
        : { additionalProperties: additionalProperties ?? false }),
  };
}

const choice = (refs: readonly string[], text: boolean, nullable: boolean): AnySchemaObject => ({
  component: { names: refs.map(refName), text, nullable } satisfies ComponentChoice,
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Makes the checker of one document. */
export function answerChecker(spec: Spec): AnswerChecker {
  const { schemas } = spec.components;
  const compiled = new Map<string, ValidateFunction>();
  const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false });
  ajv.addFormat('unix-time', { type: 'number', validate: (at: number) => Number.isInteger(at) && at >= 0 });
  ajv.addFormat('currency', /^[a-z]{3}$/);
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
  ajv.addKeyword({
    keyword: 'component',
    errors: 'full',
    compile: (asked: ComponentChoice) => {
      const validate: { (value: unknown): boolean; errors?: Partial<ErrorObject>[] } = (value) => {
        const problems = choose(asked, value);
        validate.errors = problems.length === 0 ? [] : [{ keyword: 'component', params: { problems } }];
        return problems.length === 0;
      };
      return validate;
    },
  });

  const check = (name: string, schema: Schema, value: unknown): Problem[] => {
    const validate = compiled.get(name) ?? ajv.compile(translate(schema));
    compiled.set(name, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).flatMap((error) => problemsOf(error, name));
  };

  const component = (name: string, value: unknown): Problem[] => {
    const schema = schemas[name];
    if (schema === undefined)
      return [{ kind: 'wrong value', at: name, detail: 'no such object in the document' }];
    return check(name, schema, value);
  };

  /** Among several objects it is the one that names itself so, and of those the one that fits best. */
  const choose = ({ names, text, nullable }: ComponentChoice, value: unknown): Problem[] => {
    if (value === null && nullable) return [];
    if (typeof value === 'string' && text) return [];
    const named = isObject(value)
      ? names.filter(
          (name) => schemas[name]?.properties?.['object']?.enum?.includes(String(value['object'])) === true,
        )
      : [];
    const tried = (named.length > 0 ? named : names).map((name) => component(name, value));
    return tried.sort((a, b) => a.length - b.length)[0] ?? [];
  };

  return {
    component,
    answer({ method, path, status, body }) {
      // Stripe describes no error by endpoint, so one for a path it does not know is checked like the others.
      if (status !== 200) return component('error', body);
      const found = operationOf(spec, method, path);
      if (found === null)
        return [{ kind: 'unknown call', at: `${method} ${path}`, detail: 'no such endpoint' }];
      const schema = found.operation.responses['200']?.content?.['application/json']?.schema;
      return schema === undefined
        ? [{ kind: 'unknown call', at: found.name, detail: 'it has no answer' }]
        : check(found.name, schema, body);
    },
  };
}

function problemsOf(error: ErrorObject, name: string): Problem[] {
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === 'component') return params['problems'] as Problem[];
  const path = error.instancePath.split('/').slice(1);
  const at = (last: readonly unknown[]): string =>
    [name, ...path, ...last].map((part) => (/^\d+$/.test(String(part)) ? '[]' : String(part))).join('.');
  switch (error.keyword) {
    case 'additionalProperties':
      return [
        {
          kind: 'unknown field',
          at: at([params['additionalProperty']]),
          detail: 'the document does not know it',
        },
      ];
    case 'required':
      return [{ kind: 'missing field', at: at([params['missingProperty']]), detail: 'is required' }];
    default:
      return [
        {
          kind: 'wrong value',
          at: at([]),
          detail: `${error.message ?? error.keyword} ${JSON.stringify(params)}`,
        },
      ];
  }
}
