import { createRequire } from 'node:module';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { createActivities } from '../../activities/activities.ts';
import type { Ports } from '../../activities/tasks.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Recorded } from './histories.ts';
import { hushTemporal } from '../house/runtime.ts';
import { recordedHistories, rulesOfToday } from './histories.ts';
import { paths } from './paths.ts';
import { carelessRelease, carelessWait, nextRules, plantedBundle } from './planted.ts';

// Stories that run while we deploy are replayed by the new code. Here every recorded one is, without a server.

const recorded = recordedHistories();

/** What each history's replay failed with; a path that is not in it replayed. */
async function failures(bundle: WorkflowBundleOption, histories: readonly Recorded[] = recorded): Promise<Map<string, Error>> {
  const failed = new Map<string, Error>();
  const given = histories.map(({ name, history }) => ({ workflowId: name, history }));
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: bundle }, given)) {
    if (error !== undefined) failed.set(workflowId, error);
  }
  return failed;
} // prettier-ignore

const activitiesOf = ({ history }: Recorded): string[] =>
  (history.events ?? []).flatMap(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
  );

// The SDK warns of each history that no longer replays, which is what is asked for here.
beforeAll(hushTemporal);

const kinds = Object.keys(paths) as Kind[];

describe('stories that were running before a deploy', () => {
  it('go on by the code of today, whichever way they went and whichever rules they began with', async () => {
    expect(await failures({ codePath: inject('workflowBundlePath') })).toEqual(new Map());
  });
  it.each(kinds)('are recorded for every way a %s can go, of the rules of today', (kind) => {
    const ofToday = recorded.filter((one) => one.kind === kind && one.rules === rulesOfToday[kind]);
    const ways = new Set(ofToday.map(({ path }) => path));
    expect([...ways].toSorted()).toEqual(Object.keys(paths[kind]).toSorted());
  });
  it('are recorded with every move there is', () => {
    const { publish: _, ...moves } = createActivities({} as Ports);
    const seen = new Set(recorded.flatMap(activitiesOf));
    expect([...seen].toSorted()).toEqual(Object.keys(moves).toSorted());
  });
  it('replay from plain JSON, as the CLI exports it: one protobufjs 8 is hoisted (temporal-rules 54)', async () => {
    const proto = createRequire(createRequire(import.meta.url).resolve('@temporalio/proto'));
    expect(proto.resolve('protobufjs')).toBe(createRequire(import.meta.url).resolve('protobufjs'));
    const [one] = recorded;
    expect(JSON.parse(historyToJSON(one?.history ?? {}))).toEqual(JSON.parse(one?.json ?? ''));
    const { json, name = '' } = one ?? {};
    await expect(
      Worker.runReplayHistory(
        { workflowBundle: { codePath: inject('workflowBundlePath') } },
        JSON.parse(json ?? '') as unknown,
        name,
      ),
    ).resolves.toBeUndefined();
  });
  it('tell nobody who the people are, and nothing of the machine that recorded them', () => {
    for (const { name, json, history } of recorded) {
      const payloads = json.matchAll(/"data":"([^"]*)"/g);
      const read = [...payloads].map(([, data = '']) => Buffer.from(data, 'base64').toString()).join('\n');
      expect(read, name).toContain('"rules"');
      expect(`${json}${read}`, name).not.toMatch(/@example\.org|whsec_|sk_test|node_modules|\/tmp\//);
      expect(history.events?.length, name).toBeGreaterThan(5);
    }
  });
});

describe('a change that would break running stories is caught', () => {
  const hasNo = (move: string) => (one: Recorded) => !activitiesOf(one).includes(move);

  it.each([
    ['a hold is let go instead of captured', carelessRelease, ['happy', 'one-sided-no-show', 'cancelled-late', 'waiting-for-funds'], hasNo('capture')],
    ['a wait is put between capture and transfer', carelessWait, ['happy', 'ended-early', 'dispute-split'], hasNo('transfer')],
  ] as const)('%s', async (_change, edits, broken, isWhole) => {
    const failed = await failures(await plantedBundle(edits));
    for (const path of broken) expect(failed.get(`lesson:1/${path}`), path).toBeInstanceOf(DeterminismViolationError);
    // Nothing fails for another reason: lessons whose money went no such way still replay.
    const whole = recorded.filter(isWhole).map(({ name }) => name);
    expect(whole.length).toBeGreaterThan(5);
    expect(whole.filter((id) => failed.has(id))).toEqual([]);
    expect([...failed.values()].every((error) => error instanceof DeterminismViolationError)).toBe(true);
  }); // prettier-ignore

  it('and the very same wait, made for the next rules only, leaves every one of them whole', async () => {
    expect(await failures(await plantedBundle(nextRules(rulesOfToday.lesson)))).toEqual(new Map());
  });
});
