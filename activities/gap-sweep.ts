import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type Stripe from 'stripe';
import { isKnownEvent } from '../domain/stripe-events.ts';
import type { Instant } from '../domain/time.ts';
import { inboxRowOf } from '../store/inbox-row.ts';
import type { Store } from '../store/store.ts';
import { classify } from './stripe-errors.ts';
import type { Ports } from './tasks.ts';

/** The activities of the gap sweep. */
export interface SweepActivities {
  readonly sweepGaps: () => Promise<number>;
}

/**
 * Fetches every event that Stripe made since the last sweep came to its end and puts those the inbox misses into it,
 * from where they are dispatched as if they had been delivered. Answers how many were missing.
 *
 * All events are listed and not only those whose delivery failed: Stripe has nothing undelivered while it has switched a
 * failing endpoint off. An inbox restored from a backup brings its older mark along, and the sweep goes back as far.
 */
export const createSweep = (ports: Ports): SweepActivities => ({ sweepGaps: () => sweepGaps(ports) });

/** Where a sweep is: whose list it reads, and after which event; the heartbeat carries it to the next worker. */
interface Place {
  readonly startedAt: Instant;
  /** Stripe's id of the account, or '' for the platform's own list, which comes first. */
  readonly account: string;
  readonly after: string | null;
  readonly added: number;
}

const dayMs = 86_400_000;

/** Stripe lists events for this long. */
const listedForMs = 30 * dayMs;

/** Covers events that Stripe lists a little late and clocks that disagree; what is there already costs one look. */
const overlapMs = 3_600_000;

/** Accounts without an open agreement have little to tell: theirs are read once a day, and once more after a change. */
const everybodyEveryMs = dayMs;

/** The most Stripe lists at once. */
const pageSize = 100;

const accountsAtOnce = 200;

/** A slow answer of Stripe's must not look like a killed worker. */
const heartbeatEveryMs = 3_000;

async function sweepGaps(ports: Ports): Promise<number> {
  const { store, clock, log } = ports;
  const swept = await store.sweptAt();
  const begin: Place = { startedAt: clock.now(), account: '', after: null, added: 0 };
  let place = (activityInfo().heartbeatDetails as Place | undefined) ?? begin;
  const { startedAt } = place;
  const isEverybody = swept.everybody === null || startedAt - swept.everybody >= everybodyEveryMs;
  const last = isEverybody ? swept.everybody : swept.busy;
  const oldest = startedAt - listedForMs;
  const since = Math.max(oldest, (last ?? oldest) - overlapMs);
  const beat = setInterval(() => heartbeat(place), heartbeatEveryMs);
  try {
    const changedSince = isEverybody ? null : startedAt - dayMs;
    for await (const account of accountsFrom(store, place.account, changedSince)) {
      if (account !== place.account) place = { ...place, account, after: null };
      for (let isDone = false; !isDone;) {
        heartbeat(place);
        cancellationSignal().throwIfAborted();
        const page = await listed(ports, place, since);
        place = {
          ...place,
          after: page.data.at(-1)?.id ?? null,
          added: place.added + (await keep(ports, account, page.data)),
        };
        isDone = !page.has_more;
      }
    }
  } finally {
    clearInterval(beat);
  }
  await store.noteSwept({ busy: startedAt, everybody: isEverybody ? startedAt : swept.everybody });
  const { added } = place;
  if (added > 0) log.warn({ added }, 'the gap sweep found events that never arrived');
  return added;
}

/** The platform's list, then the accounts' in the order of their ids; a sweep that goes on begins where it was. */
async function* accountsFrom(
  store: Store,
  begin: string,
  changedSince: Instant | null,
): AsyncGenerator<string> {
  yield begin;
  for (let after = begin; ;) {
    const accounts = await store.accountsToSweep({ after, changedSince, limit: accountsAtOnce });
    yield* accounts;
    const last = accounts.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

/** One page, newest first. The types are sorted out by us: Stripe takes twenty at most, and we know more. */
async function listed({ stripe, log }: Ports, { account, after }: Place, since: Instant) {
  const request: Stripe.EventListParams = { created: { gte: Math.floor(since / 1000) }, limit: pageSize };
  if (after !== null) request.starting_after = after;
  try {
    return await stripe.events.list(request, account === '' ? {} : { stripeAccount: account });
  } catch (error) {
    const failure = classify(error);
    // An account that has left us must not keep everybody else from being swept; ours must be read, so it is tried again.
    if (account === '' || failure.kind !== 'refused') throw error;
    log.warn({ account, detail: failure.detail }, 'the events of an account cannot be listed');
    return { data: [], has_more: false };
  }
}

/** Puts the events that are missing into the inbox and answers how many there were. */
async function keep(
  { store, clock }: Ports,
  account: string,
  page: readonly Stripe.Event[],
): Promise<number> {
  const known = page.filter(({ type }) => isKnownEvent(type));
  const missing = await store.missingEvents(known.map(({ id }) => id));
  const kept = known
    .filter(({ id }) => missing.has(id))
    .map((event) => {
      if (account === '') return store.receive(inboxRowOf(event, 'platform', event, clock.now()));
      const named = { ...event, account };
      return store.receive(inboxRowOf(named, 'connect', named, clock.now()));
    });
  return (await Promise.all(kept)).filter(({ fresh }) => fresh).length;
}
