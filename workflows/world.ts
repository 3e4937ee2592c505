import {
  ActivityFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, Task } from '../activities/tasks.ts';
import type { AgreementFact, AgreementState, Kind } from '../domain/kinds.ts';
import { machines } from '../domain/kinds.ts';
import type { Life, World } from '../domain/live.ts';
import { live, open } from '../domain/live.ts';
import type { DriverFact, Wait } from '../domain/machine.ts';
import type { Move, MoveFact } from '../domain/payment/moves.ts';
import { moveAttempts } from '../domain/payment/park.ts';
import type { Start } from './contract.ts';
import { detailsOf, summaryOf } from './details.ts';
import { hear } from './messages.ts';
import { moveOptions, publishOptions } from './options.ts';
import { Shown } from './shown.ts';

const activities = proxyActivities<Activities>(moveOptions);
const { publish } = proxyLocalActivities<Pick<Activities, 'publish'>>(publishOptions);

/**
 * Lives one agreement as this workflow: the driver's loop in Temporal's world. It never fails because Stripe did, and
 * a cancellation from the Temporal UI becomes the command of that name, so no hold is left behind.
 */
export async function liveAsWorkflow(kind: Kind, { input, clockOffsetMs, resume }: Start): Promise<string> {
  const life = open(machines[kind], input, resume);
  const now = (): number => Date.now() + clockOffsetMs;
  const shown = new Shown(kind, life, now);
  hear(kind, life, now, (rev) => shown.upTo(rev));
  CancellationScope.current().cancelRequested.catch(() => {
    life.tell('cancel', { by: 'admin', reason: 'Cancelled in the Temporal UI' }, now());
  });
  const world = new TemporalWorld(kind, life, now, shown);
  return await CancellationScope.nonCancellable(async () => {
    const outcome = await live(machines[kind], life, world);
    await condition(allHandlersFinished);
    return outcome;
  });
}

class TemporalWorld implements World<AgreementState, AgreementFact, Move> {
  readonly #kind: Kind;
  readonly #life: Life<AgreementState, AgreementFact, Move>;
  readonly #shown: Shown;
  readonly now: () => number;

  constructor(kind: Kind, life: Life<AgreementState, AgreementFact, Move>, now: () => number, shown: Shown) {
    this.#kind = kind;
    this.#life = life;
    this.#shown = shown;
    this.now = now;
  }

  /** The outcome is committed together with the view after it; a budget of tries used up is a fact, not a failure. */
  async perform(move: Move, state: AgreementState): Promise<MoveFact | DriverFact<Move>> {
    const { input } = state;
    const summary = summaryOf(move, input.currency);
    const perform = activities[move.type] as ActivityOf;
    try {
      // The move says what is under way; saying it twice would swell every history.
      const task = { kind: this.#kind, state: { ...state, performing: null }, move };
      const fact = await perform.executeWithOptions({ ...moveOptions, summary }, [task]);
      this.#shown.upTo(state.rev + 1);
      return fact;
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      const lastError = error.cause?.message ?? error.message;
      return { type: 'stuck', at: this.now(), attempts: moveAttempts, lastError };
    }
  }

  /** One timer for the whole wait: facts that do not end it re-arm nothing, they are only shown. */
  async waitUntil(wait: Wait, woken: () => boolean): Promise<void> {
    setCurrentDetails(detailsOf(this.#kind, this.#life.state, wait));
    const { until } = wait;
    let isDue = false;
    const timer = new CancellationScope();
    const ringing =
      until === null
        ? Promise.resolve()
        : timer
            .run(() => sleep(until - this.now(), { summary: wait.reason }))
            .then(() => {
              isDue = true;
            })
            .catch((error: unknown) => {
              if (!isCancellation(error)) throw error;
            });
    const isOver = (): boolean => isDue || woken();
    while (!isOver()) {
      await condition(() => isOver() || this.#shown.isBehind);
      if (!isOver()) await this.publish();
    }
    if (!isDue) timer.cancel();
    await ringing;
  }

  /** Shows the story where no outcome and no answer did. */
  async publish(): Promise<boolean> {
    const { state } = this.#life;
    this.#shown.attributes();
    setCurrentDetails(detailsOf(this.#kind, state, null));
    if (!this.#shown.isBehind) return false;
    this.#shown.upTo(state.rev);
    const { workflowId } = workflowInfo();
    try {
      await publish({ kind: this.#kind, workflowId, state });
    } catch (error) {
      // The lists lag behind until the next change; no money waits for a list.
      if (!(error instanceof ActivityFailure)) throw error;
    }
    return true;
  }
}

interface ActivityOf {
  executeWithOptions(options: object, args: [Task]): Promise<MoveFact>;
}
