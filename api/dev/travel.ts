import { AppError } from '../../domain/errors.ts';
import { iso } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';
import { inParallel, settle, standings } from './settle.ts';
import type { Rest, Resting, SettlePorts } from './settle.ts';

/** Work of the house that is done every so often and must not be forgotten on a journey. */
export interface Schedule {
  readonly name: string;
  readonly everyMs: number;
  /** Work that makes up for itself runs again when a journey is twice as long, and once more at its end: a month of steps would be spent on it. */
  readonly thinsOut?: boolean;
  /** Answers how much there was to do. */
  readonly run: () => Promise<number>;
}

/** What a journey moves. */
export interface TravelPorts extends SettlePorts {
  readonly clock: { now(): Instant; refresh(): Promise<number> };
  readonly schedules: readonly Schedule[];
}

/** One agreement that changed on the way, and how it stood after that step. */
export interface Woken {
  readonly id: string;
  readonly at: string;
  readonly state: string;
}

/** What a journey answers. */
export interface Journey {
  readonly now: string;
  readonly steps: number;
  readonly woken: readonly Woken[];
}

/** Moves the clocks of the whole house. */
export interface Travel {
  /** Goes on where a killed journey left the clocks: Stripe and the stories catch up with the offset, which moved first. */
  align(): Promise<void>;
  to(goal: Instant): Promise<Journey>;
}

/** A clock that lags less than this is left alone: every skip writes two events into a history. */
const sameTimeMs = 50;

/** Things Stripe does within a minute of each other share a step; its webhooks may be five minutes old (section W). */
const stripeTogetherMs = 60_000;

/** Retries a second apart are not worth a step each. */
const shortestStepMs = 1_000;

/** A long journey takes what comes within a minute in one step, as a busy worker would: the daily looks of many stories. */
const longestGlanceMs = 60_000;
const glancesInAll = 1_000;

/** The second round finds the stories that worked during the first; a third is for those they woke. */
const lastRounds = 3;

/** A skip that goes so far beyond a story's next event may pass others too: the steps of a long outage. */
const severalEventsMs = 30_000;

/** When the safety net has certainly looked at an agreement that should have been settled: it is due after a minute. */
const sweptAfterMs = 120_000;

const hourMs = 3_600_000;

/** After so many steps the next ones are at least so long: an outage of weeks retries every hour and must end too. */
const strides: readonly { readonly afterSteps: number; readonly leastMs: number }[] = [
  { afterSteps: 60, leastMs: 300_000 },
  { afterSteps: 200, leastMs: hourMs },
  { afterSteps: 500, leastMs: 24 * hourMs },
  { afterSteps: 1000, leastMs: Infinity },
];

/**
 * Time travel on the real server: the store's offset, the simulated Stripe and every open workflow move together, from
 * one wake-up to the next, and the house comes to rest at each. One journey at a time; clocks only go forward.
 */
export function createTravel(ports: TravelPorts): Travel {
  let isUnderWay = false;
  const ranAt = new Map(ports.schedules.map(({ name }) => [name, ports.clock.now()]));

  const runSchedules = async (travelledMs: number, isLast: boolean): Promise<number> => {
    let done = 0;
    for (const { name, everyMs, thinsOut = false, run } of ports.schedules) {
      const pauseMs = thinsOut && !isLast ? Math.max(everyMs, travelledMs / 2) : everyMs;
      if (ports.clock.now() - (ranAt.get(name) ?? 0) < pauseMs) continue;
      ranAt.set(name, ports.clock.now());
      done += await run();
    }
    return done;
  };

  const journey = async (goal: Instant): Promise<Journey> => {
    const woken: Woken[] = [];
    const begunAt = ports.clock.now();
    let revs = await revsOf(ports);
    let rest = await settle(ports);
    let steps = 0;
    while (ports.clock.now() < goal) {
      steps += 1;
      const next = nextStop(rest, await nextWebhookAt(ports), ports.clock.now());
      const least = ports.clock.now() + leastStepMs(steps, goal - ports.clock.now());
      const target = Math.min(goal, Math.max(next, least));
      const stripeAt = rest.nextStripeEventAt;
      // Stripe's news must meet stories that have reached its hour, so everyone goes to the eve of it first.
      let resting = rest.stories;
      if (stripeAt !== null && stripeAt - 1 > ports.clock.now() + shortestStepMs && stripeAt <= target) {
        await moveAll(ports, resting, stripeAt - 1);
        resting = await standings(ports);
      }
      await moveAll(ports, resting, target);
      rest = await settle(ports);
      const now = ports.clock.now();
      if ((await runSchedules(now - begunAt, now >= goal)) > 0) rest = await settle(ports);
      revs = await noteWoken(ports, revs, woken);
    }
    // Stories that worked or waited out a retry on the way are a little behind; nobody may be when the journey ends.
    for (let round = 0; round < lastRounds && (await catchUp(ports, rest.stories, true)); round += 1)
      rest = await settle(ports);
    await noteWoken(ports, revs, woken);
    return { now: iso(ports.clock.now()), steps, woken };
  };

  return {
    async align() {
      await alignStripe(ports);
      await catchUp(ports, await standings(ports), true);
    },
    async to(goal) {
      if (isUnderWay)
        throw new AppError('not_ready', 'A journey through time is under way; wait for its end');
      if (goal <= ports.clock.now())
        throw new AppError('invalid', `It is ${iso(ports.clock.now())}; time goes forward only`);
      isUnderWay = true;
      try {
        return await journey(goal);
      } finally {
        isUnderWay = false;
      }
    },
  };
}

