import { join } from 'node:path';
import { openStore } from '../store/store.ts';
import { workflowBundle } from './bundle.ts';
import { createCalendar } from './calendar.ts';
import { travelledClock, wallClock } from './clock.ts';
import { lazyClient, nativeConnection, temporalPlace } from './connections.ts';
import { createLog, installRuntime } from './log.ts';
import { startMailRounds } from './mail-rounds.ts';
import { configOfProcess, runProcess } from './process.ts';
import { ensureSchedules } from './schedules.ts';
import { createStripe } from './stripe.ts';
import { activitiesOf, runWorker } from './worker.ts';

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
  const activities = activitiesOf({
    store,
    stripe: createStripe(config),
    calendar: createCalendar(config),
    clock,
    log,
  });
  const worker = await runWorker({ connection, namespace, activities, bundle, workflowCache }, log);
  const client = lazyClient(place, address);
  await ensureSchedules(client);
  await client.connection.close();
  const mail = startMailRounds(config.mail, { store, clock, log });
  log.info({ temporal: address, namespace }, 'the worker runs');
  return {
    log,
    async stop() {
      await Promise.all([worker.stop(), mail.stop()]);
      await connection.close();
      clock.stop();
      await store.close();
    },
  };
});
