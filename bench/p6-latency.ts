import { workflowIdOf } from '../domain/kinds.ts';
import { freePort } from '../worker/ports.ts';
import type { Bench, Finding } from './finding.ts';
import { median, percentile, progress } from './finding.ts';
import type { Load } from './http-load.ts';
import { load, requestBytes } from './http-load.ts';
import { call } from './measured.ts';
import { furnish, untilWorkerAnswers } from './neighbours.ts';
import { answers } from './process.ts';
import type { Town } from './town.ts';
import { openTown } from './town.ts';
import { delivery, echoBody } from './webhook-events.ts';

const connections = 32;

/** People's reads beside the storm of events: enough of them for a p99, few enough that they are not the load. */
const readsPerSecond = 100;

interface Round {
  readonly bare: number;
  readonly api: number;
  readonly idle: number;
  readonly burst: number;
}

const p99 = ({ latenciesMs }: Load): number => percentile(latenciesMs, 0.99);

/** P6: how long the slowest reads take, beside bare Hono and during a storm of webhooks. */
export const latencyBench: Bench = {
  name: 'p6',
  method:
    'A lesson is read with an admin’s token over 32 connections, each asking again when it is answered, turn about with bare Hono ' +
    'that answers the same JSON. Then 100 reads a second over 32 connections, alone and while 10,000 webhooks arrive over 32 others.',
  run: async ({ rounds, isQuick }) => {
    const town = await openTown();
    try {
      await town.startApi();
      town.start('worker/main.ts');
      await furnish(town);
      await untilWorkerAnswers(town);
      const port = await freePort();
      town.start('bench/bare/hono.ts', { BARE_PORT: String(port) });
      const bareUrl = `http://127.0.0.1:${port}/shown`;
      await answers(bareUrl);
      const lessonUrl = `${town.apiUrl}/api/lessons/les_first`;
      await call(bareUrl, await call(lessonUrl, undefined, town.token), undefined, 'PUT');
      const measured: Round[] = [];
      // The first round warms both processes up and is not counted.
      for (let n = -1; n < rounds; n += 1) {
        const round = await once(town, lessonUrl, bareUrl, isQuick ? 500 : 10_000);
        if (n >= 0) measured.push(round);
        progress(`P6, round ${n + 1}, p99 in ms: ${JSON.stringify(round)}`);
      }
      return findings(measured);
    } finally {
      await town.close();
    }
  },
}; // prettier-ignore

async function once(town: Town, lessonUrl: string, bareUrl: string, count: number): Promise<Round> {
  const read = requestBytes(lessonUrl, 'GET', { authorization: `Bearer ${town.token}` });
  const bareRead = requestBytes(bareUrl, 'GET', {});
  const bare = await load(Array.from({ length: count }, () => bareRead), { url: bareUrl, connections });
  const api = await load(Array.from({ length: count }, () => read), { url: lessonUrl, connections });
  const paced = { url: lessonUrl, connections, perSecond: readsPerSecond };
  const idle = await load(Array.from({ length: Math.ceil(count / 10) }, () => read), paced);
  const deliveries = await events(town, count);
  let isOver = false;
  const whileItLasts = function* (): Generator<Buffer> {
    while (!isOver) yield read;
  };
  const storm = load(deliveries, { url: town.apiUrl, connections }).then(() => (isOver = true));
  const [burst] = await Promise.all([load(whileItLasts(), paced), storm]);
  return { bare: p99(bare), api: p99(api), idle: p99(idle), burst: p99(burst) };
} // prettier-ignore

/** As many signed echoes, made before anything is measured. */
async function events(town: Town, count: number): Promise<Buffer[]> {
  const workflowId = workflowIdOf('lesson', 'les_first');
  const [operation] = await town.store.listOperations(workflowId);
  if (operation === undefined) throw new Error('The first lesson has no operation');
  const url = `${town.apiUrl}/api/webhooks/stripe`;
  return Array.from({ length: count }, () =>
    delivery(url, echoBody(`${operation.key}:1`, workflowId), town.webhookSecret),
  );
}

function findings(rounds: readonly Round[]): Finding[] {
  const of = (name: keyof Round): string => `${median(rounds.map((round) => round[name])).toFixed(1)} ms`;
  return [
    {
      metric: 'P6',
      what: 'p99 of a read under 32 connections ÷ bare Hono',
      unit: '',
      values: rounds.map(({ api, bare }) => api / bare),
      bar: { kind: 'at most', value: 3 },
      absolute: `${of('api')} against ${of('bare')}`,
    },
    {
      metric: 'P6',
      what: 'p99 of a read during 10,000 webhooks ÷ without',
      unit: '',
      values: rounds.map(({ burst, idle }) => burst / idle),
      bar: { kind: 'at most', value: 5 },
      absolute: `${of('burst')} against ${of('idle')}`,
    },
  ];
}
