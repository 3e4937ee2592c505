import type { AgreementState } from '../domain/kinds.ts';
import type { LedgerLine } from '../domain/payment/books.ts';
import { ledgerLines } from '../domain/payment/books.ts';
import type { Move, MoveFact, MoveType } from '../domain/payment/moves.ts';
import type { Payment } from '../domain/payment/payment.ts';
import { attemptOf } from '../domain/payment/payment.ts';
import type { NewIntent, Operation } from '../store/journal.ts';
import { Overtaken } from '../store/settlement.ts';
import type { OwnedObject } from '../store/stripe-objects.ts';
import { comeAgain } from './failures.ts';
import { after, columnsOf } from './tasks.ts';
import type { Ports, Story } from './tasks.ts';

/** Another worker wrote in the very moment; it is done by the next try. */
const overtakenDelayMs = 1;

/** What Stripe answered about a move, or what it already had when it was asked. */
export interface Outcome {
  readonly fact: MoveFact;
  /** Stripe objects this agreement now owns, by which late webhooks find it. */
  readonly objects: readonly OwnedObject[];
  readonly requestId: string | null;
  /** Whether anything changed in Stripe. */
  readonly effect: boolean;
}

/** An outcome that changed nothing in Stripe. */
export const told = (fact: MoveFact): Outcome => ({ fact, objects: [], requestId: null, effect: false });

/** What is finished: the operation's key, and the story that asked for it. */
interface Finishing {
  readonly ports: Ports;
  readonly workflowId: string;
  readonly task: Story;
  readonly key: string;
}

/**
 * One commit: outcome, ledger, ownership, audit and projection; for what somebody else made the intent as well. A second
 * finish answers the first one's fact.
 */
export async function finish(
  { ports, workflowId, task, key }: Finishing,
  outcome: Outcome,
  intent?: NewIntent,
): Promise<MoveFact> {
  const { store, clock } = ports;
  const operations = await store.listOperations(workflowId);
  const state = after(task.kind, task.state, outcome.fact);
  const { currency } = state.payment;
  const ledger = news(task, outcome.fact, operations).map((line) => ({ ...line, currency }));
  const at = clock.now();
  const done = {
    key,
    result: outcome.effect || ledger.length > 0 ? ('effect' as const) : ('none' as const),
    outcome: outcome.fact,
    stripeIds: outcome.objects.map(({ objectId }) => objectId),
    requestId: outcome.requestId,
    ledger,
    ended: operations.filter(({ status }) => status === 'done').length,
    objects: outcome.objects,
    state,
    columns: columnsOf(task.kind, state, at),
    at,
  };
  const settling = intent === undefined ? store.settle(done) : store.record(intent, done);
  const { operation } = await settling.catch((error: unknown) => {
    throw error instanceof Overtaken ? comeAgain(error.message, overtakenDelayMs) : error;
  });
  return factOf(operation);
}

/** What this fact adds to the ledger. */
export function news(task: Story, fact: MoveFact, operations: readonly Operation[]): LedgerLine[] {
  const known = asBooked(task, operations);
  return ledgerLines(known.payment.money, after(task.kind, known, fact).payment.money);
}

/**
 * The story as the journal has it. A worker that Temporal gave up while Stripe answered it may have booked what the story
 * never heard of; it is not booked again.
 */
function asBooked({ kind, state }: Story, operations: readonly Operation[]): AgreementState {
  const unheard = operations.filter((one) => isUnheard(one, state.payment));
  const inOrder = unheard.toSorted((one, other) => (one.finishedAt ?? 0) - (other.finishedAt ?? 0));
  const { performing } = state;
  return inOrder.reduce((known, one) => {
    const made = one.kind === adoption ? performing : ({ ...(one.params as Move), n: numberOf(one) } as Move);
    return { ...after(kind, { ...known, performing: made }, factOf(one)), performing };
  }, state);
}

/** Moves that leave the books changed, and whose every ending counts as an attempt that the story heard of. */
const counted: readonly string[] = [
  'refund',
  'transfer',
  'reverse',
  'advance',
  'closeDebt',
  'payOut',
  'earnFee',
] satisfies MoveType[];

function isUnheard(operation: Operation, payment: Payment): boolean {
  const { kind, result } = operation;
  if (result !== 'effect') return false;
  if (kind === adoption) return numberOf(operation) > (payment.adopted ?? 0);
  if (kind === 'capture') return payment.intent?.status !== 'captured';
  return counted.includes(kind) && numberOf(operation) >= attemptOf(payment, kind as MoveType);
}

/** The kind of an operation that somebody else made and a read found. */
export const adoption = 'adoption';

/** The number at the end of an operation's key; the first attempt of a move carries none. */
const numberOf = ({ key }: Operation): number => Number(/:(\d+)$/.exec(key)?.[1] ?? 1);

/** The fact that ended an operation. */
export const factOf = (operation: Operation): MoveFact => operation.outcome as unknown as MoveFact;

/**
 * Ends operations that were begun and never answered, where Stripe's word shows that they can do nothing any more. A
 * forsaken worker that answers one later hears this fact instead of its own.
 */
export async function closeMoot({ store, clock }: Ports, operations: readonly Operation[], fact: MoveFact): Promise<void> {
  const nothing = { stripeIds: [], requestId: null, ledger: [], objects: [], state: null, columns: null };
  for (const { key, status } of operations) {
    if (status === 'done') continue;
    await store.settle({ ...nothing, key, result: 'none', outcome: fact, at: clock.now() });
  }
} // prettier-ignore

/** The kinds of operations that can change nothing where Stripe's objects are as this fact found them. */
export function mootAfter(fact: MoveFact): readonly string[] {
  switch (fact.type) {
    case 'captured':
      return ['capture', 'release', 'expireCheckout'];
    case 'holdGone':
      return ['capture', 'release'];
    case 'checkoutSeen':
      return fact.status === 'open' ? [] : ['expireCheckout'];
    default:
      return [];
  }
}
