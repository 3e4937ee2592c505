import { isDeepStrictEqual } from 'node:util';
import { invariant } from '../../domain/errors.ts';
import { live, open } from '../../domain/live.ts';
import type { World } from '../../domain/live.ts';
import type { DriverFact, Fact } from '../../domain/machine.ts';
import type { Money } from '../../domain/payment/books.ts';
import { isJournalled } from '../../domain/payment/intent.ts';
import type { Move } from '../../domain/payment/moves.ts';
import type { Instant } from '../../domain/time.ts';
import { iso } from '../../domain/time.ts';
import type { Check, PaidMachine, PaidState } from './always-true.ts';
import { alwaysTrue, isJsonTrue } from './always-true.ts';
import type { Doors, VirtualVisit } from './visits.ts';

/** What comes to a story and when, and how long its moves take. */
export interface Timing<Run> {
  readonly visits?: readonly VirtualVisit<Run>[];
  /** How long a move takes; messages that come meanwhile find it under way. */
  readonly moveMs?: number;
  /** Where to stop looking. */
  readonly until?: Instant;
}

/** One story lived: its state, the world's true books, and what every message was answered. */
export interface VirtualLife<State, F, Books> extends Doors {
  readonly state: State;
  readonly stripe: Books;
  readonly told: {
    readonly name: string;
    readonly body: unknown;
    readonly accepted: boolean;
    readonly message: string;
  }[];
  readonly facts: (F | DriverFact<Move>)[];
  /** 'finished' with this outcome, or null where the story still waits: for a person, or for the end of the test. */
  outcome: string | null;
  now: Instant;
  hintRaw(raw: unknown): void;
  /** Would this be accepted now? Changes nothing. */
  tryOn(name: string, body: unknown): boolean;
  /** Lives on, also after it had ended. */
  goOn(visits: readonly VirtualVisit<this>[], until?: Instant): Promise<void>;
}

interface TrueBooks<State, F> {
  readonly requests: readonly { readonly at: Instant; readonly move: Move }[];
  /** The answer to a move, or null where no answer came back. */
  answer(move: Move, state: State): F | null;
}

/** What a kind of agreement needs to be lived, and what must be true of it beside what is true of every kind. */
export interface Kind<Input, State extends PaidState, F extends Fact, Books extends TrueBooks<State, F>> {
  readonly machine: PaidMachine<Input, State, F>;
  /** Stripe and all else around one story. */
  readonly books: (now: () => Instant) => Books;
  /** An outcome is dated by the moment its move was asked for, or by the moment its answer came. */
  readonly dated: 'when asked' | 'when answered';
  /** A message takes a story up again that had ended. */
  readonly isTakenUp: boolean;
  readonly neverLess: readonly (keyof Money)[];
  /** No life needs more; a machine that goes in circles is caught, not waited for. */
  readonly mostFacts: number;
  /** Keeps what is around the story in step with a fact, and finds what the fact has made untrue of this kind. */
  readonly learned?: Check<State, F>;
}

class Stopped extends Error {}

/** Lives a story through `live()` on a virtual clock, checking the books after every single fact. */
export async function liveVirtually<
  Input extends { readonly openedAt: Instant },
  State extends PaidState,
  F extends Fact,
  Books extends TrueBooks<State, F>,
