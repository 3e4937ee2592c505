import type { AgreementState, Kind } from '../domain/kinds.ts';
import { machines } from '../domain/kinds.ts';
import type { Clock } from '../domain/clock.ts';
import type { DriverFact } from '../domain/machine.ts';
import { after as next } from '../domain/machine.ts';
import type { Move, MoveFact, MoveOf, MoveType } from '../domain/payment/moves.ts';
import type { Instant } from '../domain/time.ts';
import type { Store } from '../store/store.ts';
import type Stripe from 'stripe';
import type { Logger } from 'pino';
import type { Calendar } from './calendar/calendar.ts';

/** What the activities need of the process they run in. */
export interface Ports {
  readonly store: Store;
  readonly stripe: Stripe;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A story as it stands when an activity is called, so that an outcome and the view after it are one commit. */
export interface Story {
  readonly kind: Kind;
  readonly state: AgreementState;
}

/** One move as a workflow hands it over. */
export interface Task<M extends Move = Move> extends Story {
  readonly move: M;
}

/** A state to be shown in lists, for changes that no money move and no API answer carried. */
export interface PublishTask extends Story {
  readonly workflowId: string;
}

/** Every activity of the worker: one per move, named after it, and the projection. */
export type Activities = { readonly [T in MoveType]: (task: Task<MoveOf<T>>) => Promise<MoveFact> } & {
  readonly publish: (task: PublishTask) => Promise<void>;
};

/** The story after one more fact, exactly as the driver will see it. */
export const after = (kind: Kind, state: AgreementState, fact: MoveFact | DriverFact<Move>): AgreementState =>
  next(machines[kind], state, fact);

/** The columns lists search by, for a state at this moment. */
export const columnsOf = (kind: Kind, state: AgreementState, now: Instant) =>
  machines[kind].columns(state, now);
