import type { World } from '../core/world.ts';
import { faultKinds, type ArmedFault, type Fault } from '../http/faults.ts';
import { flush, resend } from '../webhooks/delivery.ts';
import { plainDelivery, policyOf, setPolicy } from '../webhooks/policy.ts';
import {
  aBoolean,
  aCount,
  aNumber,
  anyRecord,
  anything,
  aString,
  must,
  oneOfThese,
  readBody,
} from './body.ts';
import { control } from './control.ts';
import { ControlRefusal } from './control-refusal.ts';

const kind = must(oneOfThese(...faultKinds));
const status = must(aCount(300, 599));
/** With a body of its own, an answer can also be a yes that Stripe never gave. */
const anyStatus = must(aCount(200, 599));
const shouldRetry = aBoolean;
/** A day: longer stalls are what the virtual clock is for. */
const longestDelayMs = 86_400_000;

const shapes = {
  drop_before: { kind },
  drop_after: { kind },
  cut_body_after: { kind },
  status_before: { kind, status: anyStatus, body: anything, shouldRetry },
  status_after: { kind, status, shouldRetry },
  delay: { kind, ms: must(aCount(0, longestDelayMs)) },
  rate_limit: { kind, shouldRetry },
  lock_timeout: { kind, shouldRetry },
  key_in_use: { kind },
  stale_list: { kind, seconds: aCount(1, 365 * 86_400) },
};

const faultIn = (given: Record<string, unknown>): Fault => {
  const wanted = kind.read(given['kind'], 'fault.kind');
  return readBody(shapes[wanted], given) as Fault;
};

const mostTimes = 100_000;

const arm = control(
  'POST',
  '/_sim/faults',
  {
    method: oneOfThese('GET', 'POST', 'DELETE', '*'),
    path: must(aString),
    account: aString,
    params: anyRecord,
    nth: aCount(1, mostTimes),
    times: aCount(1, mostTimes),
    fault: must(anyRecord),
  },
  ({ world, body }) => {
    const { method = '*', path, account = null, params = null, nth = 1, times = 1 } = body;
    const [bare = ''] = path.split('?', 1);
    const armed: ArmedFault = {
      id: world.ids.next('flt'),
      method,
      path: bare,
      account,
      params,
      nth,
      times,
      seen: 0,
      struck: 0,
      fault: faultIn(body.fault),
    };
    return world.tables.faults.put(armed);
  },
);

const armedFaults = control('GET', '/_sim/faults', {}, ({ world }) => ({
  data: [...world.tables.faults.values()],
}));

const disarm = control('DELETE', '/_sim/faults', {}, ({ world }) => {
  const removed = world.tables.faults.size;
  world.tables.faults.clear();
  return { removed };
});

const policy = control(
  'POST',
  '/_sim/webhooks',
  {
    hold: aBoolean,
    duplicate: aCount(0, 50),
    shuffle: aBoolean,
    lose: aNumber(0, 1),
    delaySeconds: aNumber(0, 30 * 86_400),
    seed: aCount(0, 2 ** 32 - 1),
  },
  ({ world, body }) => {
    const { hold, duplicate, shuffle, lose, delaySeconds, seed } = { ...plainDelivery, ...body };
    setPolicy(world, {
      hold: hold ?? false,
      duplicate: duplicate ?? 0,
      shuffle: shuffle ?? false,
      lose: lose ?? 0,
      delaySeconds: delaySeconds ?? 0,
      seed: seed ?? 1,
    });
    return policyOf(world);
  },
);

const settledAfter = async (world: World, run: () => number, settle: () => Promise<void>) => {
  const sent = run();
  await settle();
  return { sent, held: [...world.tables.deliveries.values()].filter((row) => row.state === 'held').length };
};

const flushAll = control('POST', '/_sim/webhooks/flush', {}, ({ world, reach }) =>
  settledAfter(
    world,
    () => flush(world),
    async () => {
      reach.timeline.catchUp();
      reach.timeline.wake();
      await reach.timeline.settled();
    },
  ),
);

const resendOne = control(
  'POST',
  '/_sim/webhooks/resend',
  { event: must(aString) },
  ({ world, reach, body }) => {
    const event = world.tables.events.get(body.event);
    if (event === undefined) throw new ControlRefusal(404, `No event ${body.event}.`);
    return settledAfter(
      world,
      () => resend(world, event),
      async () => {
        reach.timeline.catchUp();
        reach.timeline.wake();
        await reach.timeline.settled();
      },
    );
  },
);

/** What goes wrong on purpose, on the way in and on the way out. */
export const faultControls = [arm, armedFaults, disarm, policy, flushAll, resendOne];
