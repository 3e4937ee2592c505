import { isDeepStrictEqual } from 'node:util';
import type {
  AnyBookingFact,
  BookingFact,
  BookingInput,
  BookingState,
} from '../../domain/booking/booking.ts';
import { bookingMachine } from '../../domain/booking/machine.ts';
import { isOpen } from '../../domain/complaint/complaint.ts';
import { invariant } from '../../domain/errors.ts';
import type { Life } from '../../domain/live.ts';
import { live, open } from '../../domain/live.ts';
import type { DriverFact, Wait } from '../../domain/machine.ts';
import { heldOf, ledgerLines, moneyProblem, payeeHas, sumOf } from '../../domain/payment/books.ts';
import type { Money } from '../../domain/payment/books.ts';
import { isJournalled } from '../../domain/payment/intent.ts';
import type { Move, MoveType } from '../../domain/payment/moves.ts';
import type { Instant } from '../../domain/time.ts';
import { iso } from '../../domain/time.ts';
import { PayeeAccount } from './booking-account.ts';
import type { Mishap } from './booking-books.ts';
import { BookingBooks } from './booking-books.ts';

/** Something that comes to a booking from outside at an instant. */
export interface Visit {
  readonly at: Instant;
  /** For whoever reads a counterexample. */
  readonly what: string;
  readonly act: (run: Run) => void;
}

export interface Circumstances {
  readonly visits?: readonly Visit[];
  readonly mishaps?: Partial<Record<MoveType, readonly Mishap[]>>;
  /** Shared by the bookings of one payee; absent: an account of its own. */
  readonly account?: PayeeAccount;
  /** How long a move takes; messages that come meanwhile find it under way. */
  readonly moveMs?: number;
  /** Where to stop looking. */
  readonly until?: Instant;
}

/** One booking lived: its state, the world's true books, and what every message was answered. */
export interface Run {
  readonly state: BookingState;
  readonly stripe: BookingBooks;
  readonly told: { readonly name: string; readonly body: unknown; readonly accepted: boolean; readonly message: string }[];
  readonly facts: AnyBookingFact[];
  /** 'finished' with this outcome, or null where the story still waits: for a person, or for the end of the test. */
  outcome: string | null;
  now: Instant;
  tell(name: string, body: unknown): boolean;
  hint(type: string): void;
  /** Lives on, also after it had ended: a message takes a story up again. */
  goOn(visits: readonly Visit[], until?: Instant): Promise<void>;
} // prettier-ignore

/** No life in these tests needs more; a machine that goes in circles is caught, not waited for. */
const mostFacts = 1_500;

class Stopped extends Error {}

/** Lives a booking through `live()` on a virtual clock, checking the books after every single fact. */
export async function liveBooking(input: BookingInput, circumstances: Circumstances = {}): Promise<Run> {
  const { visits = [], mishaps = {}, account = new PayeeAccount(), moveMs = 300 } = circumstances;
  let until = circumstances.until ?? Infinity;
  let agenda: Visit[] = [];
  const facts: AnyBookingFact[] = [];
  const life: Life<BookingState, BookingFact, Move> = open(
    {
      ...bookingMachine,
      apply(state: BookingState, fact: AnyBookingFact): BookingState {
        const after = bookingMachine.apply(state, fact);
        invariant(facts.push(fact) < mostFacts, 'the story goes in circles');
        check(state, after, fact, facts.length, run.now);
        account.follow(input.id, after.payment.money.advanced);
        return after;
      },
    },
    input,
  );
  const run: Run = {
    get state() {
      return life.state;
    },
    stripe: new BookingBooks(input.id, () => run.now, account, mishaps),
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
      run.told.push({ name, body, ...answer });
      return answer.accepted;
    },
    hint: (type) => life.hint({ eventId: `evt_${facts.length}`, type, objectId: 'obj' }, run.now),
    async goOn(more, end = Infinity) {
      agenda = more.map((visit, order) => ({ ...visit, order })).sort((a, b) => a.at - b.at || a.order - b.order);
      until = end;
      await liveOn();
    },
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
    perform(move: Move): Promise<BookingFact | DriverFact<Move>> {
      const fact = run.stripe.answer(move, life.state);
      pass(run.now + moveMs, () => false);
      const stuck = { type: 'stuck', at: run.now, attempts: 8, lastError: 'socket hang up' } as const;
      return Promise.resolve(fact ?? stuck);
    },
  };
  const liveOn = async (): Promise<void> => {
    try {
      run.outcome = null;
      for (;;) {
        const outcome = await live(bookingMachine, life, world);
        const visit = agenda.shift();
        if (visit === undefined || visit.at > until) {
          run.outcome = outcome;
          return;
        }
        run.now = Math.max(run.now, visit.at);
        visit.act(run);
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  };
  await run.goOn(visits, until);
  return run;
} // prettier-ignore

/** A refusal leaves its mark in `rejected` and nowhere else. */
const onlyRejected = (before: BookingState, after: BookingState): boolean =>
  isDeepStrictEqual({ ...after, rev: 0, rejected: [] }, { ...before, rev: 0, rejected: [] });

/** JSON.parse(JSON.stringify(value)) equals the value; walked, for it is asked after every fact of thousands of lives. */
function isJsonTrue(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isJsonTrue);
  const isPlain = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value).every(isJsonTrue);
}

