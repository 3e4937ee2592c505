import { setTimeout as pause } from 'node:timers/promises';
import { workflowIdOf } from '../domain/kinds.ts';
import { freePort } from '../worker/ports.ts';
import type { Bench, Finding } from './finding.ts';
import { median, progress } from './finding.ts';
import { load, requestBytes } from './http-load.ts';
import { furnish, untilWorkerAnswers } from './neighbours.ts';
import type { Measurable } from './process.ts';
import { answers } from './process.ts';
import type { Town } from './town.ts';
import { openTown } from './town.ts';
import { delivery, echoBody } from './webhook-events.ts';

/** As many as the other measurements of HTTP here; Stripe itself opens more in a storm. */
const connections = 32;

interface Round {
  readonly bare: number;
  readonly fresh: number;
  readonly duplicate: number;
  readonly eventsPerCommit: number;
}

/** P2, P2b, P3: how fast signed events become durable, how many share a sync, and what the same again costs. */
export const ingestBench: Bench = {
  name: 'p2',
  method:
    'Signed events over 32 connections to the real API process (SQLite in WAL mode with synchronous=FULL, on disk), which dispatches ' +
    'them meanwhile, turn about with a bare Hono POST that reads the body. Events are echoes of a request of ours, 2 KB each. ' +
    'A commit that changed something is one sync; those of the dispatch in the same seconds are counted too. Duplicates are the same ' +
    'events again, after the inbox has come to rest.',
  run: async ({ rounds, isQuick }) => {
    const town = await openTown();
    try {
      const api = await town.startApi('bench/counted-api.ts');
      town.start('worker/main.ts');
      await furnish(town);
      await untilWorkerAnswers(town);
      const port = await freePort();
      town.start('bench/bare/hono.ts', { BARE_PORT: String(port) });
      const bareUrl = `http://127.0.0.1:${port}`;
      await answers(`${bareUrl}/shown`);
      const count = isQuick ? 500 : 10_000;
      const measured: Round[] = [];
      // The first round warms both processes up and is not counted.
      for (let n = -1; n < rounds; n += 1) {
        const round = await once(town, api, bareUrl, count);
        if (n >= 0) measured.push(round);
        progress(`P2, round ${n + 1}: ${JSON.stringify(round)}`);
      }
      return findings(measured);
    } finally {
      await town.close();
    }
  },
}; // prettier-ignore

async function once(town: Town, api: Measurable, bareUrl: string, count: number): Promise<Round> {
  const url = `${town.apiUrl}/api/webhooks/stripe`;
  const workflowId = workflowIdOf('lesson', 'les_first');
  const [operation] = await town.store.listOperations(workflowId);
  if (operation === undefined) throw new Error('The first lesson has no operation');
  const bodies = Array.from({ length: count }, () => echoBody(`${operation.key}:1`, workflowId));
  const json = { 'content-type': 'application/json' };
  const bare = await load(bodies.map((body) => requestBytes(bareUrl, 'POST', json, body)), { url: bareUrl, connections });
  const deliveries = bodies.map((body) => delivery(url, body, town.webhookSecret));
  const before = await api.ask<number>('transactions');
  const fresh = await load(deliveries, { url, connections });
  const commits = (await api.ask<number>('transactions')) - before;
  await atRest(town);
  const duplicate = await load(deliveries, { url, connections });
  return { bare: bare.perSecond, fresh: fresh.perSecond, duplicate: duplicate.perSecond, eventsPerCommit: count / commits };
} // prettier-ignore

/** Every event is done with, so that the duplicates meet an API that has nothing else to do. */
async function atRest({ store }: Town): Promise<void> {
  for (;;) {
    const { received, waiting } = await store.countEvents();
    if (received + waiting === 0) return;
    await pause(100);
  }
}

function findings(rounds: readonly Round[]): Finding[] {
  const of = (name: keyof Round): string => Math.round(median(rounds.map((round) => round[name]))).toLocaleString('en');
  return [
    {
      metric: 'P2',
      what: 'durable webhook ingest ÷ bare Hono POST',
      unit: '',
      values: rounds.map(({ fresh, bare }) => fresh / bare),
      bar: { kind: 'at least', value: 0.35 },
      absolute: `${of('fresh')} events/s against ${of('bare')} requests/s`,
    },
    {
      metric: 'P2b',
      what: 'events per fsync under that load',
      unit: '',
      values: rounds.map(({ eventsPerCommit }) => eventsPerCommit),
      bar: { kind: 'at least', value: 5 },
      absolute: 'every commit of the API process counted',
    },
    {
      metric: 'P3',
      what: 'ingest of duplicates ÷ of fresh events',
      unit: '',
      values: rounds.map(({ duplicate, fresh }) => duplicate / fresh),
      bar: { kind: 'at least', value: 1.3 },
      absolute: `${of('duplicate')} against ${of('fresh')} events/s`,
    },
  ];
} // prettier-ignore
