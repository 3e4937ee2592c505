import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Finding, Scale } from './finding.ts';
import { median, progress, timed } from './finding.ts';
import type { Batch } from './lives.ts';
import { bareBookings, bareLessons, bookings, lessons, sessionMs } from './lives.ts';
import { openNeighbours } from './neighbours.ts';

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
      return [
        await compare('lesson', { house: lessons(town), bare: bareLessons(town, bareWorker) }, scale, 0),
        await compare(
          'booking',
          { house: bookings(town), bare: bareBookings(town, bareWorker) },
          scale,
          sessionMs,
        ),
      ];
    } finally {
      await town.close();
    }
  },
};

/** How long each side was at work before and after the sleep. */
interface Worked {
  readonly beginMs: number;
  readonly endMs: number;
}

async function compare(
  kind: string,
  sides: Record<'house' | 'bare', Batch>,
  { rounds, isQuick }: Scale,
  leastMs: number,
): Promise<Finding> {
  const count = isQuick ? 10 : 60;
  // A small batch first: it warms both sides up and says how much time the others need.
  const few = Math.ceil(count / 5);
  const first = await together(sides, few, leastMs + 10_000 + few * 500, 5_000 + few * 250);
  const sleepMs = leastMs + 10_000 + 2 * (count / few) * (first.house.beginMs + first.bare.beginMs);
  const apartMs = 3_000 + 2 * (count / few) * first.house.endMs;
  const rates: { house: number; bare: number }[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const { house, bare } = await together(sides, count, sleepMs, apartMs);
    const rateOf = ({ beginMs, endMs }: Worked): number => (count * 1_000) / (beginMs + endMs);
    progress(
      `P1 ${kind}, round ${n + 1}: ${rateOf(house).toFixed(1)} against ${rateOf(bare).toFixed(1)} lives/s`,
    );
    rates.push({ house: rateOf(house), bare: rateOf(bare) });
  }
  const each = (side: 'house' | 'bare'): string => median(rates.map((rate) => rate[side])).toFixed(1);
  return {
    metric: 'P1',
    what: `${kind} lives, house ÷ bare workflow`,
    unit: '',
    values: rates.map(({ house, bare }) => house / bare),
    bar: { kind: 'at least', value: 0.85 },
    absolute: `${each('house')} lives/s against ${each('bare')}`,
  };
}

/** Both sides begin while nobody's time has come, then each comes to its end while the other sleeps or is gone. */
async function together(
  { house, bare }: Record<'house' | 'bare', Batch>,
  count: number,
  sleepMs: number,
  apartMs: number,
): Promise<Record<'house' | 'bare', Worked>> {
  const dueAt = Math.ceil((Date.now() + sleepMs) / 1_000) * 1_000;
  const bareDueAt = dueAt + apartMs;
  const begun = {
    house: await timed(() => house.begin(count, dueAt)),
    bare: await timed(() => bare.begin(count, bareDueAt)),
  };
  return {
    house: { beginMs: begun.house, endMs: await ending(house, dueAt) },
    bare: { beginMs: begun.bare, endMs: await ending(bare, bareDueAt) },
  };
}

async function ending(batch: Batch, dueAt: number): Promise<number> {
  const leftMs = dueAt - Date.now();
  if (leftMs < 0) throw new Error(`The lives were due ${-leftMs} ms before the others were done`);
  await pause(leftMs);
  return await timed(() => batch.end());
}
