import { join } from 'node:path';
import { createActivities } from '../activities/activities.ts';
import { openStore } from '../store/store.ts';
import { workflowBundle } from './bundle.ts';
import { travelledClock, wallClock } from './clock.ts';
import { nativeConnection, temporalPlace } from './connections.ts';
import { createLog, installRuntime } from './log.ts';
import { configOfProcess, runProcess } from './process.ts';
import { createStripe } from './stripe.ts';
import { runWorker } from './worker.ts';

// `npm run worker`: the stories and their effects. Any number may run side by side.

await runProcess(async () => {
  const config = configOfProcess('worker');
  const log = createLog(config.logLevel ?? 'info', 'worker');
  installRuntime(log);
  const place = temporalPlace();
  const address = place.address ?? `127.0.0.1:${config.temporalPort}`;
  const store = openStore({ file: join(config.dataFolder, 'holdfast.db') });
  const clock = config.demo ? await travelledClock(store) : wallClock;
  const [bundle, connection] = await Promise.all([
    workflowBundle(config.worker.bundle),
    nativeConnection(place, address),
  ]);
  const { namespace } = place;
  const { workflowCache } = config.worker;
  const activities = createActivities({ store, stripe: createStripe(config), clock, log });
  const worker = await runWorker({ connection, namespace, activities, bundle, workflowCache }, log);
  log.info({ temporal: address, namespace }, 'the worker runs');
  return {
    log,
    async stop() {
      await worker.stop();
      await connection.close();
      clock.stop();
      await store.close();
    },
  };
});
