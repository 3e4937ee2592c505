import Stripe from 'stripe';
import { AppError } from '../../domain/errors.ts';
import type { AlertType } from '../../domain/machine.ts';
import { canWake, isAboutAccount, isAboutAgreement, isAboutDispute } from '../../domain/stripe-events.ts';
import { raiseAlert } from '../../store/alerts.ts';
import type { EventMark, InboxEvent } from '../../store/inbox.ts';
import { markEvent } from '../../store/inbox.ts';
import { stripeEventSignal } from '../../workflows/contract.ts';
import { followAccount } from '../accounts/news.ts';
import type { ApiPorts } from '../ports.ts';
import { shownError } from '../shown-error.ts';
import { objectOf } from './event.ts';
import { followDispute, wake } from './after-care.ts';
import { ownerOf } from './owner.ts';
import { problemIn } from './problem-events.ts';
import { accountUnderWayMs } from './receive.ts';
import { signal } from './signal.ts';

/** What became of an event, and the alert it opened. */
export interface Verdict {
  readonly status: 'delivered' | 'waiting' | 'ignored';
  readonly reason: string | null;
  readonly alert?:
    { readonly type: AlertType; readonly subject: string; readonly message: string } | undefined;
}

/** As long as Stripe keeps events: an owner that has not turned up by then never will (W3). */
const waitsAtMostMs = 30 * 86_400_000;
const longestPauseMs = 3_600_000;
/** An agreement's row is written before Stripe is called; only the notes on its objects may be some seconds late. */
const pauseMs = (attempts: number): number => Math.min(longestPauseMs, 1_000 * 2 ** Math.min(attempts, 12));
/** Away servers are looked for evenly, so that nothing waits long once they are back. */
const awayPauseMs = 5_000;

/** Brings one event to whom it concerns and notes what became of it; never throws for what the world outside did. */
export async function dispatch(ports: ApiPorts, event: InboxEvent): Promise<Verdict> {
  let verdict: Verdict;
  let pause = pauseMs(event.attempts);
  try {
    verdict = await deliver(ports, event);
  } catch (error) {
    const isAway = error instanceof AppError && error.code === 'unavailable';
    if (!isAway)
      ports.log.error({ error: shownError(error), event: event.eventId }, 'webhook could not be dispatched');
    pause = isAway ? awayPauseMs : Math.max(pause, awayPauseMs);
    verdict = { status: 'waiting', reason: isAway ? 'unavailable' : 'failed' };
  }
  await note(ports, event, verdict, pause);
  return verdict;
}

/** The mark and the alert are one commit, and an event that is done with is never marked again: one alert each. */
async function note(
  { store, clock }: ApiPorts,
  event: InboxEvent,
  verdict: Verdict,
  pause: number,
): Promise<void> {
  const at = clock.now();
  const { status, alert } = verdict;
  const { eventId } = event;
  const reason = verdict.reason ?? status;
  const mark: EventMark =
    status === 'waiting'
      ? { eventId, at, status, reason, nextAttemptAt: at + pause }
      : { eventId, at, status, reason: verdict.reason };
  if (alert === undefined) {
    await store.markEvent(mark);
    return;
  }
  await store.transact(function* (session) {
    if (yield* markEvent(session, mark)) yield* raiseAlert(session, { ...alert, at });
  });
}

async function deliver(ports: ApiPorts, event: InboxEvent): Promise<Verdict> {
  const { type } = event;
  if (isAboutAccount(type)) {
    const isOurs = await followAccount(ports, event);
    return isOurs ? { status: 'delivered', reason: mismatch(event) } : accountless(ports, event);
  }
  if (!isAboutAgreement(type)) return { status: 'ignored', reason: 'unknown_type' };
  const owner = await ownerOf(ports.store, event);
  if (owner === null) return ownerless(ports, event);
  const { eventId } = event;
  const objectId = event.objectId ?? eventId;
  const hint = { eventId, type, objectId };
  if (isAboutDispute(type)) await followDispute(ports, event, owner, hint);
  const wasHeard =
    (await signal(ports, owner, stripeEventSignal, hint)) ||
    (canWake(type) && (await wake(ports, owner, hint)));
  return {
    status: 'delivered',
    reason: wasHeard ? mismatch(event) : 'late',
    alert: alertAbout(event, owner),
  };
}

/** Rendered for another version than ours: still a good hint where to look, and noted for whoever set the endpoint up. */
const mismatch = ({ apiVersion }: InboxEvent): string | null =>
  apiVersion === null || apiVersion === Stripe.API_VERSION ? null : 'api_version_mismatch';

/** An account that is being made has a name in a moment; one that has none after that is not ours. */
function accountless({ clock }: ApiPorts, { type, eventId, account, receivedAt }: InboxEvent): Verdict {
  if (clock.now() - receivedAt <= accountUnderWayMs) return { status: 'waiting', reason: 'unknown_account' };
  const message = `A signed event was not for us (unknown_account): ${type} ${eventId}`;
  const alert = { type: 'WEBHOOK_REFUSED', subject: account ?? 'platform', message } as const;
  return { status: 'ignored', reason: 'unknown_account', alert };
}

function ownerless({ clock }: ApiPorts, event: InboxEvent): Verdict {
  const subject = event.account ?? event.objectId ?? event.eventId;
  // Payouts that Stripe makes by itself belong to the account, not to an agreement.
  const isAutomatic = event.type.startsWith('payout.') && objectOf(event)['automatic'] === true;
  if (isAutomatic)
    return { status: 'ignored', reason: 'automatic_payout', alert: alertAbout(event, subject) };
  if (clock.now() - event.receivedAt <= waitsAtMostMs) return { status: 'waiting', reason: 'no_owner' };
  const message = `No agreement claimed ${event.type} for ${event.objectId ?? 'an unnamed object'} within 30 days`;
  return { status: 'ignored', reason: 'no_owner', alert: { type: 'ORPHAN', subject, message } };
}

function alertAbout(event: InboxEvent, subject: string): Verdict['alert'] {
  const problem = problemIn(event);
  return problem === null ? undefined : { ...problem, subject };
}
