import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Finding, Scale } from './finding.ts';
import { median, progress, timed } from './finding.ts';
import type { Batch } from './lives.ts';
import { bareBookings, bareLessons, bookings, lessons, sessionMs } from './lives.ts';
import { openNeighbours } from './neighbours.ts';
import { cpuMs } from './process.ts';

/** P1: whole lives per second, of the house and of bare workflows on the same server with the same worker settings. */
export const livesBench: Bench = {
  name: 'p1',
  method:
    'Batches of whole lives on one Temporal server (its file on disk), turn about with bare workflows that give the same commands with ' +
    'no-op activities under the same worker settings. The house is asked over HTTP and hears all its webhooks; what everybody sleeps ' +
    'through is left out, so the rate is lives by the seconds in which somebody was at work.',
  run: async (scale) => {
    const town = await openNeighbours();
    try {
      const { bareWorker, pids } = town;
      const ofLessons = { house: lessons(town), bare: bareLessons(town, bareWorker) };
      const ofBookings = { house: bookings(town), bare: bareBookings(town, bareWorker) };
      return [
        await compare('lesson', ofLessons, pids, scale, 0),
        await compare('booking', ofBookings, pids, scale, sessionMs),
      ];
    } finally {
      await town.close();
    }
  },
};

/** How long a side was at work before and after the sleep, and the processor time of each process meanwhile. */
interface Worked {
  readonly beginMs: number;
  readonly endMs: number;
  readonly cpu: Spent;
}

/** Milliseconds of processor time by process. */
type Spent = Readonly<Record<string, number>>;

const combined = (one: Spent, other: Spent, sign: 1 | -1): Spent =>
  Object.fromEntries(Object.entries(one).map(([name, ms]) => [name, ms + sign * (other[name] ?? 0)]));

/** How long the work took, and what it cost each of the processes. */
async function atWork(pids: Readonly<Record<string, number>>, work: () => Promise<void>) {
  const spent = (): Spent =>
    Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMs(pid)]));
  const before = spent();
  const ms = await timed(work);
  return { ms, cpu: combined(spent(), before, -1) };
}

async function compare(
  kind: string,
  sides: Record<'house' | 'bare', Batch>,
  pids: Readonly<Record<string, number>>,
  { rounds, isQuick }: Scale,
  leastMs: number,
): Promise<Finding> {
  const count = isQuick ? 10 : 60;
  // A small batch first: it warms both sides up and says how much time the others need.
  const few = Math.ceil(count / 5);
  const first = await together(sides, pids, few, leastMs + 10_000 + few * 500, 5_000 + few * 250);
  const sleepMs = leastMs + 10_000 + 2 * (count / few) * (first.house.beginMs + first.bare.beginMs);
  const apartMs = 3_000 + 2 * (count / few) * first.house.endMs;
  const rates: { house: number; bare: number }[] = [];
  const spent: { house: Spent; bare: Spent }[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const { house, bare } = await together(sides, pids, count, sleepMs, apartMs);
    const rateOf = ({ beginMs, endMs }: Worked): number => (count * 1_000) / (beginMs + endMs);
    progress(
      `P1 ${kind}, round ${n + 1}: ${rateOf(house).toFixed(1)} against ${rateOf(bare).toFixed(1)} lives/s`,
    );
    rates.push({ house: rateOf(house), bare: rateOf(bare) });
    spent.push({ house: house.cpu, bare: bare.cpu });
  }
  const each = (side: 'house' | 'bare'): string => median(rates.map((rate) => rate[side])).toFixed(1);
  const aLife = (side: 'house' | 'bare'): string =>
    Object.keys(pids)
      .map((name) => ({ name, ms: median(spent.map((round) => (round[side][name] ?? 0) / count)) }))
      .filter(({ ms }) => ms >= 1)
      .map(({ name, ms }) => `${name} ${ms.toFixed(0)}`)
      .join(', ');
  return {
    metric: 'P1',
    what: `${kind} lives, house ÷ bare workflow`,
    unit: '',
    values: rates.map(({ house, bare }) => house / bare),
    bar: { kind: 'at least', value: 0.85 },
    absolute: `${each('house')} lives/s against ${each('bare')}; processor time of a life in ms: ${aLife('house')}; bare: ${aLife('bare')}`,
  };
}

/** Both sides begin while nobody's time has come, then each comes to its end while the other sleeps or is gone. */
async function together(
  { house, bare }: Record<'house' | 'bare', Batch>,
  pids: Readonly<Record<string, number>>,
  count: number,
  sleepMs: number,
  apartMs: number,
): Promise<Record<'house' | 'bare', Worked>> {
  const dueAt = Math.ceil((Date.now() + sleepMs) / 1_000) * 1_000;
  const bareDueAt = dueAt + apartMs;
  const begun = {
    house: await atWork(pids, () => house.begin(count, dueAt)),
    bare: await atWork(pids, () => bare.begin(count, bareDueAt)),
  };
  const ended = async (side: 'house' | 'bare', batch: Batch, at: number): Promise<Worked> => {
    const leftMs = at - Date.now();
    if (leftMs < 0) throw new Error(`The lives were due ${-leftMs} ms before the others were done`);
    await pause(leftMs);
    const end = await atWork(pids, () => batch.end());
    return { beginMs: begun[side].ms, endMs: end.ms, cpu: combined(begun[side].cpu, end.cpu, 1) };
  };
  return { house: await ended('house', house, dueAt), bare: await ended('bare', bare, bareDueAt) };
}
