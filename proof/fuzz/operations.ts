/** As much of a JSON schema as the house's own description uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
}

/** One thing that the house says can be asked of it. */
export interface Operation {
  readonly method: string;
  /** With placeholders in braces, as in the description. */
  readonly path: string;
  readonly isGuarded: boolean;
  readonly query: readonly { readonly name: string; readonly required: boolean; readonly schema: Schema }[];
  readonly body: Schema | null;
}

/** The description of the API as far as requests go. */
export interface Description {
  readonly operations: readonly Operation[];
  readonly resolve: (schema: Schema) => Schema;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Described {
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const page = (path: string): Operation => ({ method: 'GET', path, isGuarded: false, query: [], body: null });

/** Pages for people, which the description of an API leaves out, and an address where nothing is. */
const undescribed = [
  page('/openapi.json'),
  page('/docs'),
  page('/docs/{file}'),
  page('/checkout/complete'),
  page('/checkout/{session}'),
  page('/checkout/assets/{file}'),
  page('/{nothing}'),
];

/** Reads what the house says of itself; everything it names is attacked, so nothing is listed here a second time. */
export async function describedAt(apiUrl: string): Promise<Description> {
  const answer = await fetch(`${apiUrl}/openapi.json`);
  const { paths, components } = (await answer.json()) as Document;
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]): Operation => {
      const query = (one.parameters ?? []).filter((parameter) => parameter.in === 'query');
      return {
        method: method.toUpperCase(),
        path,
        isGuarded: one.security !== undefined,
        query: query.map(({ name, required = false, schema }) => ({ name, required, schema })),
        body: one.requestBody?.content['application/json']?.schema ?? null,
      };
    }),
  );
  const resolve = (schema: Schema): Schema => {
    if (schema.$ref === undefined) return schema;
    return resolve(components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  };
  return { operations: [...described, ...undescribed], resolve };
}
