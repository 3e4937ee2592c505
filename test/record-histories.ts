import { argv } from 'node:process';
import type { Kind } from '../domain/kinds.ts';
import { workflowIdOf } from '../domain/kinds.ts';
import { workflowBundle } from '../worker/bundle.ts';
import { provideTemporal } from '../worker/temporal.ts';
import { searchAttributes } from '../workflows/contract.ts';
import { eventually } from './house/eventually.ts';
import type { House } from './house/house.ts';
import { openHouse } from './house/house.ts';
import { keepHistory, recordedHistories, rulesOfToday } from './replay/histories.ts';
import { paths } from './replay/paths.ts';

// Lives paths on a real server and keeps their histories: those named on the command line, such as `booking/happy`, or
// all that have none yet of the rules of today. To be run before the rules change, so that the stories of today are there
// for the code of tomorrow; needs nothing installed.

const all = (Object.keys(paths) as Kind[]).flatMap((kind) =>
  Object.entries(paths[kind]).map(([path, live]) => ({ kind, path, name: `${kind}/${path}`, live })),
);
const there = new Set(
  recordedHistories()
    .filter(({ kind, rules }) => rules === rulesOfToday[kind])
    .map(({ kind, path }) => `${kind}/${path}`),
);
const named = argv.slice(2);
const unknown = named.filter((one) => !all.some(({ name }) => name === one));
if (unknown.length > 0)
  throw new Error(
    `No such path: ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}`,
  );
const wanted = all.filter(({ name }) => (named.length > 0 ? named.includes(name) : !there.has(name)));

/** A story that was taken up again has a run for each time; oldest first. */
async function runsOf({ temporal }: House, workflowId: string): Promise<string[]> {
  const { runId: last } = await temporal.workflow.getHandle(workflowId).describe();
  const list = async () => {
    const runs = [];
    for await (const run of temporal.workflow.list({ query: `WorkflowId = "${workflowId}"` })) runs.push(run);
    return runs.toSorted((one, other) => one.startTime.getTime() - other.startTime.getTime());
  };
  // What the server lists follows what it knows by a moment.
  const runs = await eventually(list, (listed) => listed.some(({ runId }) => runId === last));
  return runs.map(({ runId }) => runId);
}

const temporal = await provideTemporal({
  address: process.env['TEMPORAL_ADDRESS'],
  searchAttributes,
  headless: true,
  log: (line) => console.error(line),
});
try {
  const bundle = await workflowBundle(null);
  for (const { kind, path, name, live } of wanted) {
    const house = await openHouse({ temporalAddress: temporal.address, workflowBundle: bundle });
    try {
      const workflowId = workflowIdOf(kind, await live(house));
      for (const [index, runId] of (await runsOf(house, workflowId)).entries()) {
        const history = await house.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
        const bytes = keepHistory(kind, path, index + 1, history);
        console.log(`${name}, run ${index + 1}: ${history.events?.length ?? 0} events, ${bytes} bytes`);
      }
    } finally {
      await house.close();
    }
  }
} finally {
  await temporal.stop();
}
