import { checkEverything } from '../core/checks.ts';
import { isOutside } from '../core/books.ts';
import type { World } from '../core/world.ts';
import { platform } from '../core/world.ts';
import { noLimits, stripeLimits } from '../http/limits.ts';
import { aBoolean, aCount, aNumber, must, nullable } from './body.ts';
import { control } from './control.ts';
import { ControlRefusal } from './control-refusal.ts';

const iso = (ms: number) => new Date(ms).toISOString();

const clockView = (world: World) => {
  const next = world.schedule.next();
  return { now: iso(world.clock.now()), nextEventAt: next === undefined ? null : iso(next.at) };
};

/** Ten years: enough for any test, and far from the end of JavaScript's dates. */
const furthestSeconds = 10 * 366 * 86_400;

const readClock = control('GET', '/_sim/clock', {}, ({ world }) => clockView(world));

const advance = control(
  'POST',
  '/_sim/clock/advance',
  { seconds: must(aNumber(0, furthestSeconds)) },
  async ({ reach, world, body }) => {
    await reach.timeline.advance(body.seconds * 1000);
    return clockView(world);
  },
);

const books = control('GET', '/_sim/books', {}, ({ world }) => {
  checkEverything(world);
  const accounts: Record<string, Record<string, { available: number; pending: number }>> = { [platform]: {} };
  const outside: Record<string, Record<string, number>> = {};
  for (const tally of world.books.all()) {
    if (tally.bucket === 'outside' || isOutside(tally.place))
      (outside[tally.place] ??= {})[tally.currency] = tally.amount;
    else
      ((accounts[tally.place] ??= {})[tally.currency] ??= { available: 0, pending: 0 })[tally.bucket] =
        tally.amount;
  }
  const violations = [...world.tables.violations.values()].map(({ at, what }) => ({ at, what }));
  return { accounts, outside, balanced: violations.length === 0, violations };
});

const fees = control(
  'POST',
  '/_sim/fees',
  { bps: aCount(0, 10_000), fixed: aCount(0, 1_000_000), dispute: aCount(0, 1_000_000) },
  ({ world, body }) => {
    const { bps = 0, fixed = 0, dispute = 0 } = body;
    world.tables.marks.put({ id: 'fee_bps', value: bps });
    world.tables.marks.put({ id: 'fee_fixed', value: fixed });
    world.tables.marks.put({ id: 'fee_dispute', value: dispute });
    return { bps, fixed, dispute };
  },
);

const rate = nullable(aCount(1, 1_000_000));

const limits = control(
  'POST',
  '/_sim/limits',
  { enforce: aBoolean, perEndpoint: rate, global: rate },
  ({ reach, body }) => {
    const base = body.enforce === true ? stripeLimits : noLimits;
    const { perEndpoint = base.perEndpoint, global = base.global } = body;
    reach.dispatcher.limits = { perEndpoint, global };
    return reach.dispatcher.limits;
  },
);

const requests = control('GET', '/_sim/requests', {}, ({ world, query }) => {
  const since = query.get('since');
  const rows = [...world.tables.log.values()];
  if (since === null) return { data: rows };
  const at = rows.findIndex((row) => row.id === since);
  if (at < 0) throw new ControlRefusal(404, `No request ${since} was logged.`);
  return { data: rows.slice(at + 1) };
});

const reset = control('POST', '/_sim/reset', {}, ({ reach, world }) => {
  reach.reset();
  return { ...clockView(world), reset: true };
});

/** Time, money and the record of what was asked. */
export const clockAndBooks = [readClock, advance, books, fees, limits, requests, reset];
