import type { Client } from '@temporalio/client';
import type Stripe from 'stripe';
import type { Instant } from '../../domain/time.ts';
import type { AuditRow } from '../../store/audit.ts';
import type { Store } from '../../store/store.ts';
import { grouped } from './grouped.ts';
import { moneyStoryOf } from './ownership.ts';
import type { LoggedRequest, Passage, PassedState, PlantedSecrets, Run } from './run.ts';
import { readStripe } from './stripe-lists.ts';
import { readWorkflows } from './workflows.ts';
import type { Replay } from './workflows.ts';

/** Where the facts of an instance are read; what is absent stays unchecked and is said to be. */
export interface Sources {
  readonly store: Store;
  readonly stripe: Stripe;
  readonly now: Instant;
  /** Nothing is under way: the caller saw the house come to rest. */
  readonly quiescent: boolean;
  /** Workers were there all the time. */
  readonly attended?: boolean;
  readonly clockSkewMs: number;
  /** The longest leap of a journey; 0 where nobody travels. */
  readonly leapMs?: number;
  /** Nobody else uses the account at Stripe. */
  readonly exclusive?: boolean;
  /** Add up every movement of the platform's balance; an account with a long past has too many of them. */
  readonly wholeBalance?: boolean;
  readonly temporal?: Client | undefined;
  readonly replay?: Replay | undefined;
  /** The log of the simulated Stripe; real Stripe shows nobody its own. */
  readonly requests?: (() => Promise<readonly LoggedRequest[]>) | undefined;
  readonly secrets?: PlantedSecrets | undefined;
}

/** The clocks of two houses differ by minutes at most: nothing of ours at Stripe is older than our oldest row by more. */
const oldestSlackMs = 10 * 60_000;

/** Reads a whole instance and changes nothing: the requests, our rows in one moment, Stripe by lists, then Temporal. */
export async function gather(sources: Sources): Promise<Run> {
  const { store, stripe, temporal, now } = sources;
  // An intent is older than its request: whoever reads the requests first finds the intent of each.
  const requests = (await sources.requests?.()) ?? null;
  const rows = await store.readFacts();
  const auditBrokenAt = await store.verifyAudit();
  const since = rows.agreements.reduce((oldest, { createdAt }) => Math.min(oldest, createdAt), now);
  const payees = rows.agreements.flatMap((row) => moneyStoryOf(row)?.payee ?? []);
  const { exclusive = false, wholeBalance = false } = sources;
  const reading = { since: since - oldestSlackMs, accounts: [...new Set(payees)], exclusive, wholeBalance };
  return {
    now,
    quiescent: sources.quiescent,
    attended: sources.attended ?? false,
    whole: true,
    clockSkewMs: sources.clockSkewMs,
    leapMs: sources.leapMs ?? 0,
    stripe: await readStripe(stripe, reading),
    requests,
    store: { ...rows, auditBrokenAt },
    histories: temporal === undefined ? null : await readWorkflows(temporal, rows.agreements, sources.replay),
    transitions: passagesOf(rows.audit),
    secrets: sources.secrets ?? null,
  };
}

interface ShownState {
  readonly status: string;
  readonly paymentState: string;
  readonly rev: number;
}

const stateAt = (at: Instant, document: unknown): PassedState => {
  const { status: state, paymentState, rev } = document as ShownState;
  return { at, state, paymentState, rev };
};

/** The states that each agreement was shown in, as the audit has them. */
function passagesOf(audit: readonly AuditRow[]): Passage[] {
  const changes = audit.filter(({ action }) => action === 'status_changed');
  return [...grouped(changes, ({ subject }) => subject)].map(([workflowId, rows]) => ({
    workflowId,
    states: rows.flatMap(({ at, before, after }, index) =>
      index === 0 ? [stateAt(at, before), stateAt(at, after)] : [stateAt(at, after)],
    ),
  }));
}
