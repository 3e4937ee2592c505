import { workflowIdOf } from '../domain/kinds.ts';
import type { Money } from '../domain/payment/books.ts';
import { ledgerLines } from '../domain/payment/books.ts';
import type { MoveFact } from '../domain/payment/moves.ts';
import type { Operation } from '../store/journal.ts';
import type { OwnedObject } from '../store/stripe-objects.ts';
import { after, columnsOf } from './tasks.ts';
import type { Ports, Story } from './tasks.ts';

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

/** One commit: outcome, ledger, ownership, audit and projection. A second finish answers the first one's fact. */
export async function finish(
  { ports, task, key }: { readonly ports: Ports; readonly task: Story; readonly key: string },
  outcome: Outcome,
): Promise<MoveFact> {
  const state = after(task.kind, task.state, outcome.fact);
  const { currency } = state.payment;
  const before = await booksBefore(task, outcome.fact, key, ports);
  const ledger = ledgerLines(before, state.payment.money).map((line) => ({
    ...line,
    currency,
  }));
  const at = ports.clock.now();
  const { operation } = await ports.store.settle({
    key,
    result: outcome.effect || ledger.length > 0 ? 'effect' : 'none',
    outcome: outcome.fact,
    stripeIds: outcome.objects.map(({ objectId }) => objectId),
    requestId: outcome.requestId,
    ledger,
    objects: outcome.objects,
    state,
    columns: columnsOf(task.kind, state, at),
    at,
  });
  return factOf(operation);
}

/**
 * The books before this outcome. A capture may have been booked without the story's knowing, by a worker that Temporal
 * gave up while Stripe answered it: what another operation booked is not booked again.
 */
export async function booksBefore({ kind, state }: Story, fact: MoveFact, key: string, { store }: Ports): Promise<Money> {
  const { intent, money } = state.payment;
  if (fact.type !== 'captured' || intent?.status === 'captured') return money;
  const booked = (await store.listOperations(workflowIdOf(kind, state.input.id))).find(
    (one) => one.key !== key && one.result === 'effect' && one.outcome?.type === 'captured',
  );
  return booked === undefined ? money : after(kind, state, factOf(booked)).payment.money;
} // prettier-ignore

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
      return ['adopt', 'capture', 'release', 'expireCheckout'];
    case 'holdGone':
      return ['adopt', 'capture', 'release'];
    case 'checkoutSeen':
      return fact.status === 'open' ? ['adopt'] : ['adopt', 'expireCheckout'];
    default:
      return ['adopt'];
  }
}
