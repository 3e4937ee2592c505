import { setTimeout as pause } from 'node:timers/promises';
import { coherent } from '../coherent/coherent.ts';
import { gather } from '../coherent/gather.ts';
import type { SimulatorRequest } from '../coherent/requests.ts';
import { requestsOf } from '../coherent/requests.ts';
import { beginDeaths } from './deaths.ts';
import type { Ground } from './ground.ts';
import type { Lived } from './lives.ts';
import { live, settleDown } from './lives.ts';
import type { Toll } from './mortal.ts';
import { livesOf } from './plan.ts';
import { quietPhase } from './quiet.ts';

/** What is asked of a campaign. */
export interface Wanted {
  readonly seed: string;
  /** The killing lasts this much real time; the round it ends in is lived to its end. */
  readonly lastsMs: number;
  /** From one death to the next on average; a process that is not back yet is waited for. */
  readonly paceMs: number;
  readonly livesInRound: number;
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface Outcome {
  readonly tolls: ReadonlyMap<string, Toll>;
  readonly inside: ReadonlyMap<string, number>;
  readonly untold: number;
  readonly lives: number;
  readonly fates: ReadonlyMap<string, number>;
  readonly answers: ReadonlyMap<number, number>;
  readonly virtualMs: number;
  readonly pending: readonly string[];
  readonly violations: readonly string[];
}

/** Lives rounds of lives under constant killing, lets everything come to rest, and holds all of it against the books. */
export async function campaign(ground: Ground, { seed, lastsMs, paceMs, livesInRound, say }: Wanted): Promise<Outcome> {
  const payees = await settleDown(ground);
  const begunAt = ground.clock.now();
  const lived: Lived = { begun: [], answers: new Map() };
  const deaths = beginDeaths(ground, payees.tutors[0]?.id ?? '', seed, paceMs);
  const endsAt = Date.now() + lastsMs;
  // The last round lives on in peace.
  const killed = pause(lastsMs).then(() => deaths.stop());
  killed.catch(() => undefined);
  for (let round = 0; Date.now() < endsAt; round += 1) {
    await live(ground, payees, livesOf(seed, round, livesInRound), seed, round, lived);
    const kills = ground.mortals.reduce((all, { toll }) => all + toll.kills, 0);
    say(`round ${round + 1}: ${lived.begun.length} lives, ${kills} SIGKILLs`);
  }
  await killed;
  const pending = await quietPhase(ground);
  return {
    tolls: new Map(ground.mortals.map(({ name, toll }) => [name, toll])),
    inside: deaths.inside,
    untold: deaths.untold(),
    lives: lived.begun.length,
    fates: await fatesOf(ground, lived),
    answers: lived.answers,
    virtualMs: ground.clock.now() - begunAt,
    pending,
    violations: [...(await brokenBooks(ground)), ...(await lost(ground, lived))],
  };
} // prettier-ignore

/** The clock of a process hears of a journey within a fraction of a second, in which a step of it may be hours long. */
const clockSkewMs = 60_000;
/** Time is travelled a few days at a time. */
const leapMs = 31 * 86_400_000;

async function brokenBooks(ground: Ground): Promise<string[]> {
  const { store, stripe, temporal, clock } = ground;
  const books = (await ground.sim('GET', '/books')) as { violations: { what: string }[] };
  const requests = async () => requestsOf(((await ground.sim('GET', '/requests')) as { data: SimulatorRequest[] }).data);
  const run = await gather({ store, stripe, temporal, now: clock.now(), quiescent: true, clockSkewMs, leapMs, wholeBalance: true, requests });
  return [
    ...books.violations.map(({ what }) => `Stripe's books: ${what}`),
    ...coherent(run).map(({ message }) => message),
  ];
} // prettier-ignore

/** Whoever was told yes has an agreement, whatever died a moment later. */
async function lost({ store }: Ground, { begun }: Lived): Promise<string[]> {
  const rows = await Promise.all(begun.map(({ kind, id }) => store.findAgreement(`${kind}:${id}`)));
  return begun.flatMap(({ id }, n) => (rows[n] === null ? [`${id} was taken and is nowhere`] : []));
}

/** Who has the money of a life in the end. */
async function fatesOf(ground: Ground, { begun }: Lived): Promise<Map<string, number>> {
  const fates = new Map<string, number>();
  for (const { kind, id } of begun) {
    const { body } = await ground.request('GET', `/api/${kind}s/${id}`);
    const { state, payment } = body as unknown as { state: string; payment: Record<string, unknown> };
    const of = (figure: string): number => Number(payment[figure] ?? 0);
    const shares = {
      payer: of('released') + of('refunded'),
      provider: of('transferred') - of('reversed') + of('netted') - of('advanced'),
      bank: of('disputed'),
      platform: of('held'),
    };
    const holders = Object.entries(shares).flatMap(([who, share]) => (share > 0 ? [who] : []));
    const fate = `${kind} ${state}, money with ${holders.join(' and ') || 'nobody'}`;
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
  }
  return fates;
} // prettier-ignore
