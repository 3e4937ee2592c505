import { ApplicationFailure } from '@temporalio/common';
import Stripe from 'stripe';
import type { AgreementState, Kind } from '../../domain/kinds.ts';
import type { Move, MoveFact } from '../../domain/payment/moves.ts';
import type { Instant } from '../../domain/time.ts';
import { within } from './caller.ts';
import type { Ground } from './ground.ts';
import type { Entry } from './mind.ts';
import type { Mortal } from './mortal.ts';
import { Died } from './mortal.ts';
import type { Appointment } from './timetable.ts';

/** The options of workflows/options.ts in milliseconds. */
const startToCloseMs = 110_000;
const heartbeatTimeoutMs = 12_000;
const beatEveryMs = 3_000;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** Tries that may be cut off for each that may answer. */
const cutOffAtMost = 3;

/** How soon a task is picked up from the queue. */
export const pickUpMs = 5;

/** One move as Temporal's server keeps it, until its outcome is in the history. */
interface Underway {
  readonly n: number;
  readonly move: Move;
  readonly state: AgreementState;
  attempt: number;
  /** Which attempt counts; what an older one answers is not heard. */
  running: Running | null;
  isQueued: boolean;
}

interface Running {
  readonly process: Mortal;
  readonly startedAt: Instant;
  readonly deadline: Appointment;
}

/** What an activity may throw: that it is to come again, or the SDK's own word that Stripe was not to be reached. */
const isExpected = (error: unknown): boolean =>
  error instanceof ApplicationFailure || error instanceof Stripe.errors.StripeError;

/** Whose moves are performed, by which worker, and who is told what came of them. */
interface Performer {
  readonly workflowId: string;
  readonly kind: Kind;
  /** The process that takes activities at this moment, or null while no worker is there. */
  readonly worker: () => Mortal | null;
  readonly learn: (entry: Entry) => void;
}

/** The activities of one workflow as Temporal's server runs them: attempts, time-outs, back-off, and the end of patience. */
export class Performing {
  readonly #ground: Ground;
  readonly #performer: Performer;
  #underway: Underway | null = null;

  constructor(ground: Ground, performer: Performer) {
    this.#ground = ground;
    this.#performer = performer;
  }

  begin(n: number, move: Move, state: AgreementState): void {
    const underway: Underway = { n, move, state, attempt: 1, running: null, isQueued: true };
    this.#underway = underway;
    this.#ground.timetable.after(pickUpMs, () => this.#attempt(underway));
  }

  /** A worker is there again. */
  resume(): void {
    if (this.#underway?.isQueued === true) this.#attempt(this.#underway);
  }

  /** Temporal notices a dead worker by the heartbeats that stay away. */
  lose(process: Mortal): void {
    const { running } = this.#underway ?? {};
    if (running === undefined || running === null || running.process !== process) return;
    const { timetable } = this.#ground;
    const sinceMs = timetable.now() - running.startedAt;
    const lastBeat = running.startedAt + Math.floor(sinceMs / beatEveryMs) * beatEveryMs;
    timetable.at(lastBeat + heartbeatTimeoutMs, () => this.#giveUp(running, 'activity Heartbeat timeout'));
  }

  #attempt(underway: Underway): void {
    if (this.#underway !== underway || underway.running !== null) return;
    const { timetable, activitiesOf, violate } = this.#ground;
    const { workflowId, kind, worker, learn } = this.#performer;
    const process = worker();
    underway.isQueued = process === null;
    if (process === null) return;
    const { n, move, state, attempt } = underway;
    const deadline = timetable.after(startToCloseMs, () => this.#giveUp(running, 'activity StartToClose timeout'));
    const running: Running = { process, startedAt: timetable.now(), deadline };
    underway.running = running;
    const isHeard = (): boolean => underway.running === running && !process.isDead && !process.isForsaken;
    const activity = activitiesOf(process)[move.type] as (task: object) => Promise<MoveFact>;
    within({ life: workflowId, process }, { attempt }, () => activity({ kind, state: { ...state, performing: null }, move })).then(
      (fact) => {
        if (!isHeard()) return;
        deadline.callOff();
        this.#underway = null;
        learn({ kind: 'performed', n, fact: JSON.parse(JSON.stringify(fact)) as MoveFact });
      },
      (error: unknown) => {
        if (error instanceof Died) return;
        if (!isExpected(error) && !process.isDead) violate('bug', workflowId, `${move.type} threw ${String(error)}`);
        if (isHeard()) this.#again(underway, error, this.#ground.tries);
      },
    );
  } // prettier-ignore

  #giveUp(running: Running, why: string): void {
    if (this.#underway?.running !== running) return;
    this.#again(this.#underway, new Error(why), cutOffAtMost * this.#ground.tries);
  }

  /** Temporal tries again by the policy, or tells the story that it could not be done. */
  #again(underway: Underway, error: unknown, atMost: number): void {
    const { n, attempt } = underway;
    underway.running?.deadline.callOff();
    underway.running = null;
    if (attempt >= atMost) {
      this.#underway = null;
      this.#performer.learn({ kind: 'stuck', n, attempts: attempt, lastError: error instanceof Error ? error.message : String(error) });
      return;
    }
    underway.attempt += 1;
    const named: unknown = error instanceof ApplicationFailure ? error.nextRetryDelay : undefined;
    const backOffMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempt - 1));
    this.#ground.timetable.after(Number(named ?? backOffMs), () => this.#attempt(underway));
  } // prettier-ignore
}
