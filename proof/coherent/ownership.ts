import type Stripe from 'stripe';
import type { BookingState } from '../../domain/booking/booking.ts';
import type { LessonState } from '../../domain/lesson/lesson.ts';
import type { Instant } from '../../domain/time.ts';
import type { Agreement } from '../../store/agreements.ts';
import type { Run, TransferWithReversals } from './run.ts';

/** The id of an object that Stripe answers as an id or as a whole. */
export const idOf = (one: string | { readonly id: string } | null | undefined): string | null =>
  typeof one === 'string' ? one : (one?.id ?? null);

/** The workflow id written on an object when it was made, or null. */
export const stampOn = ({ metadata }: { readonly metadata?: Stripe.Metadata | null }): string | null =>
  metadata?.['workflow_id'] ?? null;

/** The key of the operation written on an object when it was made, or null. */
export const operationOn = ({ metadata }: { readonly metadata?: Stripe.Metadata | null }): string | null =>
  metadata?.['operation'] ?? null;

/** Whose every object is: by the stamp on it, else by the payment or the charge it hangs on, else by our own note. */
export function ownersOf({ stripe, store }: Run): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  const claim = (id: string | null, ...candidates: (string | null | undefined)[]): void => {
    const owner = candidates.find((one) => typeof one === 'string');
    if (id !== null && typeof owner === 'string') owners.set(id, owner);
  };
  for (const { objectId, workflowId } of store.owners) owners.set(objectId, workflowId);
  for (const one of stripe.checkoutSessions) claim(one.id, stampOn(one), one.client_reference_id);
  for (const one of stripe.paymentIntents) {
    claim(one.id, stampOn(one), one.transfer_group);
    claim(idOf(one.latest_charge), owners.get(one.id));
  }
  for (const one of stripe.charges) claim(one.id, owners.get(idOf(one.payment_intent) ?? ''), stampOn(one));
  for (const one of [...stripe.refunds, ...stripe.disputes])
    claim(one.id, owners.get(idOf(one.payment_intent) ?? ''), owners.get(idOf(one.charge) ?? ''));
  for (const { transfer, reversals } of stripe.transfers) {
    claim(transfer.id, stampOn(transfer), transfer.transfer_group);
    for (const one of reversals) claim(one.id, owners.get(transfer.id));
  }
  for (const { payout } of stripe.payouts) claim(payout.id, stampOn(payout));
  return owners;
}

/** The agreement as one about money, with the account its payee is paid on; null for a story that moves none. */
export function moneyStoryOf(row: Agreement) {
  switch (row.kind) {
    case 'lesson': {
      const state = row.state as LessonState;
      return { kind: 'lesson' as const, state, payee: state.input.tutor.stripeAccount };
    }
    case 'booking': {
      const state = row.state as BookingState;
      return { kind: 'booking' as const, state, payee: state.input.provider.stripeAccount };
    }
    default:
      return null;
  }
}

interface About {
  readonly intents: readonly Stripe.PaymentIntent[];
  readonly refunds: readonly Stripe.Refund[];
  readonly transfers: readonly TransferWithReversals[];
  readonly disputes: readonly Stripe.Dispute[];
}

/** When Stripe last made something for an agreement. */
export function newestOf({ intents, refunds, transfers, disputes }: About): Instant {
  const moved = disputes.flatMap((one) => one.balance_transactions);
  const back = transfers.flatMap((one) => [...one.reversals, one.transfer]);
  const times = [...intents, ...refunds, ...disputes, ...moved, ...back].map(
    ({ created }) => created * 1_000,
  );
  return times.reduce((newest, at) => Math.max(newest, at), 0);
}
