import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Finding } from './finding.ts';
import { median, progress } from './finding.ts';
import { furnish, untilWorkerAnswers } from './neighbours.ts';
import { openTown } from './town.ts';
import { sleepers, taskTimeouts, untilWoken } from './sleepers.ts';

/** The cache of a worker by default, stated because everything here is about it. */
const workflowCache = '500';

/** Half an hour is spent on ten thousand that fall asleep, and more rounds would need workers and servers that have seen nothing else. */
const largestRounds = 1;

/** A worker that sleeps for so long has let go of what it only needed to start them. */
const restMs = 5_000;

interface Slept {
  readonly mb: number;
  readonly startMs: number;
  readonly wakeSeconds: number;
  readonly timeouts: number;
}

interface Round {
  readonly smallMb: number;
  readonly largeMb: number;
  readonly wakeSeconds: number;
  readonly timeouts: number;
}

/** P5: what sleeping stories cost the worker's memory, and whether a crowd of them can wake within a minute. */
export const sleepersBench: Bench = {
  name: 'p5',
  method:
    'A fresh worker with a cache of 500 workflows takes up 1,000 lessons that sleep in a complaint, another on a fresh server 10,000; resident ' +
    'memory is read when they have slept for five seconds. The 10,000 then become due evenly over one minute, and every history is read ' +
    'for workflow tasks that timed out.',
  run: async ({ rounds, isQuick }) => {
    const [few, many] = isQuick ? [20, 60] : [1_000, 10_000];
    const measured: Round[] = [];
    for (let n = 0; n < Math.min(rounds, largestRounds); n += 1) {
      const small = await asleep(few, 5 * minuteMs, false);
      // The more there are, the longer each takes to fall asleep.
      const large = await asleep(many, 2 * (many / few) * small.startMs, true);
      const { wakeSeconds, timeouts } = large;
      measured.push({ wakeSeconds, timeouts, smallMb: small.mb, largeMb: large.mb });
      progress(`P5, round ${n + 1}: ${small.mb.toFixed(0)} MB with ${few}, ${large.mb.toFixed(0)} MB with ${many}, asleep in ${(large.startMs / 1_000).toFixed(0)} s; awake after ${large.wakeSeconds.toFixed(1)} s, ${large.timeouts} timeouts`);
    }
    return findings(measured);
  },
}; // prettier-ignore

const minuteMs = 60_000;
/** Ten times what it may take: nobody waits longer for a crowd to wake, and so long is what is noted then. */
const patienceMs = 10 * minuteMs;

/** Lets so many fall asleep before the first of them wakes, for which they have `roomMs` and some seconds more. */
async function asleep(count: number, roomMs: number, wakes: boolean): Promise<Slept> {
  const town = await openTown({ HOLDFAST_WORKFLOW_CACHE: workflowCache });
  try {
    const api = await town.startApi();
    const worker = town.start('worker/main.ts');
    await furnish(town);
    await untilWorkerAnswers(town);
    const begunAt = Date.now();
    const firstWakesAt = begunAt + 4 * restMs + roomMs;
    const ids = await sleepers(town, count, (n) => firstWakesAt + (n * minuteMs) / count);
    const startMs = Date.now() - begunAt;
    if (Date.now() + 2 * restMs > firstWakesAt) throw new Error(`${count} stories were not asleep in time`);
    await pause(restMs);
    const mb = worker.rssBytes() / 1024 ** 2;
    if (!wakes) return { mb, startMs, wakeSeconds: 0, timeouts: 0 };
    // Nobody else may look after stories that are due.
    await api.kill();
    await pause(firstWakesAt - Date.now());
    const left = await untilWoken(town, ids, Date.now() + patienceMs);
    if (left > 0) progress(`P5: ${left} of ${count} stories sleep on after ${patienceMs / minuteMs} minutes`);
    const wakeSeconds = (Date.now() - firstWakesAt) / 1_000;
    return { mb, startMs, wakeSeconds, timeouts: await taskTimeouts(town, ids) };
  } finally {
    await town.close();
  }
}

function findings(rounds: readonly Round[]): Finding[] {
  const of = (name: keyof Round): string => median(rounds.map((round) => round[name])).toFixed(0);
  return [
    {
      metric: 'P5',
      what: 'worker’s memory, 10,000 sleeping ÷ 1,000',
      unit: '',
      values: rounds.map(({ largeMb, smallMb }) => largeMb / smallMb),
      bar: { kind: 'at most', value: 1.15 },
      absolute: `${of('largeMb')} MB against ${of('smallMb')} MB`,
    },
    {
      metric: 'P5',
      what: '10,000 timers of one minute: first due to last awake',
      unit: 's',
      values: rounds.map(({ wakeSeconds }) => wakeSeconds),
      bar: { kind: 'at most', value: 62 },
      absolute: 'the last is due after 60 s; lists are looked at every second',
    },
    {
      metric: 'P5',
      what: 'workflow tasks that timed out meanwhile',
      unit: 'timeouts',
      values: rounds.map(({ timeouts }) => timeouts),
      bar: { kind: 'at most', value: 0 },
      absolute: 'in all 10,000 histories',
    },
  ];
}