>(
  kind: Kind<Input, State, F, Books>,
  input: Input,
  { visits = [], moveMs = 300, until = Infinity }: Timing<VirtualLife<State, F, Books>>,
): Promise<VirtualLife<State, F, Books>> {
  type Run = VirtualLife<State, F, Books>;
  const { machine } = kind;
  let agenda: VirtualVisit<Run>[] = [];
  let end = until;
  const facts: (F | DriverFact<Move>)[] = [];
  const check = alwaysTrue(machine, kind.neverLess);
  const life = open(
    {
      ...machine,
      apply(state: State, fact: F | DriverFact<Move>): State {
        const after = machine.apply(state, fact);
        invariant(facts.push(fact) < kind.mostFacts, 'the story goes in circles');
        invariant(state.rev === facts.length - 1, 'every fact counts once');
        const problem = check(state, after, fact, run.now) ?? kind.learned?.(state, after, fact, run.now) ?? null;
        // Put into words only here: the words would cost more than all that is checked after each of so many facts.
        if (problem !== null) throw new Error(`After ${fact.type} at ${iso(run.now)}: ${problem}`);
        return after;
      },
    },
    input,
  );
  const run: Run = {
    get state() {
      return life.state;
    },
    stripe: kind.books(() => run.now),
    told: [],
    facts,
    outcome: null,
    now: input.openedAt,
    tell(name, body) {
      const before = life.state;
      const refusal = life.refusal(name, body, run.now);
      const answer = life.tell(name, body, run.now);
      invariant((refusal === null) === answer.accepted, 'the guard and the door agree');
      if (!answer.accepted) invariant(isOnlyRejected(before, life.state), `a refused ${name} changed something`);
      run.told.push({ name, body, ...answer });
      return answer.accepted;
    },
    tryOn: (name, body) => life.refusal(name, body, run.now) === null,
    hintRaw: (raw) => life.hint(raw, run.now),
    hint: (type) => life.hint({ eventId: `evt_${facts.length}`, type, objectId: 'obj' }, run.now),
    async goOn(more, last = Infinity) {
      agenda = more.toSorted((a, b) => a.at - b.at);
      end = last;
      await liveOn();
      // Of the last state nothing is taken as known, so that nothing passes which a later fact changed in its place.
      invariant(isJsonTrue(life.state), 'what was JSON-true has been changed in its place');
    },
  };

  const meet = (visit: VirtualVisit<Run>): void => {
    run.now = Math.max(run.now, visit.at);
    visit.act(run);
  };
  /** Lets time pass until the instant, with the visits due on the way. */
  const pass = (instant: Instant, isOver: () => boolean): void => {
    for (let visit = agenda[0]; visit !== undefined && visit.at <= instant; visit = agenda[0]) {
      agenda.shift();
      meet(visit);
      if (isOver()) return;
    }
    run.now = Math.max(run.now, instant);
  };
  const world: World<State, F, Move> = {
    now: () => run.now,
    publish: () => Promise.resolve(false),
    waitUntil(wait, woken) {
      const until = wait.until ?? Infinity;
      if (woken()) return Promise.resolve();
      invariant(until > run.now, `waits for ${wait.until}, which has passed`);
      const last = Math.min(until, end);
      pass(last === Infinity ? (agenda.at(-1)?.at ?? run.now) : last, woken);
      if ((last !== until || until === Infinity) && !woken()) throw new Stopped();
      return Promise.resolve();
    },
    perform(move) {
      const fact = run.stripe.answer(move, life.state);
      pass(run.now + moveMs, () => false);
      if (fact === null) return Promise.resolve({ type: 'stuck', at: run.now, attempts: 8, lastError: 'socket hang up' });
      return Promise.resolve(kind.dated === 'when asked' ? fact : { ...fact, at: run.now });
    },
  };
  const liveOn = async (): Promise<void> => {
    try {
      run.outcome = null;
      for (;;) {
        const outcome = await live(machine, life, world);
        const visit = kind.isTakenUp ? agenda.shift() : undefined;
        if (visit === undefined || visit.at > end) {
          run.outcome = outcome;
          return;
        }
        meet(visit);
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  };
  await run.goOn(visits, until);
  return run;
} // prettier-ignore

/** A refusal leaves its mark in `rejected` and nowhere else. */
const isOnlyRejected = <State extends PaidState>(before: State, after: State): boolean =>
  isDeepStrictEqual({ ...after, rev: 0, rejected: [] }, { ...before, rev: 0, rejected: [] });

/** The moves that were asked for, in order, reads left out. */
export const movesOf = ({
  stripe: { requests },
}: {
  readonly stripe: Pick<TrueBooks<never, never>, 'requests'>;
}): string[] =>
  requests
    .filter(({ move }) => isJournalled(move))
    .map(({ move }) => ('amount' in move ? `${move.type} ${move.amount}` : move.type));
