import { setTimeout as pause } from 'node:timers/promises';
import type { ShownLesson } from '../../test/house/lessons.ts';
import { booking } from '../../test/house/lessons.ts';
import type { Boundary } from './boundaries.ts';
import type { Ground } from './ground.ts';
import type { Kind, Mortal } from './mortal.ts';
import { deathOf } from './plan.ts';

/** What was killed where. */
export interface Deaths {
  /** How often all workers died while a request of this activity surely hung at Stripe. */
  readonly inside: Map<string, number>;
  /** APIs that died with an event written down and nobody told. */
  untold(): number;
  /** Stops the killing, once the last death is over. */
  stop(): Promise<void>;
}

/** Longer than it takes to see the request and to kill: it must still hang when its worker is dead. */
const hangsMs = 3_000;

/** In a storm the news may be held back or lost; then the API dies without it. */
const toldWithinMs = 2_000;

/** Far shorter than a request hangs. */
const lookEveryMs = 40;

/** When the armed faults were last looked at, and how often the simulator had died until then. */
interface Look {
  readonly at: number;
  readonly simulatorKills: number;
}

interface Armed {
  readonly method: string;
  readonly path: string;
  readonly struck: number;
}

/** Kills one process after the other, as the seed has it, until it is told to stop. */
export function beginDeaths(ground: Ground, tutor: string, seed: string, paceMs: number): Deaths {
  let untold = 0;
  const waiting = new Set<Boundary>();
  const inside = new Map<string, number>();
  let isOver = false;
  const of = (kind: Kind): Mortal[] => ground.mortals.filter((one) => one.kind === kind);
  const simulatorKills = (): number => of('simulator').reduce((all, { toll }) => all + toll.kills, 0);

  /** Kills what is inside; a request that was seen only after it may have been answered is not counted. */
  const killAt = async (struck: readonly Boundary[], unseenAt: Look): Promise<void> => {
    // Which of the workers asked is not known, so none survives it.
    const deaths = await Promise.all(of('worker').map((worker) => worker.kill()));
    const isSure = unseenAt.simulatorKills === simulatorKills() && Date.now() - unseenAt.at < hangsMs;
    for (const boundary of struck) {
      waiting.delete(boundary);
      if (!isSure || !deaths.includes(true)) continue;
      inside.set(boundary.activity, (inside.get(boundary.activity) ?? 0) + 1);
    }
  };

  const arm = async (boundary: Boundary): Promise<void> => {
    if (waiting.has(boundary)) return;
    const { method, path } = boundary;
    waiting.add(boundary);
    await ground.sim('POST', '/faults', { method, path, fault: { kind: 'delay', ms: hangsMs } });
  };

  const lookForStruck = async (): Promise<void> => {
    let last: Look = { at: 0, simulatorKills: 0 };
    while (!isOver) {
      await pause(lookEveryMs);
      const look: Look = { at: Date.now(), simulatorKills: simulatorKills() };
      const armed = await ground.impatient.sim('GET', '/faults').then(
        ({ data }: { data: Armed[] }) => data,
        () => null,
      );
      // A simulator that is away hangs nobody.
      if (armed === null) continue;
      const isStruck = ({ method, path }: Boundary): boolean =>
        armed.some((one) => one.method === method && one.path === path && one.struck > 0);
      const struck = [...waiting].filter(isStruck);
      if (struck.length > 0) {
        await killAt(struck, last);
        await ground.sim('DELETE', '/faults');
        const unmet = [...waiting];
        waiting.clear();
        for (const boundary of unmet) await arm(boundary);
      }
      last = look;
    }
  };

  /** Temporal is away, so what Stripe says is written down and answered, and its API dies before anybody is told. */
  const killUntold = async (id: string): Promise<void> => {
    const intent = await unpaid(ground, tutor, id);
    for (const mortal of ground.mortals) await mortal.isBack();
    const [temporal] = of('temporal');
    const [api] = of('api');
    await temporal?.kill();
    await ground.sim('POST', `/payment_intents/${intent}/succeed`, { paymentMethod: 'pm_card_visa' });
    for (const deadline = Date.now() + toldWithinMs; Date.now() < deadline; await pause(20))
      if (await isUntold(ground, intent)) break;
    await api?.kill();
    if (await isUntold(ground, intent)) untold += 1;
  };

  const killInTurn = async (): Promise<void> => {
    for (let n = 0; !isOver; n += 1) {
      const death = deathOf(seed, n, paceMs);
      await pause(death.afterMs);
      if (isOver) return;
      if (death.kind === 'inside') await arm(death.boundary);
      if (death.kind === 'between inbox and signal') await killUntold(`les_${seed}_untold_${n}`);
      if (death.kind !== 'at random') continue;
      const all = of(death.victim);
      const victim = all[death.which % all.length];
      await victim?.isBack();
      await victim?.kill();
    }
  };

  const both = Promise.all([lookForStruck(), killInTurn()]);
  // Whoever stops the killing hears of what went wrong with it.
  both.catch(() => undefined);
  return {
    inside,
    untold: () => untold,
    async stop() {
      isOver = true;
      await both;
      for (const mortal of ground.mortals) await mortal.isBack();
      await ground.sim('DELETE', '/faults');
    },
  };
}

/** A lesson that waits for its payer; answers the payment she has to confirm. */
async function unpaid(ground: Ground, account: string, id: string): Promise<string> {
  const body = booking(ground, account, {
    id,
    student: { id: `stu_${id}`, email: 's@example.org', name: 'S' },
  });
  const answer = await ground.request('POST', '/api/lessons', { role: 'app', body });
  return (answer.body as unknown as ShownLesson).payment.paymentIntentId;
}

/** Whether the news of this payment is written down and still to be handed on. */
async function isUntold({ store }: Ground, intent: string): Promise<boolean> {
  const due = await store.dueEvents({ now: Number.MAX_SAFE_INTEGER, limit: 1_000 });
  return due.some(({ objectId }) => objectId === intent);
}
