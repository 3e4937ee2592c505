// `/_sim`: what a tester, the bank, a customer or a person in the dashboard does. Stripe has none of these endpoints.
import type { World } from '../core/world.ts';
import type { Dispatcher } from '../http/dispatch.ts';
import type { Timeline } from '../core/timeline.ts';
import type { Shape, Read } from './body.ts';
import { readBody } from './body.ts';

/** What a control may reach. */
export interface Reach {
  readonly world: World;
  readonly timeline: Timeline;
  readonly dispatcher: Dispatcher;
  /** Puts the world back to how an empty data folder would start it, but for the clock. */
  readonly reset: () => void;
}

/** One control with its path, its body's fields and its deed. */
export interface Control {
  readonly method: string;
  readonly segments: readonly string[];
  readonly run: (
    reach: Reach,
    ids: readonly [string, string],
    query: URLSearchParams,
    body: unknown,
  ) => unknown;
}

interface Asked<B> {
  readonly reach: Reach;
  readonly world: World;
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: B;
}

/** Declares a control; an unknown or ill-typed field of its body is refused by name. */
export const control = <S extends Shape>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  shape: S,
  act: (asked: Asked<Read<S>>) => unknown,
): Control => ({
  method,
  segments: path.split('/').slice(1),
  run: (reach, ids, query, body) =>
    act({ reach, world: reach.world, id: ids[0], query, body: readBody(shape, body) }),
});
