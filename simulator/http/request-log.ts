import type { World } from '../core/world.ts';
import type { FormGroup } from './form.ts';

/** One request as `GET /_sim/requests` shows it. */
export interface LoggedRequest {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly params: FormGroup;
  readonly idempotencyKey: string | null;
  readonly account: string | null;
  /** Null while the request is under way, and for one whose answer never left. */
  readonly status: number | null;
  readonly replayed: boolean;
  readonly fault: string | null;
}

type Arrival = Pick<LoggedRequest, 'method' | 'path' | 'params' | 'idempotencyKey' | 'account'>;

/** Writes down a request when it arrives, before anything can go wrong with it. */
export const logArrival = (world: World, arrival: Arrival): LoggedRequest =>
  world.tables.log.put({
    id: world.ids.next('req'),
    at: new Date(world.clock.now()).toISOString(),
    ...arrival,
    status: null,
    replayed: false,
    fault: null,
  });

/** Adds what became of a logged request. */
export const logOutcome = (world: World, id: string, outcome: Partial<LoggedRequest>): void => {
  if (world.tables.log.get(id) !== undefined) world.tables.log.patch(id, outcome);
};
