import { parseArgs } from 'node:util';
import { checkBooks } from '../../test/house/books.ts';
import type { House } from '../../test/house/house.ts';
import { openHouse } from '../../test/house/house.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { provideTemporal } from '../../worker/temporal.ts';
import { searchAttributes } from '../../workflows/contract.ts';
import { bookingRacers, raceBookings } from './bookings.ts';
import { lessonRacers, raceLessons } from './lessons.ts';
import { inPieces, ordersOf, sampleOf } from './orders.ts';
import type { Ended, Manner } from './race.ts';

// `npm run races -- [--sample N] [--seed S] [--twins]`: all orders, or N of each kind, in which messages, the clock and
// Stripe can meet one agreement, on the real Temporal server. Ends with 1 where one of them has not exactly one fate.

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '720' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string' },
    twins: { type: 'boolean', default: false },
  },
});
const sample = Number(values.sample);
const kinds = ['lesson', 'booking'].filter((kind) => values.kind === undefined || values.kind === kind);
if (!(sample > 0) || kinds.length === 0) {
  say('Usage: npm run races -- [--sample 720] [--seed 1] [--kind lesson|booking] [--twins]');
  process.exit(2);
}

/** As many agreements as one journey settles in some seconds, in a house of their own. */
const batchSize = 40;

type Batch = (house: House, manner: Manner) => Promise<Ended[]>;

const batchesOf = <R extends string>(
  racers: readonly R[],
  race: (house: House, orders: readonly (readonly R[])[], manner: Manner) => Promise<Ended[]>,
): Batch[] =>
  inPieces(sampleOf(ordersOf(racers), sample, values.seed), batchSize).map(
    (orders) => (house, manner) => race(house, orders, manner),
  );

/** What the books of a house have against it, each with the order of the agreement it is about. */
async function brokenBooks(house: House, ended: readonly Ended[]): Promise<string[]> {
  try {
    await checkBooks(house);
    return [];
  } catch (error) {
    const found = (error as { actual?: unknown }).actual;
    const said = Array.isArray(found) ? found.map(String) : [String(error)];
    return said.map((line) => {
      const about = ended.find(({ workflowId }) => line.includes(workflowId.replace(/^\w+:/, '')));
      return about === undefined ? line : `${about.order}: ${line}`;
    });
  }
}

const temporal = await provideTemporal({
  address: process.env['TEMPORAL_ADDRESS'],
  searchAttributes,
  headless: true,
  log: note,
});
try {
  const bundle = await workflowBundle(null);
  for (const kind of kinds) {
    const batches = kind === 'lesson' ? batchesOf(lessonRacers, raceLessons) : batchesOf(bookingRacers, raceBookings);
    const fates = new Map<string, number>();
    let [raced, violations] = [0, 0];
    for (const [index, batch] of batches.entries()) {
      const house = await openHouse({ temporalAddress: temporal.address, workflowBundle: bundle });
      try {
        // A webhook that comes twice is what a message sent twice is to the other door.
        if (values.twins) await house.sim('POST', '/webhooks', { duplicate: 1 });
        const ended = await batch(house, { twins: values.twins });
        const broken = ended.flatMap(({ order, workflowId, problems }) =>
          problems.map((problem) => `${order} (${workflowId}): ${problem}`),
        );
        broken.push(...(await brokenBooks(house, ended)));
        for (const line of broken) say(`BROKEN ${kind}: ${line}`);
        for (const { fate } of ended) fates.set(fate, (fates.get(fate) ?? 0) + 1);
        raced += ended.length;
        violations += broken.length;
        note(`${kind}: batch ${index + 1} of ${batches.length}, ${raced} orders, ${violations} violations`);
      } finally {
        await house.close();
      }
    }
    say(`${kind}: ${raced} orders, ${violations} violations; the money is in the end with`);
    for (const [fate, count] of [...fates].toSorted(([, one], [, other]) => other - one)) say(`  ${String(count).padStart(4)}  ${fate}`);
    if (violations > 0 || raced === 0) process.exitCode = 1;
  }
} finally {
  await temporal.stop();
} // prettier-ignore
