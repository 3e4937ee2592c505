import { createRequire } from 'node:module';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { DefaultLogger, Runtime, Worker, makeTelemetryFilterString } from '@temporalio/worker';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { currentRules } from '../../domain/lesson/lesson.ts';
import type { Recorded } from './histories.ts';
import { recordedHistories } from './histories.ts';
import { paths } from './paths.ts';
import { carelessRelease, carelessWait, nextRules, plantedBundle } from './planted.ts';

// Lessons that run while we deploy are replayed by the new code. Here every recorded one is, without a server.

const recorded = recordedHistories();

/** What each history's replay failed with; a path that is not in it replayed. */
async function failures(bundle: WorkflowBundleOption, histories: readonly Recorded[] = recorded): Promise<Map<string, Error>> {
  const failed = new Map<string, Error>();
  const given = histories.map(({ rules, path, history }) => ({ workflowId: `lesson:${rules}/${path}`, history }));
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: bundle }, given)) {
    if (error !== undefined) failed.set(workflowId, error);
  }
  return failed;
} // prettier-ignore

const activitiesOf = ({ history }: Recorded): string[] =>
  (history.events ?? []).flatMap(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
  );

beforeAll(() => {
  // The SDK warns of each history that no longer replays, which is what is asked for here.
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }) };
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
});

describe('lessons that were running before a deploy', () => {
  it('go on by the code of today, whichever way they went and whichever rules they began with', async () => {
    expect(await failures({ codePath: inject('workflowBundlePath') })).toEqual(new Map());
  });
  it('are recorded for every way a lesson can go, of the rules of today', () => {
    const ways = recorded.filter(({ rules }) => rules === currentRules).map(({ path }) => path);
    expect(ways.toSorted()).toEqual(Object.keys(paths).toSorted());
  });
  it('are recorded with every money move there is', () => {
    const moves = new Set(recorded.flatMap(activitiesOf));
    const all = ['authorize', 'capture', 'createCustomer', 'payOut', 'readPayment', 'refund', 'release', 'saveCard', 'transfer']; // prettier-ignore
    expect([...moves].toSorted()).toEqual(all);
  });
  it('replay from plain JSON, as the CLI exports it: one protobufjs 8 is hoisted (temporal-rules 54)', async () => {
    const proto = createRequire(createRequire(import.meta.url).resolve('@temporalio/proto'));
    expect(proto.resolve('protobufjs')).toBe(createRequire(import.meta.url).resolve('protobufjs'));
    const [one] = recorded;
    expect(JSON.parse(historyToJSON(one?.history ?? {}))).toEqual(JSON.parse(one?.json ?? ''));
    const { json, path = '' } = one ?? {};
    await expect(
      Worker.runReplayHistory(
        { workflowBundle: { codePath: inject('workflowBundlePath') } },
        JSON.parse(json ?? '') as unknown,
        `lesson:${path}`,
      ),
    ).resolves.toBeUndefined();
  });
  it('tell nobody who the student is, and nothing of the machine that recorded them', () => {
    for (const { path, json, history } of recorded) {
      const payloads = json.matchAll(/"data":"([^"]*)"/g);
      const read = [...payloads].map(([, data = '']) => Buffer.from(data, 'base64').toString()).join('\n');
      expect(read, path).toContain('"rules"');
      expect(`${json}${read}`, path).not.toMatch(/@example\.org|whsec_|sk_test|node_modules|\/tmp\//);
      expect(history.events?.length, path).toBeGreaterThan(5);
    }
  });
});

describe('a change that would break running lessons is caught', () => {
  const hasNo = (move: string) => (one: Recorded) => !activitiesOf(one).includes(move);

  it.each([
    ['a hold is let go instead of captured', carelessRelease, ['happy', 'one-sided-no-show', 'cancelled-late', 'waiting-for-funds'], hasNo('capture')],
    ['a wait is put between capture and transfer', carelessWait, ['happy', 'ended-early', 'dispute-split'], hasNo('transfer')],
  ] as const)('%s', async (_change, edits, broken, isWhole) => {
    const failed = await failures(await plantedBundle(edits));
    for (const path of broken) expect(failed.get(`lesson:1/${path}`), path).toBeInstanceOf(DeterminismViolationError);
    // Nothing fails for another reason: lessons whose money went no such way still replay.
    const whole = recorded.filter(isWhole).map(({ rules, path }) => `lesson:${rules}/${path}`);
    expect(whole.length).toBeGreaterThan(5);
    expect(whole.filter((id) => failed.has(id))).toEqual([]);
    expect([...failed.values()].every((error) => error instanceof DeterminismViolationError)).toBe(true);
  }); // prettier-ignore

  it('and the very same wait, made for the next rules only, leaves every one of them whole', async () => {
    expect(await failures(await plantedBundle(nextRules(currentRules)))).toEqual(new Map());
  });
});
