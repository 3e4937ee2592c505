import { argv } from 'node:process';
import { workflowIdOf } from '../domain/kinds.ts';
import { workflowBundle } from '../worker/bundle.ts';
import { provideTemporal } from '../worker/temporal.ts';
import { searchAttributes } from '../workflows/contract.ts';
import { openHouse } from './house/house.ts';
import { keepHistory } from './replay/histories.ts';
import { paths } from './replay/paths.ts';

// Lives every path on a real server and keeps its history, or only the paths named on the command line. To be run
// before the rules change, so that the stories of today are there for the code of tomorrow; needs nothing installed.

const named = argv.slice(2);
const unknown = named.filter((path) => !Object.hasOwn(paths, path));
if (unknown.length > 0)
  throw new Error(`No such path: ${unknown.join(', ')}. There are: ${Object.keys(paths).join(', ')}`);

const temporal = await provideTemporal({
  address: process.env['TEMPORAL_ADDRESS'],
  searchAttributes,
  headless: true,
  log: (line) => console.error(line),
});
try {
  const bundle = await workflowBundle(null);
  for (const [path, live] of Object.entries(paths)) {
    if (named.length > 0 && !named.includes(path)) continue;
    const house = await openHouse({ temporalAddress: temporal.address, workflowBundle: bundle });
    try {
      const workflowId = workflowIdOf('lesson', await live(house));
      const history = await house.temporal.workflow.getHandle(workflowId).fetchHistory();
      const bytes = keepHistory(path, history);
      console.log(`${path}: ${history.events?.length ?? 0} events, ${bytes} bytes`);
    } finally {
      await house.close();
    }
  }
} finally {
  await temporal.stop();
}
