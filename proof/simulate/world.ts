import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createActivities } from '../../activities/activities.ts';
import type { Activities } from '../../activities/tasks.ts';
import { onboard } from '../../api/accounts/onboard.ts';
import type { ApiConfig } from '../../api/ports.ts';
import { invariant } from '../../domain/errors.ts';
import { moveAttempts } from '../../domain/payment/park.ts';
import { createSimulator } from '../../simulator/simulator.ts';
import type { SimResponse, Simulator } from '../../simulator/simulator.ts';
import { openStore } from '../../store/store.ts';
import type { Store } from '../../store/store.ts';
import type { Work } from '../../store/unit.ts';
import { Calendars } from './calendar.ts';
import { witnessOf } from './checks.ts';
import { luck } from './chance.ts';
import { Coverage } from './coverage.ts';
import type { Broken, Ground } from './ground.ts';
import { knownBecause } from './known-breaks.ts';
import { Mortal, storeOf } from './mortal.ts';
import { Network, stripeOver } from './network.ts';
import type { BatchPlan, Outage } from './plan.ts';
import { dawn, nightMs } from './plan.ts';
import type { HousePorts } from './post.ts';
import { Post } from './post.ts';
import { Server } from './temporal.ts';
import { Timetable } from './timetable.ts';
import { Trace } from './trace.ts';
import { Trouble } from './trouble.ts';

/** A payee of the batch, with an account at Stripe that can receive money. */
export interface Payee {
  readonly account: string;
  readonly provider: string;
  readonly stripeAccount: string;
}

/** Few enough that debts meet later transfers of the same payee. */
const payees = 3;

/** How far a sweep looks back behind the last one (activities/gap-sweep.ts). */
const sweepOverlapMs = 3_600_000;

const secret = 'whsec_simulate';

const config: ApiConfig = {
  demo: true,
  auth: {},
  webhookSecrets: [secret],
  connectWebhookSecrets: [secret],
  livemode: false,
  corsOrigins: [],
  publicUrl: 'https://holdfast.example',
  publishableKey: null,
  stripeJs: 'https://holdfast.example/stripe.js',
  metricsHere: false,
  clockOffsetMs: () => 0,
};

/** One house with everything around it, in one process: nothing in it waits for real time. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/** What time needs to pass. */
type Passing = Pick<World, 'timetable' | 'simulator' | 'broken'>;

/** Opens a world in which the lives of a plan can be lived; `keepsLines` keeps the story in words. */
export async function openWorld(plan: BatchPlan, { keepsLines = false } = {}) {
  const timetable = new Timetable(dawn);
  const trouble = new Trouble(plan.seed, new Set(plan.muted));
  const trace = new Trace(timetable.now, keepsLines);
  const coverage = new Coverage();
  // Nothing goes wrong while the world is set up.
  trouble.isOver = true;
  const broken: Broken[] = [];
  const store = openStore({ file: ':memory:' });
  // A group of one commits at once: a real turn of the event loop is no time of this world.
  Object.assign(store, { transactTogether: (work: Work<unknown>) => store.transact(work) });
  const violate = (invariant: string, subject: string, message: string): void => {
    const one = { invariant, subject, message };
    const known = knownBecause(one);
    trace.tell(subject, `BROKEN ${invariant}: ${message}`);
    if (known === null) broken.push(one);
    else coverage.count('known', invariant, known);
  };
  const open = new Set<string>();
  const activitiesOf = remembered((process) => createActivities(portsOf(process)));
  const ground: Ground = {
    timetable,
    trouble,
    trace,
    coverage,
    broken,
    tries: plan.tries ?? moveAttempts,
    violate,
    activitiesOf,
    witness: witnessOf(trace, violate),
    conclude: ({ workflowId }) => void open.delete(workflowId),
  };
  const outage = (): Outage | null => {
    const now = timetable.now();
    return trouble.isOver ? null : (plan.outages.find(({ from, until }) => now >= from && now < until) ?? null);
  };
  const network = new Network({ simulator: () => simulator, timetable, trouble, trace, coverage, outage });
  const stripe = stripeOver(network);
  const server = new Server(ground);
  const calendars = new Calendars(ground);
  const play = async (path: string, body: object = {}): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await simulator.handle({ method: 'POST', path: `/_sim${path}`, headers: {}, body: JSON.stringify(body) });
    return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
  }; // prettier-ignore
  const log = { error: told(trace), warn: silent, info: silent, debug: silent } as unknown as Logger;
  const portsOf = (process: Mortal): HousePorts => ({
    store: watched(storeOf(store, process), (at) => post.drainAt(at)),
    stripe,
    calendar: calendars.of(process),
    clock: timetable,
    log,
    temporal: server.client,
    config,
    onboard: async (id) => void (await play(`/accounts/${id}/onboard`)),
  });
  const post = new Post(ground, portsOf);
  const simulator: Simulator = createSimulator({
    now: timetable.now,
    idTag: `s${Math.floor(luck(plan.seed, 'ids') * 1e6)}x`,
    send: post.send,
    endpoints: [
      { url: 'sim:platform', secret, connect: false },
      { url: 'sim:connect', secret, connect: true },
    ],
  });
  const strangers = new Set<string>();
  /** What a person in Stripe's dashboard does: a request that is none of ours. */
  const stranger = async (path: string, body: string): Promise<SimResponse> => {
    const headers = { authorization: 'Bearer sk_test_dashboard' };
    const response = await simulator.handle({ method: 'POST', path, headers, body });
    strangers.add(response.headers['request-id'] ?? '');
    return response;
  };
  await play('/webhooks', { lose: 1 });
  await fund(stranger);
  await play('/webhooks');
  const found = await settled(portsOf(new Mortal('dawn', new Trouble('', new Set()), silent)), store);
  const world = { ...ground, plan, store, stripe, server, post, simulator, play, stranger, strangers, lateCopies: network.lateCopies, payees: found };
  await letPass(world, dawn + nightMs);
  // What set the world up is no news for a sweep, which looks back for an hour.
  const swept = dawn + nightMs + sweepOverlapMs;
  await store.noteSwept({ busy: swept, everybody: swept });
  trouble.isOver = false;
  return world;
} // prettier-ignore

