import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AgreementState, Kind } from '../../domain/kinds.ts';
import type { Refusal } from '../../domain/machine.ts';
import type { Instant } from '../../domain/time.ts';
import type { CommandAnswer, Start } from '../../workflows/contract.ts';
import { within } from './caller.ts';
import type { Commands, Entry } from './mind.ts';
import { Mind } from './mind.ts';
import { Died, Mortal } from './mortal.ts';
import { Performing, pickUpMs } from './performing.ts';
import type { Ground } from './ground.ts';
import type { Appointment } from './timetable.ts';

/** Workers that Temporal takes for dead although they go on. */
const cutOffRate = 0.3;

/** An Update that no worker has answered by now is given up by whoever sent it. */
const updateWithinMs = 10_000;

type Waiting = { readonly tell: () => void };

/** One workflow at Temporal's server, and the worker that carries it: its history outlives every worker. */
export class Story {
  readonly workflowId: string;
  readonly kind: Kind;
  readonly #ground: Ground;
  #start: Start;
  /** What the first task holds, while it is under way. */
  #beginning: Entry[] | null = null;
  #history: { readonly at: Instant; readonly entries: readonly Entry[] }[] = [];
  #backlog: Entry[] = [];
  #updates: Waiting[] = [];
  #mind: Mind | null = null;
  #process: Mortal;
  #asked = { performed: 0, published: 0 };
  #timers = new Map<number, Appointment | null>();
  readonly #performing: Performing;
  #lastState: AgreementState | null = null;
  #isReplaying = false;
  isOpen = true;
  runs = 1;

