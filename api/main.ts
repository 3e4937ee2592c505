import { join } from 'node:path';
import { openStore } from '../store/store.ts';
import { startApi } from '../worker/api-process.ts';
import { travelledClock, wallClock } from '../worker/clock.ts';
import { lazyClient, temporalPlace } from '../worker/connections.ts';
import { createLog, installRuntime } from '../worker/log.ts';
import { configOfProcess, runProcess } from '../worker/process.ts';
import { createStripe } from '../worker/stripe.ts';

// `npm run api`: HTTP alone. Any number may run side by side.

await runProcess(async () => {
  const config = configOfProcess('api');
  const log = createLog(config.logLevel ?? 'info', 'api');
  installRuntime(log);
  const place = temporalPlace();
  const store = openStore({ file: join(config.dataFolder, 'holdfast.db') });
  const clock = config.demo ? await travelledClock(store) : wallClock;
  const temporal = lazyClient(place, place.address ?? `127.0.0.1:${config.temporalPort}`);
  const api = await startApi({ config, store, temporal, stripe: createStripe(config), clock, log });
  log.info({ url: api.url }, 'the API listens');
  return {
    log,
    async stop() {
      await api.stop();
      await temporal.connection.close();
      clock.stop();
      await store.close();
    },
  };
});
