import { resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { Activities } from '../../activities/tasks.ts';
import { nativeConnection, temporalPlace } from '../../worker/connections.ts';
import { createLog, installRuntime } from '../../worker/log.ts';
import { configOfProcess } from '../../worker/process.ts';
import { runWorker } from '../../worker/worker.ts';
import type { BareMove } from './lives.ts';
import { bareQueue } from './queue.ts';

// The worker of the bare lives: the house's own settings and payload converter, activities that do nothing. Asked over
// the channel of its fork, it answers how often each was done, as the house's API reads its rows.

const done: Record<BareMove, number> = {
  authorize: 0,
  capture: 0,
  transfer: 0,
  payOut: 0,
  openCheckout: 0,
  readCheckout: 0,
  readPayment: 0,
  bookCalendar: 0,
};
const moves = Object.keys(done) as BareMove[];
const activities = Object.fromEntries(
  moves.map((move) => [
    move,
    () => {
      done[move] += 1;
      return Promise.resolve();
    },
  ]),
);

const { workflowCache } = configOfProcess('worker').worker;
const log = createLog('error', 'bare');
installRuntime(log);
const place = temporalPlace();
const bundle = await bundleWorkflowCode({
  workflowsPath: resolve(import.meta.dirname, 'lives.ts'),
  payloadConverterPath: resolve(import.meta.dirname, '../../workflows/payload-converter.ts'),
  logger: new DefaultLogger('WARN'),
});
await runWorker(
  {
    connection: await nativeConnection(place, place.address ?? ''),
    namespace: place.namespace,
    // Other workflows, other moves: the house's settings are all that is shared.
    activities: activities as unknown as Activities,
    bundle,
    workflowCache,
    queue: bareQueue,
  },
  log,
);
process.on('message', () => process.send?.(done));
