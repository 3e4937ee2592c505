import type { BaseState, DriverFact, Fact, Machine } from '../../domain/machine.ts';
import { ledgerLines, moneyProblem, sumOf } from '../../domain/payment/books.ts';
import type { Money } from '../../domain/payment/books.ts';
import type { Move } from '../../domain/payment/moves.ts';
import type { Instant } from '../../domain/time.ts';

/** The state of a story that has a payment, whatever its kind. */
export interface PaidState extends BaseState<Move> {
  readonly payment: { readonly money: Money };
}

/** A machine of such a story, as far as living it needs to know. */
export type PaidMachine<Input, State extends PaidState, F extends Fact> = Machine<Input, State, { readonly name: string }, F, Move, unknown>; // prettier-ignore

/** What is untrue of a story after this fact, or null. */
export type Check<State, F> = (
  before: State,
  after: State,
  fact: F | DriverFact<Move>,
  now: Instant,
) => string | null;

/**
 * What must be true of every story after every fact, whatever it was: true books, and nothing that JSON would change.
 * It follows one story from its first fact on, so that what a fact leaves as it was is not gone through again.
 */
export function alwaysTrue<Input, State extends PaidState, F extends Fact>(
  machine: PaidMachine<Input, State, F>,
  neverLess: readonly (keyof Money)[],
): Check<State, F> {
  let known: State | undefined;
  return (before, after, _, now) => {
    const [was, is] = [before.payment.money, after.payment.money];
    if (is !== known?.payment.money) {
      const problem = moneyProblem(is);
      if (problem !== null) return problem;
      if (sumOf(ledgerLines(was, is)) !== 0) return 'the ledger does not sum to zero';
      for (const name of neverLess) {
        if (is[name] < was[name]) return `${name} fell from ${was[name]} to ${is[name]}`;
      }
    }
    if (!isJsonTrue(after, known)) return 'the state is not JSON-true';
    known = after;
    if (!isJsonTrue(machine.view(after))) return 'the view is not JSON-true';
    return isJsonTrue(machine.columns(after, now)) ? null : 'the columns are not JSON-true';
  };
}

/**
 * JSON.parse(JSON.stringify(value)) equals the value. What it shares with `known`, of which that is true, is not walked
 * again.
 */
export function isJsonTrue(value: unknown, known?: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      return value === null || value === known || isTreeTrue(value, known);
    default:
      return false;
  }
}

function isTreeTrue(tree: object, known: unknown): boolean {
  if (Array.isArray(tree)) {
    const before: readonly unknown[] = Array.isArray(known) ? known : [];
    for (let i = 0; i < tree.length; i += 1) if (!isJsonTrue(tree[i], before[i])) return false;
    return true;
  }
  if (Object.getPrototypeOf(tree) !== Object.prototype) return false;
  const [now, before] = [tree, known] as Readonly<Record<string, unknown> | undefined>[];
  for (const name in now) if (!isJsonTrue(now[name], before?.[name])) return false;
  return true;
}