const silent = (): void => undefined;

const told =
  (trace: Trace) =>
  (_context: object, message: string): void =>
    trace.tell('log', message);

/** Makes something once for each process. */
function remembered(make: (process: Mortal) => Activities): (process: Mortal) => Activities {
  const known = new WeakMap<Mortal, Activities>();
  return (process) => {
    const made = known.get(process) ?? make(process);
    known.set(process, made);
    return made;
  };
}

/** The store, telling when a waiting event is to be tried again. */
function watched(store: Store, drainAt: (at: number) => void): Store {
  const markEvent: Store['markEvent'] = (mark) => {
    if (mark.status === 'waiting') drainAt(mark.nextAttemptAt);
    return store.markEvent(mark);
  };
  return new Proxy(store, {
    get: (target, name) => (name === 'markEvent' ? markEvent : target[name as keyof Store]),
  });
}

/** Everything that is paid in these worlds together is less. */
const ownFunds = 99_000_000;
const currencies = ['usd', 'eur', 'jpy', 'kwd', 'isk'];

/** Lays the platform's own money into its account: chargebacks and advances are paid from it. */
async function fund(stranger: (path: string, body: string) => Promise<SimResponse>): Promise<void> {
  for (const currency of currencies) {
    const card = 'payment_method=pm_card_bypassPending&allowed_payment_method_types[]=card&confirm=true';
    const { status, body } = await stranger('/v1/payment_intents', `amount=${ownFunds}&currency=${currency}&${card}`);
    invariant(status === 200, `the platform is funded in ${currency}: ${body}`);
  }
} // prettier-ignore

/** The payees of a world, onboarded before its first trouble. */
async function settled(ports: HousePorts, store: Store): Promise<Payee[]> {
  const made: Payee[] = [];
  for (let i = 0; i < payees; i += 1) {
    const account = `payee_${i}`;
    const request = { id: account, email: `${account}@example.org`, country: 'US', type: 'express', onboarded: true } as const;
    const { account: row } = await onboard(ports, request);
    const provider = `provider_${i}`;
    const offered = { account, currency: 'usd', defaultPrice: 5_000, eventTypes: [], inputHash: '', at: dawn };
    await store.claimProvider({ id: provider, username: provider, ...offered });
    made.push({ account, provider, stripeAccount: row.stripeAccountId ?? '' });
  }
  return made;
} // prettier-ignore

/** Lets the world go on until nothing is booked before this instant, or until something is broken. */
export async function letPass({ timetable, simulator, broken }: Passing, until: number): Promise<void> {
  // What was begun at this instant is under way before time passes.
  await nextTurn();
  let atStripe = nextAtStripe(simulator);
  for (;;) {
    const ours = timetable.nextAt();
    if (Math.min(ours, atStripe) > until || broken.length > 0) break;
    if (atStripe <= ours) timetable.moveTo(atStripe);
    else await timetable.step();
    // Asking what comes next lets happen at Stripe whatever is due by now.
    atStripe = nextAtStripe(simulator);
    await nextTurn();
  }
  timetable.moveTo(until);
}

const nextAtStripe = (simulator: Simulator): number => simulator.next() ?? Infinity;
