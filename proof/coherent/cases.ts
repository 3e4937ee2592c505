import type Stripe from 'stripe';
import type { BookingState } from '../../domain/booking/booking.ts';
import type { LessonState } from '../../domain/lesson/lesson.ts';
import type { Instant } from '../../domain/time.ts';
import type { Agreement } from '../../store/agreements.ts';
import type { Alert } from '../../store/alerts.ts';
import type { AuditRow } from '../../store/audit.ts';
import type { InboxNote } from '../../store/facts.ts';
import type { Operation } from '../../store/journal.ts';
import type { LedgerEntry } from '../../store/ledger.ts';
import type {
  AccountPayout,
  InvariantId,
  LoggedRequest,
  Run,
  TransferWithReversals,
  Violation,
} from './run.ts';
import { grouped } from './grouped.ts';
import { idOf, moneyStoryOf, newestOf, ownersOf } from './ownership.ts';

/** One story with its rows, whatever its kind. */
export interface Story {
  readonly workflowId: string;
  readonly row: Agreement;
  readonly operations: readonly Operation[];
  readonly audit: readonly AuditRow[];
  readonly alerts: readonly Alert[];
  /** Nothing is under way in it and no news can be on its way to it. */
  readonly isStill: boolean;
}

/** One agreement about money with everything that concerns it, here and at Stripe. */
export interface Case extends Story {
  readonly kind: 'lesson' | 'booking';
  readonly state: LessonState | BookingState;
  readonly currency: string;
  /** Where the payee's money goes, as recorded; a person may have corrected it. */
  readonly payee: string;
  readonly intents: readonly Stripe.PaymentIntent[];
  /** The one our own state names. */
  readonly intent: Stripe.PaymentIntent | null;
  readonly charge: Stripe.Charge | null;
  /** Every try of the payer, also those that failed. */
  readonly charges: readonly Stripe.Charge[];
  /** Only those that move money; a hold let go looks like one too, without any (stripe-rules A6, A7). */
  readonly refunds: readonly Stripe.Refund[];
  /** Refunds that came to nothing: the money is back. */
  readonly failedRefunds: readonly Stripe.Refund[];
  readonly transfers: readonly TransferWithReversals[];
  /** Everything that asked Stripe for a transfer, also in vain. */
  readonly transferRequests: readonly LoggedRequest[];
  readonly payouts: readonly AccountPayout[];
  readonly sessions: readonly Stripe.Checkout.Session[];
  readonly disputes: readonly Stripe.Dispute[];
  readonly ledger: readonly LedgerEntry[];
  readonly inbox: readonly InboxNote[];
  /** Still, over, and in nobody's hands: the fate of its money is final as far as anyone knows. */
  readonly isSettled: boolean;
}

/** A run with its facts sorted by whom they concern; built once, so that every invariant is linear in what there is. */
export interface Cases {
  readonly run: Run;
  readonly stories: ReadonlyMap<string, Story>;
  readonly cases: readonly Case[];
  /** The story of an object at Stripe, by its stamp, by what it hangs on or by our own note. */
  readonly ownerOf: (objectId: string) => string | null;
  readonly requestsByKey: ReadonlyMap<string, readonly LoggedRequest[]>;
  readonly movements: ReadonlyMap<string, Stripe.BalanceTransaction>;
}

/** An invariant as a predicate: everything it finds broken. */
export type Invariant = (cases: Cases) => Violation[];

/** A story that ended this long ago has heard all news that Stripe could deliver in the ordinary way. */
const settledAfterMs = 10 * 60_000;

/** Sorts the facts of a run. */
export function casesOf(run: Run): Cases {
  const { stripe, store } = run;
  const owners = ownersOf(run);
  const operations = grouped(store.operations, (one) => one.workflowId);
  const audit = grouped(store.audit, (one) => one.subject);
  const alerts = grouped(store.alerts, (one) => one.subject);
  const ledger = grouped(store.ledger, (one) => one.workflowId);
  const by = (id: string): string | null => owners.get(id) ?? null;
  const intents = grouped(stripe.paymentIntents, (one) => by(one.id));
  const refunds = grouped(stripe.refunds, (one) => by(one.id));
  const transfers = grouped(stripe.transfers, (one) => by(one.transfer.id));
  const transferRequests = grouped(run.requests ?? [], groupOfTransfer);
  const payouts = grouped(stripe.payouts, (one) => by(one.payout.id));
  const sessions = grouped(stripe.checkoutSessions, (one) => by(one.id));
  const disputes = grouped(stripe.disputes, (one) => by(one.id));
  const inbox = grouped(store.inbox, (one) => (one.objectId === null ? null : by(one.objectId)));
  const charges = grouped(stripe.charges, (one) => by(one.id));
  const stories = new Map<string, Story>();
  const cases: Case[] = [];
  for (const row of store.agreements) {
    const { workflowId } = row;
    const of = <Item>(map: ReadonlyMap<string, Item[]>): readonly Item[] => map.get(workflowId) ?? [];
    const about = { intents: of(intents), refunds: of(refunds), transfers: of(transfers), disputes: of(disputes) };
    const isStill = run.quiescent || (!row.open && isLongPast(run.now, [row.updatedAt, newestOf(about)]));
    const story = { workflowId, row, operations: of(operations), audit: of(audit), alerts: of(alerts), isStill };
    stories.set(workflowId, story);
    const told = moneyStoryOf(row);
    if (told === null) continue;
    const { kind, state, payee } = told;
    const intent = about.intents.find(({ id }) => id === state.payment.intent?.id) ?? null;
    const one: Case = {
      ...story,
      ...about,
      kind,
      state,
      payee,
      currency: state.payment.currency,
      intent,
      charge: of(charges).find(({ id }) => id === idOf(intent?.latest_charge)) ?? null,
      charges: of(charges),
      refunds: about.refunds.filter(movesMoney),
      failedRefunds: about.refunds.filter(({ status }) => status === 'failed' || status === 'canceled'),
      transferRequests: of(transferRequests),
      payouts: of(payouts),
      sessions: of(sessions),
      ledger: of(ledger),
      inbox: of(inbox),
      isSettled: isStill && !row.open && state.parked === null && state.performing === null,
    };
    stories.set(workflowId, one);
    cases.push(one);
  }
  const requestsByKey = grouped(run.requests ?? [], ({ idempotencyKey }) => idempotencyKey);
  const movements = new Map((stripe.balanceTransactions ?? []).map((one) => [one.id, one]));
  return { run, stories, cases, ownerOf: by, requestsByKey, movements };
} // prettier-ignore

function groupOfTransfer({ method, path, params }: LoggedRequest): string | null {
  if (method !== 'POST' || path !== '/v1/transfers') return null;
  const { transfer_group: group } = params as { transfer_group?: unknown };
  return typeof group === 'string' ? group : null;
}

const isLongPast = (now: Instant, times: readonly Instant[]): boolean =>
  times.every((at) => at + settledAfterMs <= now);

/** A refund that took money back or still will. */
const movesMoney = ({ status, balance_transaction: movement }: Stripe.Refund): boolean =>
  status === 'succeeded' ? movement !== null : status !== 'failed' && status !== 'canceled';

/** Builds a violation; the message begins with the invariant it breaks. */
export const broken = (invariant: InvariantId, subject: string, what: string): Violation => ({
  invariant,
  subject,
  message: `${invariant} ${subject}: ${what}`,
});
