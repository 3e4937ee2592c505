import type { AgreementFact, AgreementState, Kind } from '../../domain/kinds.ts';
import { machines } from '../../domain/kinds.ts';
import type { Life, World } from '../../domain/live.ts';
import { live, open } from '../../domain/live.ts';
import type { DriverFact, Wait } from '../../domain/machine.ts';
import { refuse } from '../../domain/machine.ts';
import type { Move, MoveFact } from '../../domain/payment/moves.ts';
import { adoptRulesName } from '../../domain/rules.ts';
import type { Instant } from '../../domain/time.ts';
import type { CommandAnswer, Start } from '../../workflows/contract.ts';

type Learned = AgreementFact | DriverFact<Move>;

/** What a story is told by Temporal, in the order in which its history keeps it. */
export type Entry =
  | { readonly kind: 'told'; readonly name: string; readonly raw: unknown; readonly isUpdate: boolean }
  | { readonly kind: 'hinted'; readonly raw: unknown }
  | { readonly kind: 'performed'; readonly n: number; readonly fact: MoveFact }
  | { readonly kind: 'stuck'; readonly n: number; readonly attempts: number; readonly lastError: string }
  | { readonly kind: 'published'; readonly n: number }
  | { readonly kind: 'rang'; readonly n: number };

/** What a story asks of Temporal. Numbers count from the beginning, so that a replay asks for the same again. */
export interface Commands {
  perform(n: number, move: Move, state: AgreementState): void;
  publish(n: number, state: AgreementState): void;
  ring(n: number, at: Instant): void;
  silence(n: number): void;
  finish(outcome: string, state: AgreementState): void;
  fail(error: unknown): void;
}

/** Looks at every fact a story learns. */
export type Witness = (before: AgreementState, after: AgreementState, fact: Learned, now: Instant) => void;

/**
 * The memory of one workflow: the driver's loop in the world that workflows/world.ts builds, with the same doors as
 * workflows/messages.ts. Lost when its worker dies, rebuilt from the same entries.
 */
export class Mind implements World<AgreementState, AgreementFact, Move> {
  readonly life: Life<AgreementState, AgreementFact, Move>;
  readonly #kind: Kind;
  readonly #commands: Commands;
  readonly #awaited = new Map<string, (entry: Entry) => void>();
  #blocked: { readonly isOver: () => boolean; readonly goOn: () => void }[] = [];
  #now: Instant = 0;
  #shown: number;
  #counts = { performed: 0, published: 0, timers: 0 };

  constructor(kind: Kind, { input, resume }: Start, commands: Commands, witness: Witness) {
    this.#kind = kind;
    this.#commands = commands;
    const machine = machines[kind];
    const watched = {
      ...machine,
      apply: (before: AgreementState, fact: Learned): AgreementState => {
        const after = machine.apply(before, fact);
        witness(before, after, fact, this.#now);
        return after;
      },
    };
    this.life = open(watched, input, resume);
    this.#shown = this.life.state.rev;
  }

  readonly now = (): Instant => this.#now;

  begin(at: Instant): void {
    this.#now = at;
    live(machines[this.#kind], this.life, this).then(
      (outcome) => this.#commands.finish(outcome, this.life.state),
      (error: unknown) => this.#commands.fail(error),
    );
  }

  /** Takes one entry in; what follows from it happens before anything else does. Answers what an Update is told. */
  hear(entry: Entry, at: Instant): CommandAnswer | null {
    this.#now = at;
    const answer = this.#take(entry);
    const over = this.#blocked.filter(({ isOver }) => isOver());
    this.#blocked = this.#blocked.filter((one) => !over.includes(one));
    for (const { goOn } of over) goOn();
    return answer;
  }

  #take(entry: Entry): CommandAnswer | null {
    switch (entry.kind) {
      case 'told': {
        const { name, raw, isUpdate } = entry;
        if (!isUpdate && name === adoptRulesName) {
          this.life.reject(name, refuse('comes as an Update only'), this.#now);
          return null;
        }
        const { message } = this.life.tell(name, raw, this.#now);
        if (isUpdate && name !== adoptRulesName) this.#shownUpTo(this.life.state.rev);
        return { accepted: true, message, state: this.life.state };
      }
      case 'hinted':
        this.life.hint(entry.raw, this.#now);
        return null;
      case 'performed':
      case 'stuck':
        this.#answer(`performed ${entry.n}`, entry);
        return null;
      case 'published':
      case 'rang':
        this.#answer(`${entry.kind} ${entry.n}`, entry);
        return null;
    }
  }

  #answer(name: string, entry: Entry): void {
    const goOn = this.#awaited.get(name);
    this.#awaited.delete(name);
    goOn?.(entry);
  }

  #until(name: string): Promise<Entry> {
    return new Promise((goOn) => void this.#awaited.set(name, goOn));
  }

  #condition(isOver: () => boolean): Promise<void> {
    if (isOver()) return Promise.resolve();
    return new Promise((goOn) => void this.#blocked.push({ isOver, goOn }));
  }

  #shownUpTo(rev: number): void {
    this.#shown = Math.max(this.#shown, rev);
  }

  get #isBehind(): boolean {
    return this.life.state.rev > this.#shown;
  }

  async perform(move: Move, state: AgreementState): Promise<MoveFact | DriverFact<Move>> {
    const n = (this.#counts.performed += 1);
    const performed = this.#until(`performed ${n}`);
    this.#commands.perform(n, move, state);
    const entry = await performed;
    if (entry.kind === 'stuck') {
      return { type: 'stuck', at: this.#now, attempts: entry.attempts, lastError: entry.lastError };
    }
    this.#shownUpTo(state.rev + 1);
    return (entry as Extract<Entry, { kind: 'performed' }>).fact;
  }

  async waitUntil({ until }: Wait, woken: () => boolean): Promise<void> {
    let isDue = false;
    const n = (this.#counts.timers += 1);
    if (until !== null) {
      this.#awaited.set(`rang ${n}`, () => {
        isDue = true;
      });
      this.#commands.ring(n, until);
    }
    const isOver = (): boolean => isDue || woken();
    while (!isOver()) {
      await this.#condition(() => isOver() || this.#isBehind);
      if (!isOver()) await this.publish();
    }
    if (until !== null && !isDue) {
      this.#awaited.delete(`rang ${n}`);
      this.#commands.silence(n);
    }
  }

  async publish(): Promise<boolean> {
    if (!this.#isBehind) return false;
    const { state } = this.life;
    this.#shownUpTo(state.rev);
    const n = (this.#counts.published += 1);
    const published = this.#until(`published ${n}`);
    this.#commands.publish(n, state);
    await published;
    return true;
  }
}
