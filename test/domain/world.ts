import { isDeepStrictEqual } from 'node:util';
import { invariant } from '../../domain/errors.ts';
import type { Life } from '../../domain/live.ts';
import { live, open } from '../../domain/live.ts';
import type { AnyLessonFact, LessonFact, LessonInput, LessonState } from '../../domain/lesson/lesson.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import type { DriverFact, Wait } from '../../domain/machine.ts';
import { heldOf, ledgerLines, moneyProblem } from '../../domain/payment/books.ts';
import type { Money } from '../../domain/payment/books.ts';
import type { Move, MoveType } from '../../domain/payment/moves.ts';
import { isJournalled } from '../../domain/payment/intent.ts';
import type { Instant } from '../../domain/time.ts';
import { iso } from '../../domain/time.ts';
import type { Deviation } from './stripe-books.ts';
import { StripeBooks } from './stripe-books.ts';

/** Something that comes to a lesson from outside at an instant: a message, a webhook, a person in Stripe's dashboard. */
export interface Visit {
  readonly at: Instant;
  /** For whoever reads a counterexample. */
  readonly what: string;
  readonly act: (run: Run) => void;
}

/** One lesson lived: its state, the bank's books, and what every message was answered. */
export interface Run {
  readonly state: LessonState;
  readonly stripe: StripeBooks;
  readonly told: { name: string; accepted: boolean; message: string }[];
  readonly facts: AnyLessonFact[];
  /** 'finished' with this outcome, or null where the story still waits: for a person, or for the end of the test. */
  outcome: string | null;
  now: Instant;
  tell(name: string, body: unknown): boolean;
  hint(type: string): void;
  hintRaw(raw: unknown): void;
  /** Would this be accepted now? Changes nothing. */
  tryOn(name: string, body: unknown): boolean;
}

export interface Circumstances {
  readonly visits?: readonly Visit[];
  readonly deviations?: Partial<Record<MoveType, readonly Deviation[]>>;
  readonly accountReadyAt?: Instant;
  /** How long a move takes; messages that come meanwhile find it under way. */
  readonly moveMs?: number;
  /** Where to stop looking. */
  readonly until?: Instant;
}

/** A message that is heard at this instant. */
export const says = (at: Instant, name: string, body: unknown): Visit => ({
  at,
  what: `${name} ${JSON.stringify(body)?.slice(0, 200)}`,
  act: (run) => void run.tell(name, body),
});

/** A webhook that is heard at this instant. */
export const hears = (at: Instant, type: string): Visit => ({
  at,
  what: type,
  act: (run) => run.hint(type),
});

/** Something done at Stripe at this instant, by someone who is not us. */
export const happens = (at: Instant, deed: (stripe: StripeBooks) => void): Visit => ({
  at,
  what: 'a deed in Stripe',
  act: (run) => deed(run.stripe),
});

/** No life in these tests needs more; a machine that goes in circles is caught, not waited for. */
const mostFacts = 3_000;

class Stopped extends Error {}

/** Lives a lesson through `live()` on a virtual clock, checking the books after every single fact. */
export async function liveLesson(input: LessonInput, circumstances: Circumstances = {}): Promise<Run> {
  const { visits = [], deviations = {}, accountReadyAt = 0, moveMs = 300, until = Infinity } = circumstances;
  const agenda = visits.map((visit, order) => ({ ...visit, order })).sort((a, b) => a.at - b.at || a.order - b.order);
  const facts: AnyLessonFact[] = [];
  const life: Life<LessonState, LessonFact, Move> = open(
    {
      ...lessonMachine,
      apply(state: LessonState, fact: AnyLessonFact): LessonState {
        const after = lessonMachine.apply(state, fact);
        invariant(facts.push(fact) < mostFacts, 'the story goes in circles');
        check(state, after, fact, facts.length, run.now);
        return after;
      },
    },
    input,
  );
  const run: Run = {
    get state() {
      return life.state;
    },
    stripe: new StripeBooks(() => run.now, deviations, accountReadyAt),
    told: [],
    facts,
    outcome: null,
    now: input.openedAt,
    tell(name, body) {
      const before = life.state;
      const refusal = life.refusal(name, body, run.now);
      const answer = life.tell(name, body, run.now);
      invariant((refusal === null) === answer.accepted, 'the guard and the door agree');
      if (!answer.accepted) invariant(onlyRejected(before, life.state), `a refused ${name} changed something`);
      run.told.push({ name, ...answer });
      return answer.accepted;
    },
    tryOn: (name, body) => life.refusal(name, body, run.now) === null,
    hintRaw: (raw) => life.hint(raw, run.now),
    hint: (type) => life.hint({ eventId: `evt_${facts.length}`, type, objectId: 'obj' }, run.now),
  };

  /** Lets time pass until the instant, with the visits due on the way. */
  const pass = (instant: Instant, isOver: () => boolean): void => {
    for (let visit = agenda[0]; visit !== undefined && visit.at <= instant; visit = agenda[0]) {
      agenda.shift();
      run.now = Math.max(run.now, visit.at);
      visit.act(run);
      if (isOver()) return;
    }
    run.now = Math.max(run.now, instant);
  };
  const world = {
    now: () => run.now,
    publish: () => Promise.resolve(false),
    waitUntil(wait: Wait, woken: () => boolean): Promise<void> {
      const end = wait.until ?? Infinity;
      if (woken()) return Promise.resolve();
      invariant(end > run.now, `waits for ${wait.until}, which has passed`);
      const last = Math.min(end, until);
      pass(last === Infinity ? (agenda.at(-1)?.at ?? run.now) : last, woken);
      if ((last !== end || end === Infinity) && !woken()) throw new Stopped();
      return Promise.resolve();
    },
    perform(move: Move): Promise<LessonFact | DriverFact<Move>> {
      const fact = run.stripe.answer(move, life.state);
      pass(run.now + moveMs, () => false);
      return Promise.resolve(
        fact === null
          ? { type: 'stuck', at: run.now, attempts: 8, lastError: 'socket hang up' }
          : { ...fact, at: run.now },
      );
    },
  };
  try {
    run.outcome = await live(lessonMachine, life, world);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  return run;
} // prettier-ignore

/** A refusal leaves its mark in `rejected` and nowhere else. */
const onlyRejected = (before: LessonState, after: LessonState): boolean =>
  isDeepStrictEqual({ ...after, rev: 0, rejected: [] }, { ...before, rev: 0, rejected: [] });

/** JSON.parse(JSON.stringify(value)) equals the value; walked, for it is asked after every fact of thousands of lives. */
function isJsonTrue(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isJsonTrue);
  const isPlain = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value).every(isJsonTrue);
}