  constructor(ground: Ground, workflowId: string, kind: Kind, start: Start) {
    this.#ground = ground;
    this.workflowId = workflowId;
    this.kind = kind;
    this.#start = start;
    this.#process = this.#newProcess();
    this.#performing = new Performing(ground, {
      workflowId,
      kind,
      worker: () => (this.#mind === null || this.#isReplaying ? null : this.#process),
      learn: (entry) => void this.#learn(entry),
    });
    this.#ground.timetable.after(pickUpMs, () => this.#wake());
  }

  /** Another run of the same workflow, after the last one ended. */
  restart(start: Start): void {
    this.#start = start;
    this.#history = [];
    this.#backlog = [];
    this.#asked = { performed: 0, published: 0 };
    this.#timers = new Map();
    this.#lastState = null;
    this.isOpen = true;
    this.runs += 1;
    this.#process = this.#newProcess();
    this.#ground.timetable.after(pickUpMs, () => this.#wake());
  }

  /** The state as whoever asks a worker is told it; null before its first task. */
  get state(): AgreementState | null {
    return this.#mind?.life.state ?? this.#lastState;
  }

  signal(name: string, raw: unknown): void {
    this.#learn({ kind: 'told', name, raw, isUpdate: false });
  }

  hint(raw: unknown): void {
    this.#learn({ kind: 'hinted', raw });
  }

  /** Tells the story something and answers what came of it: a refusal leaves nothing behind, null is no answer in time. */
  update(name: string, raw: unknown): Promise<CommandAnswer | Refusal | null> {
    return new Promise((resolve) => {
      const tell = (): void => {
        const refusal = this.#mind?.life.refusal(name, raw, this.#ground.timetable.now()) ?? null;
        resolve(refusal ?? this.#learn({ kind: 'told', name, raw, isUpdate: true }));
      };
      if (this.#mind !== null) {
        tell();
        return;
      }
      const waiting = { tell };
      this.#updates.push(waiting);
      this.#ground.timetable.after(updateWithinMs, () => {
        if (!this.#updates.includes(waiting)) return;
        this.#updates = this.#updates.filter((one) => one !== waiting);
        resolve(null);
      });
    });
  }

  #learn(entry: Entry): CommandAnswer | null {
    if (!this.isOpen) return null;
    const mind = this.#mind;
    if (mind === null || this.#isReplaying) {
      this.#backlog.push(entry);
      return null;
    }
    const at = this.#ground.timetable.now();
    if (this.#beginning === null) this.#history.push({ at, entries: [entry] });
    else this.#beginning.push(entry);
    const answer = mind.hear(entry, at);
    this.#lastState = mind.life.state;
    return answer;
  }

  #newProcess(): Mortal {
    const process = new Mortal(this.workflowId, this.#ground.trouble, () => this.#died(process), cutOffRate);
    return process;
  }

  /** Everything in the worker's memory is gone; Temporal notices by the heartbeats that stay away. */
  #died(process: Mortal): void {
    if (process !== this.#process) return;
    const { timetable, trouble, trace } = this.#ground;
    const how = process.isForsaken ? 'is cut off from Temporal and goes on' : 'dies';
    trace.tell(this.workflowId, `the worker ${how}`);
    this.#lastState = this.state;
    this.#mind = null;
    this.#performing.lose(process);
    const share = trouble.share(`${this.workflowId}/down`);
    const downMs = share < 0.7 ? share * 30_000 : share < 0.95 ? share * 600_000 : share * 6 * 3_600_000;
    timetable.after(1_000 + downMs, () => {
      this.#process = this.#newProcess();
      return this.#wake();
    });
  }

  /** A worker takes the workflow: a replay of what is in its history, then what came meanwhile. */
  async #wake(): Promise<void> {
    const { timetable, witness, violate } = this.#ground;
    const before = this.#lastState;
    const process = this.#process;
    const mind = new Mind(this.kind, this.#start, this.#commandsFor(process), (was, is, fact, now) => {
      if (!this.#isReplaying) witness(this.workflowId, this.kind, was, is, fact, now);
    });
    this.#mind = mind;
    if (this.#history.length === 0) this.#begin(mind);
    else {
      this.#isReplaying = true;
      await this.#replayInto(mind);
      this.#isReplaying = false;
      const isSame = JSON.stringify(mind.life.state) === JSON.stringify(before);
      if (!isSame) violate('M18', this.workflowId, 'a replay made another state');
      if (this.#mind !== mind) return;
      const backlog = this.#backlog.splice(0);
      if (backlog.length > 0) {
        const at = timetable.now();
        this.#history.push({ at, entries: backlog });
        await this.#feed(mind, backlog, at);
      }
    }
    this.#lastState = mind.life.state;
    for (const { tell } of this.#updates.splice(0)) {
      tell();
      await nextTurn();
    }
    this.#performing.resume();
  }

  /** The first task: the workflow begins and hears in the same moment what it was begun with. */
  #begin(mind: Mind): void {
    const at = this.#ground.timetable.now();
    const entries = this.#backlog.splice(0);
    this.#history.push({ at, entries });
    mind.begin(at);
    for (const entry of entries) mind.hear(entry, at);
    // Updates that came with the start, or before a worker did, belong to the same task.
    this.#beginning = entries;
    for (const { tell } of this.#updates.splice(0)) tell();
    this.#beginning = null;
  }

  async #replayInto(mind: Mind): Promise<void> {
    const [first, ...later] = this.#history;
    if (first === undefined) return;
    mind.begin(first.at);
    for (const entry of first.entries) mind.hear(entry, first.at);
    await nextTurn();
    for (const { at, entries } of later) await this.#feed(mind, entries, at);
  }

  /** Replays the whole history once more, as a deploy does; the first problem in words, or null. */
  async replay(): Promise<string | null> {
    const silent = (): void => undefined;
    const finished: string[] = [];
    const finish = (outcome: string): void => void finished.push(outcome);
    const problems: string[] = [];
    const fail = (error: unknown): void => void problems.push(String(error));
    const commands = { perform: silent, publish: silent, ring: silent, silence: silent, finish, fail };
    const mind = new Mind(this.kind, this.#start, commands, silent);
    await this.#replayInto(mind);
    if (problems[0] !== undefined) return problems[0];
    if (finished.length !== (this.isOpen ? 0 : 1)) return 'it ended once and did not when it was replayed';
    return JSON.stringify(mind.life.state) === JSON.stringify(this.state) ? null : 'it made another state';
  }

  /** One workflow task: messages first, then everything else, as the SDK takes an activation. */
  async #feed(mind: Mind, entries: readonly Entry[], at: Instant): Promise<void> {
    const isMessage = ({ kind }: Entry): boolean => kind === 'told' || kind === 'hinted';
    for (const entry of entries) if (isMessage(entry)) mind.hear(entry, at);
    await nextTurn();
    for (const entry of entries) {
      if (isMessage(entry)) continue;
      mind.hear(entry, at);
      await nextTurn();
    }
  }

  /** What this worker's copy of the story asks for; what was asked before, by a copy that is gone, is under way or done. */
  #commandsFor(process: Mortal): Commands {
    const { timetable, trace, activitiesOf, violate, conclude } = this.#ground;
    const isMine = (): boolean => process === this.#process && !process.isDead && !process.isForsaken;
    return {
      perform: (n, move, state) => {
        if (!isMine() || n <= this.#asked.performed) return;
        this.#asked.performed = n;
        this.#performing.begin(n, move, state);
      },
      publish: (n, state) => {
        if (!isMine() || n <= this.#asked.published) return;
        const { kind, workflowId } = this;
        within({ life: workflowId, process }, {}, () =>
          activitiesOf(process).publish({ kind, workflowId, state }),
        ).then(
          () => {
            if (!isMine()) return;
            this.#asked.published = n;
            this.#learn({ kind: 'published', n });
          },
          (error: unknown) => {
            if (!(error instanceof Died)) violate('bug', workflowId, `publish threw ${String(error)}`);
          },
        );
      },
      ring: (n, at) => {
        if (!isMine() || this.#timers.has(n)) return;
        this.#timers.set(
          n,
          timetable.at(at, () => void this.#learn({ kind: 'rang', n })),
        );
      },
      silence: (n) => {
        if (!isMine()) return;
        this.#timers.get(n)?.callOff();
      },
      finish: (outcome, state) => {
        if (!isMine()) return;
        this.isOpen = false;
        this.#lastState = state;
        this.#mind = null;
        trace.tell(this.workflowId, `ends: ${outcome}`);
        conclude(this);
      },
      fail: (error) => violate('bug', this.workflowId, `the story threw ${String(error)}`),
    };
  }
}
