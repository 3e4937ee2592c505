import { iso } from '../../../domain/time.ts';
import type { Instant } from '../../../domain/time.ts';
import { shown } from '../amounts.ts';
import type { Case, Invariant, Story } from '../cases.ts';
import { broken } from '../cases.ts';
import { total } from '../grouped.ts';
import { noAddress } from '../../../store/notices.ts';
import type { Violation } from '../run.ts';

/** A timer fires within seconds; what is this late does not come by itself. */
const lateAfterMs = 15 * 60_000;

/** One move is tried for about two minutes, then the story parks. */
const silentAfterMs = 60 * 60_000;

/** M19: whatever is unknown, late or given up has an alert that a person can see. */
export const noSilentStall: Invariant = ({ run, stories, cases }) => [
  ...[...stories.values()].flatMap((story) => [...stalled(story, run.now), ...unheard(story)]),
  ...cases.filter(({ isStill }) => isStill).flatMap((one) => [...unknown(one), ...untold(one)]),
  ...run.store.inbox
    .filter(({ status, receivedAt }) => status === 'received' && receivedAt + lateAfterMs < run.now)
    .map(({ eventId, type, receivedAt }) =>
      broken('M19', eventId, `${type} was received at ${iso(receivedAt)} and handed to nobody`),
    ),
  ...(run.whole ? unsent(run.store) : []),
];

const since = ({ alerts }: Story, at: Instant): boolean =>
  alerts.some(({ resolvedAt, updatedAt }) => resolvedAt === null || updatedAt >= at);

function stalled(story: Story, now: Instant): Violation[] {
  const { workflowId, row, alerts } = story;
  const { parked, performing } = row.state;
  const m19 = (what: string): Violation[] => [broken('M19', workflowId, what)];
  if (parked !== null) {
    const { since: at, reason, operation } = parked;
    // Somebody who closed the alert has seen it.
    const isSeen = alerts.some(({ type, updatedAt }) => type === 'PARKED' && updatedAt >= at);
    return isSeen ? [] : m19(`it is parked since ${iso(at)} (${operation}: ${reason}) and nobody was told`);
  }
  if (!row.open || row.rev === 0) return [];
  const { nextWakeAt, updatedAt } = row;
  if (nextWakeAt !== null && nextWakeAt + lateAfterMs < now && !since(story, nextWakeAt))
    return m19(`it was to wake at ${iso(nextWakeAt)} and did not`);
  if (performing !== null && updatedAt + silentAfterMs < now && !since(story, updatedAt))
    return m19(`it is in the middle of ${performing.type} since ${iso(updatedAt)}`);
  return [];
}

/** What a story asked people to be told of stands among its alerts, open or seen to. */
const unheard = ({ workflowId, row, alerts }: Story): Violation[] =>
  row.state.alerts
    .filter((note) => !alerts.some(({ type }) => type === note.type))
    .map(({ type, at, message }) =>
      broken('M19', workflowId, `${type} of ${iso(at)} reached nobody: ${message}`),
    );

/** At rest no move is left whose outcome nobody knows, unless a person was asked. */
function unknown(one: Case): Violation[] {
  const { workflowId, state, operations } = one;
  if (state.parked !== null || state.performing !== null) return [];
  const { unresolved } = state.payment;
  if (unresolved !== null) return [broken('M19', workflowId, `nobody knows what came of ${unresolved.type}`)];
  const open = operations.filter(({ status }) => status === 'intended');
  return open.map(({ key, createdAt }) =>
    broken('M19', workflowId, `${key} was intended at ${iso(createdAt)} and never came to an end`),
  );
}

/** Money that somebody else took of a hold of ours is told to people, whatever becomes of it. */
function untold({ workflowId, kind, operations, alerts, charges, currency }: Case): Violation[] {
  const taken = total(charges.map((charge) => charge.amount_captured));
  const asked = operations.filter((one) => one.kind === 'capture').map(({ params }) => (params as { amount?: number }).amount);
  const isTold = alerts.some(({ type }) => type === 'PAYMENT_OUT_OF_SYNC');
  // The money of a booking is taken in a checkout, never by us.
  if (kind === 'booking' || taken === 0 || isTold || asked.includes(taken)) return [];
  return [broken('M19', workflowId, `${shown(taken, currency)} was taken, we asked for ${asked.join(', ') || 'nothing'}, and nobody was told`)];
} // prettier-ignore

/** A message that was given up has an alert; a mail about an alert is about one that stands there for everyone to see. */
function unsent({ messages, alerts }: { readonly messages: readonly Message[]; readonly alerts: readonly Told[] }): Violation[] {
  const told = new Set(alerts.filter(({ type }) => type === 'NOTIFICATION_FAILED').map(({ subject }) => subject));
  return messages
    .filter(({ sentAt, nextAttemptAt, attempts }) => sentAt === null && nextAttemptAt === null && attempts > 0)
    .filter(({ kind, error }) => kind !== 'admin_alert' || error !== noAddress)
    .filter(({ id, kind, agreement, recipient }) => !told.has(recipient === 'admin' ? kind : (agreement ?? id)))
    .map(({ id, kind, error }) => broken('M19', id, `${kind} was given up (${error}) and nobody was told`));
} // prettier-ignore

interface Message {
  readonly id: string;
  readonly kind: string;
  readonly agreement: string | null;
  readonly recipient: string | null;
  readonly sentAt: Instant | null;
  readonly nextAttemptAt: Instant | null;
  readonly attempts: number;
  readonly error: string | null;
}

interface Told {
  readonly type: string;
  readonly subject: string;
}
