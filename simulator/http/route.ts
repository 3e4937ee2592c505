import type { World } from '../core/world.ts';
import { identifier, integer, list, moments, readShape, text, type Read, type Shape } from './parameters.ts';
import type { FormGroup } from './form.ts';

/** What an endpoint gets: the world, whose account it acts for, its path ids and its read parameters. */
export interface Call<P> {
  readonly world: World;
  readonly owner: string;
  readonly ids: readonly [string, string];
  readonly params: P;
  /** A list that answers as if it were this many seconds old. */
  readonly staleSeconds: number;
  /** True when the caller holds a publishable key and so may only act with a client secret. */
  readonly publishable: boolean;
  /** Where the caller reaches the simulator, and so where its pages are. */
  readonly origin: string;
}

/** An endpoint: `prepare` reads and refuses without a trace, what it returns executes. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly segments: readonly string[];
  readonly publishable: boolean;
  /** The names it takes on the first level. */
  readonly parameters: readonly string[];
  readonly prepare: (call: Omit<Call<unknown>, 'params'>, form: FormGroup) => () => object;
}

/** Parameters that every endpoint takes but a deletion, whose answer has nothing to expand. */
const everywhere = { expand: list(text) };

interface Extra<P> {
  /** Refusals that need the parameters but not the state; like ill-typed parameters they leave no trace under a key. */
  readonly check?: (params: P) => void;
  readonly publishable?: boolean;
}

/** Declares an endpoint: its parameters in a table, its deed in a function. */
export const route = <S extends Shape>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  shape: S,
  act: (call: Call<Read<S>>) => object,
  extra: Extra<Read<S>> = {},
): Route => {
  const whole = { ...(method === 'DELETE' ? {} : everywhere), ...shape };
  return {
    method,
    path,
    segments: path.split('/').slice(1),
    publishable: extra.publishable ?? false,
    parameters: Object.keys(whole),
    prepare: (call, form) => {
      const params = readShape<S>(whole, form);
      extra.check?.(params);
      return () => act({ ...call, params });
    },
  };
};

/** The parameters of every list. */
export const pageShape = {
  limit: integer,
  starting_after: identifier,
  ending_before: identifier,
};

/** The parameters of a list that can be narrowed by the time its objects were made. */
export const listShape = { ...pageShape, created: moments };

/** Finds endpoints by method and path; `:name` matches one segment. */
export class Routes {
  readonly #byShape = new Map<string, Route[]>();

  constructor(routes: readonly Route[]) {
    for (const entry of routes) {
      const key = `${entry.method} ${entry.segments.length}`;
      this.#byShape.set(key, [...(this.#byShape.get(key) ?? []), entry]);
    }
  }

  find(method: string, path: string): { route: Route; ids: [string, string] } | undefined {
    const parts = path.split('/').slice(1);
    for (const candidate of this.#byShape.get(`${method} ${parts.length}`) ?? []) {
      const ids: string[] = [];
      const fits = candidate.segments.every((segment, at) => {
        const part = parts[at] ?? '';
        if (!segment.startsWith(':')) return segment === part;
        ids.push(decodeURIComponent(part));
        return part !== '';
      });
      if (fits) return { route: candidate, ids: [ids[0] ?? '', ids[1] ?? ''] };
    }
    return undefined;
  }
}
