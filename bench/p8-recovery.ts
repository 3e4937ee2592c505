import { setTimeout as pause } from 'node:timers/promises';
import { workflowIdOf } from '../domain/kinds.ts';
import { iso } from '../domain/time.ts';
import type { Bench, Finding, Scale } from './finding.ts';
import { median, progress, timed } from './finding.ts';
import { lessons, untilEvery } from './lives.ts';
import { call, stripeRequests } from './measured.ts';
import { furnish, untilWorkerAnswers } from './neighbours.ts';
import type { Measurable } from './process.ts';
import type { Town } from './town.ts';
import { openTown } from './town.ts';

/** P8: what a killed worker costs those whose money was on its way, and how a new one works off what piled up. */
export const recoveryBench: Bench = {
  name: 'p8',
  method:
    'The worker is killed (SIGKILL) while the requests of 20 bookings hang at Stripe and another is started at once; measured is the ' +
    'time from the kill until the last of them has its outcome. Then 1,000 lessons sleep to the same scheduled end: once with their worker, ' +
    'once with a new one that starts after that end. The rate counts from the first sign of work to the last lesson settled.',
  run: async (scale) => {
    const town = await openTown();
    try {
      await town.startApi();
      let worker = town.start('worker/main.ts');
      await furnish(town);
      await untilWorkerAnswers(town);
      const replace = (): Measurable => (worker = town.start('worker/main.ts'));
      const killed = await killedInside(town, scale, async () => {
        await worker.kill();
        replace();
      });
      return [killed, await backlog(town, scale, () => worker.kill(), replace)];
    } finally {
      await town.close();
    }
  },
};

/** The heartbeat that a dead worker misses (workflows/options.ts), and the two seconds the bar allows beside it. */
const boundSeconds = 12 + 2;

/** Longer than the requests need to arrive, so that every one of them outlives the worker that sent it. */
const hangsMs = 10_000;

async function killedInside(
  town: Town,
  { rounds, isQuick }: Scale,
  kill: () => Promise<void>,
): Promise<Finding> {
  const { apiUrl, stripeUrl, token, store } = town;
  const count = isQuick ? 3 : 20;
  const values: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const fault = { method: 'POST', path: '/v1/checkout/sessions', times: count, fault: { kind: 'delay', ms: hangsMs } };
    await call(`${stripeUrl}/_sim/faults`, fault);
    const askedBefore = await checkoutsAsked(town);
    const ids = Array.from({ length: count }, () => crypto.randomUUID().slice(0, 12));
    const startTime = iso(Math.ceil(Date.now() / 1_000) * 1_000 + 86_400_000 + n * 60_000);
    const attendee = (id: string) => ({ name: 'A', email: `${id}@example.org`, timeZone: 'Europe/Berlin' });
    // Their callers are told that nothing is decided yet, or no longer asked; the rows say what became of them.
    const answered = Promise.allSettled(
      ids.map((id) => call(`${apiUrl}/api/bookings`, { id, provider: 'pro_1', eventTypeId: 1, startTime, attendee: attendee(id) }, token)),
    );
    const operations = async () => (await Promise.all(ids.map((id) => store.listOperations(workflowIdOf('booking', id))))).flat();
    await untilEvery(async () => (await checkoutsAsked(town)) === askedBefore + count);
    if ((await operations()).some(({ status }) => status === 'done')) throw new Error('The requests did not hang until the worker was killed');
    const begun = performance.now();
    await kill();
    await call(`${stripeUrl}/_sim/faults`, {}, undefined, 'DELETE');
    await untilEvery(async () => (await operations()).every(({ status }) => status === 'done'));
    values.push((performance.now() - begun) / 1_000);
    await answered;
    progress(`P8, round ${n + 1}: the last of ${count} bookings went on after ${values.at(-1)?.toFixed(1)} s`);
  }
  return {
    metric: 'P8',
    what: 'SIGKILL of the worker to the last affected booking going on',
    unit: 's',
    values,
    bar: { kind: 'at most', value: boundSeconds },
    absolute: `${count} bookings in each round; the missed heartbeat is 12 s of it`,
  };
} // prettier-ignore

/** The requests for a checkout that have arrived at Stripe, answered or not. */
async function checkoutsAsked(town: Town): Promise<number> {
  const requests = await stripeRequests(town, null);
  return requests.filter(({ method, path }) => method === 'POST' && path === '/v1/checkout/sessions').length;
}

/** A thousand lives take minutes to begin; more rounds would add hours and nothing else. */
const backlogRounds = 2;

async function backlog(
  town: Town,
  { rounds, isQuick }: Scale,
  kill: () => Promise<void>,
  replace: () => Measurable,
): Promise<Finding> {
  const count = isQuick ? 20 : 1_000;
  const rates: { steady: number; drained: number }[] = [];
  let roomMs = 20_000 + count * 250;
  for (let n = 0; n < Math.min(rounds, backlogRounds); n += 1) {
    const sleepers = lessons(town);
    const begin = async (): Promise<number> => {
      const dueAt = Date.now() + roomMs;
      await sleepers.begin(count, dueAt);
      if (Date.now() > dueAt) throw new Error(`${count} lessons did not begin within ${roomMs} ms`);
      roomMs = Math.min(roomMs, 20_000 + 1.5 * (Date.now() - dueAt + roomMs));
      return dueAt;
    };
    const settled = async (): Promise<number> => {
      await sleepers.stirring();
      return (count * 1_000) / (await timed(() => sleepers.end()));
    };
    await begin();
    const steady = await settled();
    const dueAt = await begin();
    await kill();
    await pause(dueAt - Date.now());
    replace();
    const drained = await settled();
    rates.push({ steady, drained });
    progress(`P8, round ${n + 1}: ${drained.toFixed(1)} lessons/s drained against ${steady.toFixed(1)}`);
  }
  const each = (side: 'steady' | 'drained'): string => median(rates.map((rate) => rate[side])).toFixed(1);
  return {
    metric: 'P8',
    what: 'backlog of 1,000 drained ÷ steady rate',
    unit: '',
    values: rates.map(({ steady, drained }) => drained / steady),
    bar: { kind: 'at least', value: 0.9 },
    absolute: `${each('drained')} lessons/s against ${each('steady')}`,
  };
} // prettier-ignore
