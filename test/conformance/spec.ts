// test/conformance/: what we send and what the simulator answers, held against the OpenAPI document that Stripe's own
// stripe-mock carries. The document is read from the Go module cache; nothing of it is kept here.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** As much of an OpenAPI 3.0 schema as Stripe's document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly nullable?: boolean;
  readonly format?: string;
  readonly maxLength?: number;
  readonly pattern?: string;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** One endpoint as the document describes it. */
export interface Operation {
  readonly parameters?: readonly {
    readonly in: 'path' | 'query' | 'header';
    readonly name: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** Stripe's own description of its API. */
export interface Spec {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One way in which a request or an answer differs from the document. */
export interface Problem {
  readonly kind:
    | 'unknown field'
    | 'missing field'
    | 'wrong value'
    | 'unknown parameter'
    | 'missing parameter'
    | 'unknown call'
    | 'unknown event';
  /** The innermost named schema or the call, and the path from there: the same wherever the object turns up. */
  readonly at: string;
  readonly detail: string;
}

const moduleFolder = resolve(import.meta.dirname, '../../tools/stripe-spec');

/** The folder of the pinned stripe-mock in the Go module cache; the first time it is downloaded, and its sum is checked. */
async function moduleInCache(): Promise<string> {
  const asked = ['mod', 'download', '-json', 'github.com/stripe/stripe-mock'];
  try {
    const { stdout } = await run('go', asked, { cwd: moduleFolder });
    return (JSON.parse(stdout) as { Dir: string }).Dir;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isMissing
      ? 'Go is not on PATH. Fix: install Go 1.24 or later (https://go.dev/dl)'
      : `\`go mod download\` failed in tools/stripe-spec (${String(error)}). Fix: let it reach a Go module proxy once`;
    throw new Error(`Stripe's OpenAPI document could not be read: ${why}.`, { cause: error });
  }
}

/** Reads the pinned document; fails with what to install where Go is missing, because a skipped check proves nothing. */
export async function readSpec(): Promise<Spec> {
  const file = join(await moduleInCache(), 'embedded/openapi/spec3.json');
  return JSON.parse(await readFile(file, 'utf8')) as Spec;
}

/** The endpoint behind a method and path, under its name in the document; the most literal template wins. */
export function operationOf(
  spec: Spec,
  method: string,
  path: string,
): { readonly name: string; readonly operation: Operation } | null {
  const parts = path.split('/');
  const fitting = Object.keys(spec.paths)
    .filter((template) => {
      const segments = template.split('/');
      return (
        segments.length === parts.length &&
        segments.every((segment, index) => segment.startsWith('{') || segment === parts[index]) &&
        spec.paths[template]?.[method.toLowerCase()] !== undefined
      );
    })
    .sort((a, b) => a.split('{').length - b.split('{').length);
  const [template = ''] = fitting;
  const operation = spec.paths[template]?.[method.toLowerCase()];
  return operation === undefined ? null : { name: `${method} ${template}`, operation };
}