/**
 * The offset first, then Stripe, then the stories: whoever wakes finds a Stripe and an API that are not behind it.
 * Stripe's events on the way stop the two of them for a moment, so that no webhook arrives older than an API may take.
 */
async function moveAll(ports: TravelPorts, resting: readonly Resting[], target: Instant): Promise<void> {
  const { clock, store, stripe } = ports;
  for (;;) {
    const { nextEventAt } = await stripe.read();
    const stop = Math.min(target, Math.max(nextEventAt ?? target, clock.now()) + stripeTogetherMs);
    const byMs = stop - clock.now();
    if (byMs > 0) {
      await store.setClockOffsetMs((await store.clockOffsetMs()) + byMs);
      await clock.refresh();
    }
    await alignStripe(ports);
    if (stop >= target) break;
  }
  await catchUp(ports, resting, false);
}

/** Brings Stripe's clock up to ours; it never goes back. */
async function alignStripe({ clock, stripe }: Pick<TravelPorts, 'clock' | 'stripe'>): Promise<void> {
  const lagMs = clock.now() - (await stripe.read()).now;
  if (lagMs > 0) await stripe.advance(lagMs);
}

/**
 * Brings every story that lags up to the house's clock. A skip that ends within an activity's backoff makes the server
 * start the attempt at once (measured on 1.32.1), so such a story stays behind until its retry is due - or the journey ends.
 */
async function catchUp(ports: TravelPorts, resting: readonly Resting[], isLast: boolean): Promise<boolean> {
  const { clock, stories } = ports;
  const moved = await inParallel(resting, async ({ row, standing }) => {
    const lagMs = clock.now() - Date.now() - standing.aheadMs;
    const waitsForRetry = standing.retryAt !== null && standing.retryAt > clock.now();
    if (lagMs < sameTimeMs || (waitsForRetry && !isLast)) return false;
    const eventInMs = (standing.retryAt ?? row.nextWakeAt ?? Infinity) - standing.now;
    await stories.fastForward(row.workflowId, lagMs, lagMs - eventInMs > severalEventsMs);
    return true;
  });
  return moved.includes(true);
}

/** The earliest moment at which something happens by itself. */
function nextStop(
  { stories, missing, nextStripeEventAt }: Rest,
  webhookAt: Instant | null,
  now: Instant,
): Instant {
  const wakes = stories.flatMap(({ row, standing }) => [row.nextWakeAt, standing.retryAt]);
  const sweeps = missing.map(({ settlesAt }) => settlesAt + sweptAfterMs);
  const later = [...wakes, ...sweeps, webhookAt].filter((at) => at !== null && at > now) as Instant[];
  const stripeStop = nextStripeEventAt === null ? Infinity : nextStripeEventAt + stripeTogetherMs;
  return Math.min(...later, stripeStop);
}

function leastStepMs(steps: number, restMs: number): number {
  const stride = strides.findLast(({ afterSteps }) => steps > afterSteps);
  return (
    stride?.leastMs ?? Math.max(shortestStepMs, Math.min(longestGlanceMs, Math.ceil(restMs / glancesInAll)))
  );
}

/**
 * When the next webhook that found no owner is tried again. Who has not turned up within the hour hardly will: such a
 * webhook is tried wherever the journey stops, and not once an hour for a month.
 */
const nextWebhookAt = ({ store, clock }: TravelPorts): Promise<Instant | null> =>
  store.nextEvent(clock.now() - hourMs);

async function revsOf({ store }: TravelPorts): Promise<Map<string, number>> {
  return new Map((await store.listOpen()).map(({ workflowId, rev }) => [workflowId, rev]));
}

/** Notes the agreements whose state changed since, also those that ended, and answers the open ones' states. */
async function noteWoken(
  ports: TravelPorts,
  before: Map<string, number>,
  woken: Woken[],
): Promise<Map<string, number>> {
  const after = await revsOf(ports);
  for (const workflowId of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(workflowId) === after.get(workflowId)) continue;
    const row = await ports.store.findAgreement(workflowId);
    if (row) woken.push({ id: row.id, at: iso(row.updatedAt), state: row.status });
  }
  return after;
}