const neverLess = ['captured', 'transferred', 'reversed', 'netted', 'paidOut'] as const satisfies readonly (keyof Money)[]; // prettier-ignore

/** What must be true of a booking after every fact, whatever it was. */
function check(before: BookingState, after: BookingState, fact: AnyBookingFact, count: number, now: Instant): void {
  const why = `after ${fact.type} at ${iso(now)}`;
  const [was, is] = [before.payment.money, after.payment.money];
  invariant(before.rev === count - 1, `${why}: every fact counts once`);
  invariant(moneyProblem(is) === null, `${why}: ${moneyProblem(is)}`);
  invariant(ledgerLines(was, is).reduce((sum, line) => sum + line.amount, 0) === 0, `${why}: the ledger sums to zero`);
  for (const name of neverLess) invariant(is[name] >= was[name], `${why}: ${name} fell from ${was[name]} to ${is[name]}`);
  for (const seen of [after, bookingMachine.view(after), bookingMachine.columns(after, now)]) {
    invariant(isJsonTrue(seen), `${why}: what is shown is not JSON-true`);
  }
  // A transfer whose answer was lost is asked for again as it was: it may have been made before there was a dispute.
  if (fact.type === 'began' && fact.effect.type === 'transfer' && before.payment.unresolved === null) {
    invariant(!isOpen(before.dispute), `${why}: money is sent while a complaint is open`);
    invariant(!before.payment.disputes.some((one) => one.isOpen), `${why}: money is sent while the bank disputes it`);
  }
} // prettier-ignore

/** What must be true whenever a booking rests: our books are Stripe's. */
export function assertTrueBooks({ state, stripe, facts }: Run): void {
  const { money } = state.payment;
  const same = (name: keyof Money, truth: number): void =>
    invariant(money[name] === truth, `${name}: we say ${money[name]}, Stripe ${truth}`);
  same('captured', stripe.captured);
  same('refunded', sumOf(stripe.refundsThatCount));
  same('disputed', stripe.taken);
  same('transferred', sumOf(stripe.transfers));
  same('reversed', stripe.reversed);
  // A payout may be given up before its answer is known: it moves the payee's own money.
  if (!facts.some(({ type }) => type === 'skipped')) same('paidOut', sumOf(stripe.payouts));
}

/** What must be true at the end of every booking: true books, nothing left over, and the calendar as the fate says. */
export function assertSettled(run: Run): void {
  const { state, stripe, outcome, facts } = run;
  const { payment, plan } = state;
  invariant(outcome !== null, `the booking never ends: ${JSON.stringify(state.parked ?? payment.pause)}`);
  assertTrueBooks(run);
  invariant(stripe.session !== 'open' && stripe.payment !== 'processing', 'the customer could still pay');
  const standing = stripe.calendar.standing;
  const isSkipped = facts.some(({ type }) => type === 'skipped');
  if (outcome === 'cancelled' && !isSkipped) invariant(standing.length === 0, 'a cancelled booking keeps its seat');
  // Who resolves a complaint decides about the money, whatever the calendar says.
  if (outcome === 'completed' && !isSkipped && state.dispute === null) {
    invariant(standing.length === 1 && standing[0]?.startsAt === state.startsAt, 'one seat at the right time');
  }
  if (isSkipped || payment.transferSkipped) return;
  invariant(heldOf(payment.money) === 0, `${heldOf(payment.money)} is left on the platform`);
  const share = Math.min(plan?.payee ?? 0, payeeHas(payment.money));
  invariant(payeeHas(payment.money) === share, `the payee has ${payeeHas(payment.money)} of ${plan?.payee}`);
} // prettier-ignore

/** The moves that were asked for, in order, reads left out. */
export const movesOf = (run: Run): string[] =>
  run.stripe.requests
    .filter(({ move }) => isJournalled(move))
    .map(({ move }) => ('amount' in move ? `${move.type} ${move.amount}` : move.type));

/** When money was first sent to the payee. */
export const transferredAt = (run: Run): Instant | undefined =>
  run.stripe.requests.find(({ move }) => move.type === 'transfer')?.at;