const neverLess = ['captured', 'refunded', 'feeEarned', 'transferred', 'paidOut', 'released'] as const satisfies readonly (keyof Money)[]; // prettier-ignore

/** What must be true of a lesson after every fact, whatever it was. */
function check(before: LessonState, after: LessonState, fact: AnyLessonFact, count: number, now: Instant): void {
  const why = `after ${fact.type} at ${iso(now)}`;
  const [was, is] = [before.payment.money, after.payment.money];
  invariant(before.rev === count - 1, `${why}: every fact counts once`);
  invariant(moneyProblem(is) === null, `${why}: ${moneyProblem(is)}`);
  invariant(ledgerLines(was, is).reduce((sum, line) => sum + line.amount, 0) === 0, `${why}: the ledger sums to zero`);
  for (const name of neverLess) invariant(is[name] >= was[name], `${why}: ${name} fell from ${was[name]} to ${is[name]}`);
  invariant(isJsonTrue(after), `${why}: the state is not JSON-true`);
  invariant(isJsonTrue(lessonMachine.view(after)), `${why}: the view is not JSON-true`);
  invariant(isJsonTrue(lessonMachine.columns(after, now)), `${why}: the columns are not JSON-true`);
} // prettier-ignore

/** What must be true at the end of every lesson: our books are the bank's, each intent has one fate, nothing is left over. */
export function assertSettled({ state, stripe, outcome, facts }: Run): void {
  const { money } = state.payment;
  const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0);
  invariant(outcome !== null, `the lesson never ends: ${JSON.stringify(state.parked)}`);
  for (const { id, status } of stripe.intents) {
    invariant(status === 'captured' || status === 'gone', `${id} is left ${status}`);
  }
  invariant(stripe.intents.length <= 1, 'more than one PaymentIntent');
  invariant(stripe.transfers.length <= 1, 'transferred more than once');
  const captured = sum(stripe.intents.map((intent) => intent.captured));
  invariant(money.captured === captured, `captured: we say ${money.captured}, Stripe ${captured}`);
  invariant(money.refunded === sum(stripe.refunds), `refunded: we say ${money.refunded}, Stripe ${sum(stripe.refunds)}`);
  const transferred = sum(stripe.transfers.map((transfer) => transfer.amount));
  invariant(money.transferred === transferred, `transferred: we say ${money.transferred}, Stripe ${transferred}`);
  invariant(money.paidOut === sum(stripe.payouts), `paid out: we say ${money.paidOut}, Stripe ${sum(stripe.payouts)}`);
  // What a person skipped stays on the platform: somebody paid it another way.
  if (!facts.some(({ type }) => type === 'skipped')) invariant(heldOf(money) === 0, `${heldOf(money)} is left on the platform`);
  invariant(money.captured === 0 || money.captured + money.released === money.authorized, 'the rest of the hold is released');
} // prettier-ignore

/** The moves that were asked of Stripe, in order, reads left out. */
export const movesOf = (run: Run): string[] =>
  run.stripe.requests
    .filter(({ move }) => isJournalled(move))
    .map(({ move }) => ('amount' in move ? `${move.type} ${move.amount}` : move.type));
