import { join } from 'node:path';
import { openStore } from '../store/store.ts';
import { startApi } from '../worker/api-process.ts';
import { travelledClock } from '../worker/clock.ts';
import { lazyClient, temporalPlace } from '../worker/connections.ts';
import { createLog } from '../worker/log.ts';
import { configOfProcess } from '../worker/process.ts';
import { createStripe } from '../worker/stripe.ts';

// The API's process, wired as `npm run api` wires it, that answers over the channel of its fork how many transactions
// its handle of the database has committed: each of them is one sync of the disk.

const config = configOfProcess('api');
const log = createLog(config.logLevel ?? 'error', 'api');
const place = temporalPlace();
const store = openStore({ file: join(config.dataFolder, 'holdfast.db') });
const clock = await travelledClock(store);
const temporal = lazyClient(place, place.address ?? '');
await startApi({ config, store, temporal, stripe: createStripe(config), clock, log });
process.on('message', () => process.send?.(store.transactions));
