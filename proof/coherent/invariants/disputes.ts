import { iso } from '../../../domain/time.ts';
import type { Instant } from '../../../domain/time.ts';
import type { AuditRow } from '../../../store/audit.ts';
import { shown } from '../amounts.ts';
import type { Case, Cases, Invariant } from '../cases.ts';
import { broken } from '../cases.ts';
import { grouped } from '../grouped.ts';
import type { Violation } from '../run.ts';

const stateIn = (document: unknown): string | null =>
  (document as { status?: string } | null)?.status ?? null;

/** From when to when an agreement stood disputed, as it was committed. */
interface Disputed {
  readonly from: AuditRow;
  readonly until: AuditRow | null;
}

/** Statuses after which the bank does nothing more. */
const decided: ReadonlySet<string> = new Set(['won', 'lost', 'warning_closed', 'prevented']);

/**
 * Whether the story had decided every complaint and every dispute of the bank's that it knew of at this time. Lists show
 * it as disputed a moment longer, until the move that follows has its outcome.
 */
function isDecided({ story, dispute }: Case['state'], at: Instant): boolean {
  const open = new Map<string, boolean>();
  for (const line of story.filter((one) => one.at <= at)) {
    const [id = ''] = line.stripeIds;
    const status = /^Disputed at the bank \((.+)\)$/.exec(line.what)?.[1];
    if (status !== undefined) open.set(id, !decided.has(status));
    if (line.what.startsWith("The bank's dispute ended")) open.set(id, false);
  }
  if (dispute !== null && dispute.openedAt <= at) {
    const { outcome } = dispute;
    open.set('complaint', outcome === null || outcome.at > at);
  }
  return open.size > 0 && ![...open.values()].includes(true);
}

function disputedTimes(audit: readonly AuditRow[]): Disputed[] {
  const times: Disputed[] = [];
  let from: AuditRow | null = null;
  for (const row of audit) {
    if (row.action !== 'status_changed') continue;
    const isDisputed = stateIn(row.after) === 'disputed';
    if (isDisputed) from ??= row;
    else if (from !== null) {
      times.push({ from, until: row });
      from = null;
    }
  }
  return from === null ? times : [...times, { from, until: null }];
}

/** M7a: once a dispute is written down, no transfer is begun and none is asked for. */
export const knownDisputeBlocks: Invariant = ({ run, cases }) =>
  cases.flatMap(({ workflowId, audit, operations, state, transferRequests }) => {
    const transfers = new Set(operations.filter(({ kind }) => kind === 'transfer').map(({ key }) => key));
    return disputedTimes(audit).flatMap(({ from, until }) => {
      const isWithin = ({ seq, at }: AuditRow): boolean =>
        seq > from.seq && (until === null || seq < until.seq) && !isDecided(state, at);
      const begun = audit.filter(
        (row) => row.action === 'intent' && isWithin(row) && transfers.has(row.operationKey ?? ''),
      );
      const end = until?.at ?? Infinity;
      const isDuring = (at: Instant): boolean =>
        at > from.at + run.clockSkewMs && at < end - run.clockSkewMs && !isDecided(state, at);
      const sent = transferRequests.filter(({ at }) => isDuring(at));
      const since = `although it stood disputed since ${iso(from.at)}`;
      return [
        ...begun.map((row) => broken('M7a', workflowId, `${row.operationKey} was begun at ${iso(row.at)} ${since}`)),
        ...sent.map(({ id, at }) => broken('M7a', workflowId, `${id} asked for a transfer at ${iso(at)} ${since}`)),
      ];
    });
  }); // prettier-ignore

/** A transfer that a dispute overtook is somebody's case this long after the bank's word reached us. */
const caseWithinMs = 10 * 60_000;

/** M7b: where the bank was faster than its word to us, the last look sees it, or the transfer is taken back or the dispute a case of ours. */
export const crossedDisputeRepaired: Invariant = (all) => [...lastLook(all), ...crossedAndLeft(all)];

/** So old may what was seen of a charge be when money is sent out of it. */
const lookedWithinMs = 10 * 60_000;

/** Whoever asks for a transfer has just looked at the charge: the bank's word may be late (stripe-rules F4). */
function lastLook({ run, cases }: Cases): Violation[] {
  const looks = grouped(run.requests ?? [], ({ method, path }) => (method === 'GET' ? path : null));
  const oldest = lookedWithinMs + (run.leapMs ?? 0);
  return cases.flatMap(({ workflowId, charge, transferRequests }) => {
    const looked = looks.get(`/v1/charges/${charge?.id}`) ?? [];
    return transferRequests
      .filter(({ at }) => !looked.some((look) => look.at <= at && look.at >= at - oldest))
      .map(({ id, at }) => broken('M7b', workflowId, `${id} asked for a transfer at ${iso(at)} without a look at the charge`));
  });
} // prettier-ignore

const crossedAndLeft: Invariant = ({ run, cases, stories }) =>
  cases.flatMap(({ workflowId, disputes, transfers, inbox, state, isStill }) =>
    disputes.flatMap((dispute) => {
      const heard = inbox.find((event) => event.objectId === dispute.id);
      if (heard === undefined || (!isStill && heard.receivedAt + caseWithinMs > run.now)) return [];
      const known = state.payment.disputes.some(({ id }) => id === dispute.id);
      if (known || stories.has(`dispute:${dispute.id}`)) return [];
      return transfers
        .filter(({ transfer }) => transfer.created >= dispute.created && transfer.amount_reversed === 0)
        .map(({ transfer: { id, amount, currency } }) => {
          const sum = shown(amount, currency);
          const what = `${id} of ${sum} crossed ${dispute.id} over ${dispute.amount}: not reversed, and nobody's case`;
          return broken('M7b', workflowId, what);
        });
    }),
  );
