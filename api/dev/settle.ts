import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { AgreementSummary } from '../../store/agreements.ts';
import type { Store } from '../../store/store.ts';
import type { Standing, StoryClocks } from './story-clock.ts';
import type { StripeClock } from './stripe-clock.ts';

/** What settling looks at. */
export interface SettlePorts {
  readonly store: Store;
  readonly stories: StoryClocks;
  readonly stripe: StripeClock;
  readonly clock: { now(): Instant };
  /** Hands on every webhook that is due. */
  readonly drainInbox: () => Promise<unknown>;
}

/** A story and where it stands once everything is quiet. */
export interface Resting {
  readonly row: AgreementSummary;
  readonly standing: Standing;
}

/** Everything at rest, and when something will happen by itself next. */
export interface Rest {
  readonly stories: readonly Resting[];
  /** Open agreements whose workflow is gone: the safety net takes them up once they are overdue. */
  readonly missing: readonly AgreementSummary[];
  readonly nextStripeEventAt: Instant | null;
}

/** The pause between two looks at a house where somebody works. */
const lookAgainMs = 10;

/** Who works longer than so many looks may wait for others, so everyone is looked at again. */
const glancesAtMost = 20;

/** The server fires a timer up to a second late; one that did not fire in this time is not going to. */
const timerPatienceMs = 5_000;

/** An attempt at a silent Stripe takes 20 seconds, the lease of a webhook 60; a house that stands still longer is stuck. */
const stuckAfterMs = 90_000;

/** A house that never stands still goes round in circles; one with many stories has so much more to do. */
const restlessAfterMs = { house: 120_000, story: 1_000 };

/** Requests to Temporal at once: more make nothing faster on a machine of two cores. */
const together = 8;

/**
 * Answers when the house is at rest: no story works, no webhook is under way or in the inbox, and nothing stirred while
 * the stories were looked at. Stories waiting for their time, for a retry's backoff or for a person are at rest.
 *
 * @throws AppError `not_ready`, with the names of those that do not come to rest
 */
export async function settle(ports: SettlePorts): Promise<Rest> {
  const late = new Map<string, number>();
  const begunAtMs = Date.now();
  let seen: readonly string[] = [];
  let changedAtMs = begunAtMs;
  for (;;) {
    const before = await stirrings(ports);
    const { stories, missing } = await openStories(ports);
    const waking = stories.filter((story) => isBusy(story, late));
    if (waking.length === 0 && before.received === 0) {
      const { seen: after, nextEventAt } = await stirrings(ports);
      if (after === before.seen) return { stories, missing, nextStripeEventAt: nextEventAt };
    }
    const look = stories.map(looksOf);
    const watched = await watch(ports, stories, waking, late);
    const now = Date.now();
    if (look.join() !== seen.join() || look.join() !== watched.join()) changedAtMs = now;
    if (now - changedAtMs > stuckAfterMs) {
      const names = waking.map(({ row }) => row.workflowId).join(', ') || 'the webhook inbox';
      throw new AppError('not_ready', `${names} does not come to rest; is a worker running?`);
    }
    if (now - begunAtMs > restlessAfterMs.house + restlessAfterMs.story * stories.length) {
      const news = look.filter((one) => !seen.includes(one));
      throw new AppError('not_ready', `Work goes on and on (story, revision, events): ${news.join(', ')}`);
    }
    seen = watched;
  }
}

/**
 * Waits for Stripe's deliveries, hands on what is in the inbox, and sees what every stirring of the house changes: whoever
 * works leaves a new revision or a webhook behind. Asking Temporal for every story once more would say no more.
 */
async function stirrings({ store, stripe, drainInbox }: SettlePorts) {
  // Advancing by nothing waits for the deliveries under way, which the clock's own answer does not show.
  const { nextEventAt } = await stripe.advance(0);
  await drainInbox();
  // Counted and not asked for by their time: one that is being handed on has its next time in the future.
  const events = await store.countEvents();
  const open = await store.listOpen();
  const seen = JSON.stringify([events, open.map(({ workflowId, rev }) => [workflowId, rev])]);
  return { seen, received: events.received, nextEventAt };
}

/** What two looks at a story are compared by. */
const looksOf = ({ row, standing }: Resting): string => `${row.workflowId} ${row.rev} ${standing.events}`;

/**
 * Lets time pass until the next look at everyone: looks at those at work alone until they rest, which is most of what
 * a journey waits for. Answers how all of them look now.
 */
async function watch(
  ports: SettlePorts,
  stories: readonly Resting[],
  waking: readonly Resting[],
  late: Map<string, number>,
): Promise<readonly string[]> {
  const names = new Set(waking.map(({ row }) => row.workflowId));
  let watched = waking;
  for (let glances = 0; glances < glancesAtMost; glances += 1) {
    await pause(lookAgainMs);
    if (!watched.some((story) => isBusy(story, late))) break;
    watched = (await openStories(ports, names)).stories;
  }
  const byName = new Map(watched.map((story) => [story.row.workflowId, story]));
  // Who ended meanwhile is no longer there.
  const now = stories.map((story) => (names.has(story.row.workflowId) ? byName.get(story.row.workflowId) : story));
  return now.flatMap((story) => (story === undefined ? [] : [looksOf(story)]));
} // prettier-ignore

/** Every open story whose workflow runs; one whose workflow is missing is the safety net's business, not ours. */
export const standings = async (ports: Pick<SettlePorts, 'store' | 'stories'>): Promise<readonly Resting[]> =>
  (await openStories(ports)).stories;

async function openStories(
  { store, stories }: Pick<SettlePorts, 'store' | 'stories'>,
  only?: ReadonlySet<string>,
): Promise<Pick<Rest, 'stories' | 'missing'>> {
  const open = await store.listOpen();
  const asked = only === undefined ? open : open.filter(({ workflowId }) => only.has(workflowId));
  const found = await inParallel(asked, async (row) => ({
    row,
    standing: await stories.standing(row.workflowId),
  }));
  return {
    stories: found.flatMap(({ row, standing }) => (standing === null ? [] : [{ row, standing }])),
    missing: found.flatMap(({ row, standing }) => (standing === null ? [row] : [])),
  };
}

/** Runs the work over all of the list, a few at a time, keeping its order. */
export async function inParallel<Item, Result>(
  list: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = list.entries();
  const hand = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: together }, hand));
  return results;
}

/** At work, or about to be: its time has come and the server has not fired the timer yet. */
function isBusy({ row, standing }: Resting, late: Map<string, number>): boolean {
  if (standing.busy) return true;
  const isDue = row.nextWakeAt !== null && row.nextWakeAt <= standing.now && standing.retryAt === null;
  if (!isDue) return false;
  const timer = `${row.workflowId} ${row.nextWakeAt}`;
  const sinceMs = late.get(timer) ?? Date.now();
  late.set(timer, sinceMs);
  return Date.now() - sinceMs < timerPatienceMs;
}
