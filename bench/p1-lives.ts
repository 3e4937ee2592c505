import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Finding, Scale } from './finding.ts';
import { median, progress } from './finding.ts';
import type { Batch } from './lives.ts';
import { bareBookings, bareLessons, bookings, lessons, sessionMs } from './lives.ts';
import { openNeighbours } from './neighbours.ts';
import type { Cost, Meter } from './meter.ts';
import { meterOf, perLife } from './meter.ts';

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
      const { bareWorker } = town;
      const meter = meterOf(town.pids);
      const ofLessons = { house: lessons(town), bare: bareLessons(town, bareWorker) };
      const ofBookings = { house: bookings(town), bare: bareBookings(town, bareWorker) };
      return [
        await compare('lesson', ofLessons, meter, scale, 0),
        await compare('booking', ofBookings, meter, scale, sessionMs),
      ];
    } finally {
      await town.close();
    }
  },
};

/** What a batch cost before and after its sleep. */
interface Worked {
  readonly begin: Cost;
  readonly end: Cost;
}

async function compare(
  kind: string,
  sides: Record<'house' | 'bare', Batch>,
  meter: Meter,
  { rounds, isQuick }: Scale,
  leastMs: number,
): Promise<Finding> {
  const count = isQuick ? 10 : 60;
  // A small batch first: it warms both sides up and says how much time the others need.
  const few = Math.ceil(count / 5);
  const first = await together(sides, meter, few, leastMs + 10_000 + few * 500, 5_000 + few * 250);
  const sleepMs = leastMs + 10_000 + 2 * (count / few) * (first.house.begin.ms + first.bare.begin.ms);
  const apartMs = 3_000 + 2 * (count / few) * first.house.end.ms;
  const measured: Record<'house' | 'bare', Worked>[] = [];
  const rateOf = ({ begin, end }: Worked): number => (count * 1_000) / (begin.ms + end.ms);
  for (let n = 0; n < rounds; n += 1) {
    const round = await together(sides, meter, count, sleepMs, apartMs);
    measured.push(round);
    progress(
      `P1 ${kind}, round ${n + 1}: ${rateOf(round.house).toFixed(1)} against ${rateOf(round.bare).toFixed(1)} lives/s`,
    );
  }
  const each = (side: 'house' | 'bare'): string =>
    median(measured.map((round) => rateOf(round[side]))).toFixed(1);
  const aLife = (side: 'house' | 'bare'): string =>
    perLife(
      measured.map((round) => [round[side].begin, round[side].end]),
      count,
    );
  return {
    metric: 'P1',
    what: `${kind} lives, house ÷ bare workflow`,
    unit: '',
    values: measured.map(({ house, bare }) => rateOf(house) / rateOf(bare)),
    bar: { kind: 'at least', value: 0.85 },
    absolute: `${each('house')} lives/s against ${each('bare')}; processor time of a life in ms: ${aLife('house')}; bare: ${aLife('bare')}`,
  };
}

/** Both sides begin while nobody's time has come, then each comes to its end while the other sleeps or is gone. */
async function together(
  { house, bare }: Record<'house' | 'bare', Batch>,
  meter: Meter,
  count: number,
  sleepMs: number,
  apartMs: number,
): Promise<Record<'house' | 'bare', Worked>> {
  const dueAt = Math.ceil((Date.now() + sleepMs) / 1_000) * 1_000;
  const bareDueAt = dueAt + apartMs;
  const begun = {
    house: await meter(() => house.begin(count, dueAt)),
    bare: await meter(() => bare.begin(count, bareDueAt)),
  };
  const ended = async (side: 'house' | 'bare', batch: Batch, at: number): Promise<Worked> => {
    const leftMs = at - Date.now();
    if (leftMs < 0) throw new Error(`The lives were due ${-leftMs} ms before the others were done`);
    await pause(leftMs);
    return { begin: begun[side], end: await meter(() => batch.end()) };
  };
  return { house: await ended('house', house, dueAt), bare: await ended('bare', bare, bareDueAt) };
}
