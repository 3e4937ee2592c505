import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import type Stripe from 'stripe';
import { createActivities } from '../../activities/activities.ts';
import type { Activities, Ports } from '../../activities/tasks.ts';
import { after } from '../../activities/tasks.ts';
import { diagnose } from '../../api/agreements/diagnostic.ts';
import type { ApiPorts } from '../../api/ports.ts';
import { invariant } from '../../domain/errors.ts';
import type { AgreementInput, Kind } from '../../domain/kinds.ts';
import { machines, workflowIdOf } from '../../domain/kinds.ts';
import type { Move, MoveFact } from '../../domain/payment/moves.ts';
import type { NewAgreement } from '../../store/agreements.ts';

/** What our calls need of the house they are made in. */
export interface Caller {
  readonly ports: ApiPorts & Ports;
  /** Somebody else's hands on our account at Stripe: what they ask is no call of ours. */
  readonly stranger: Stripe;
  /** What payers and banks do, by the simulator's controls. */
  readonly play: <T>(path: string, body?: object) => Promise<T>;
  readonly advance: (ms: number) => Promise<void>;
}

/** Failures that are asked for are not worth a warning each. */
const silent = new DefaultLogger('ERROR');

/** Runs an activity as the worker would, in the given attempt. */
export const asActivity = <A extends unknown[], R>(
  workflowId: string,
  attempt: number,
  activity: (...given: A) => Promise<R>,
  ...given: A
): Promise<R> =>
  new MockActivityEnvironment(
    { workflowExecution: { workflowId, runId: 'run' }, attempt },
    { logger: silent },
  ).run(activity, ...given);

/**
 * The answer to the next POST to this path is a server error, although Stripe executed it. Not a dropped connection: the
 * SDK asks again by itself after one, even when told never to retry.
 */
export const loseAnswer = ({ play }: Caller, path: string): Promise<unknown> =>
  play('/faults', { method: 'POST', path, fault: { kind: 'status_after', status: 500 } });

/** A story whose moves are made one by one through the worker's activities. */
export async function begin(
  caller: Caller,
  kind: Kind,
  input: AgreementInput,
  contacts: NewAgreement['contacts'] = {},
) {
  const { ports } = caller;
  const { id } = input;
  const workflowId = workflowIdOf(kind, id);
  const machine = machines[kind];
  const at = ports.clock.now();
  let state = machine.open(input);
  const columns = machine.columns(state, at);
  const agreement = { workflowId, kind, id, inputHash: id, input, contacts, metadata: {} };
  await ports.store.createAgreement({ ...agreement, state, columns, at });
  const activities = createActivities(ports);
  const learned: string[] = [];

  const perform = async (move: Move, attempt: number): Promise<void> => {
    const activity = activities[move.type] as (task: object) => ReturnType<Activities['authorize']>;
    const fact: MoveFact = await asActivity(workflowId, attempt, activity, { kind, state, move });
    if (fact.type === 'refused') throw new Error(`${move.type} was refused: ${fact.code} ${fact.detail}`);
    learned.unshift(...Object.values(fact).filter((value): value is string => typeof value === 'string'));
    state = after(kind, state, fact);
  };
  return {
    workflowId,
    does: (move: Move) => perform(move, 1),
    /** Makes the move, never hears of it, and finds it at Stripe on the next attempt. */
    answerLost: async (path: string, move: Move) => {
      await loseAnswer(caller, path);
      const lost = await perform(move, 1).then(
        () => false,
        () => true,
      );
      invariant(lost, `the answer to ${move.type} was lost`);
      await perform(move, 2);
    },
    /** The move that the story itself makes now. */
    wish: (): Move => {
      const step = machine.next(state, ports.clock.now());
      invariant(step.kind === 'perform', `${workflowId} has something to do`);
      return step.effect;
    },
    /** The newest id of this kind that a move told of. */
    stripeId: (prefix: string): string => {
      const found = learned.find((value) => value.startsWith(prefix));
      invariant(found !== undefined, `${id} learned an id that starts with ${prefix}`);
      return found;
    },
    shown: async () => {
      const row = await ports.store.findAgreement(workflowId);
      invariant(row !== null, `${workflowId} is there`);
      await diagnose(ports, row);
    },
  };
}
