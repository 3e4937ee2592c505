import type { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { WorkflowBundle } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { LessonState } from '../../domain/lesson/lesson.ts';
import { currentRules } from '../../domain/lesson/lesson.ts';
import { adoptRules } from '../../domain/rules.ts';
import type { CommandAnswer } from '../../workflows/contract.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { book, command, minuteMs, openAccount, travel, until } from '../house/lessons.ts';
import { nextRules, plantedBundle } from './planted.ts';

// A worker with the next version of the rules (a minute's wait before the transfer) meets lessons of today's.
const newer = currentRules + 1;

describe('a running lesson and the rules of the next version', () => {
  let house: House;
  let bundle: WorkflowBundle;
  let account: { readonly id: string };
  beforeAll(async () => {
    bundle = await plantedBundle(nextRules(currentRules));
    house = await openHouse({ workflowBundle: bundle });
    account = await openAccount(house);
  });
  afterAll(async () => {
    await house.close();
  });

  const handleOf = ({ id }: ShownLesson) => house.temporal.workflow.getHandle(`lesson:${id}`);
  const adopt = (lesson: ShownLesson, rules: number): Promise<CommandAnswer> =>
    handleOf(lesson).executeUpdate<CommandAnswer, [unknown]>('adoptRules', {
      args: [{ rules, by: 'op_1', reason: 'The old rules are to be deleted' }],
    });
  const stateOf = async ({ id }: ShownLesson): Promise<LessonState> =>
    (await house.store.findAgreement(`lesson:${id}`))?.state as LessonState;
  /** How long after the capture the tutor was paid. */
  const transferDelayMs = async (lesson: ShownLesson): Promise<number> => {
    // The house that travels knows today's rules only and does not wait for what the next ones wait for.
    const { payment } = await until(house, lesson.id, (one) => one.payment.transferId !== null);
    const transfer = await house.stripe.transfers.retrieve(payment.transferId ?? '');
    return transfer.created * 1000 - Date.parse(payment.chargedAt ?? '');
  };

  it('pays by the rules it began with, unless it was moved on: then by the new ones, and its story says so', async () => {
    const [old, moved] = [await book(house, account.id), await book(house, account.id)];
    expect((await adopt(moved, newer)).message).toBe(`Goes on by rules ${newer}`);
    await expect.poll(async () => (await stateOf(moved)).rules).toBe(newer);
    expect((await stateOf(old)).rules).toBe(currentRules);
    expect((await stateOf(moved)).story).toContainEqual(
      expect.objectContaining({
        what: `Goes on by rules ${newer}`,
        actor: 'op_1',
        why: 'The old rules are to be deleted',
      }),
    );
    for (const { id } of [old, moved]) {
      await travel(house, Math.max(Date.parse(old.startsAt), house.clock.now() + 1000));
      for (const party of ['student', 'tutor']) await command(house, id, 'join', { party });
    }
    await travel(house, Date.parse(moved.endsAt) + 10 * minuteMs);
    expect(await transferDelayMs(old)).toBeLessThan(minuteMs);
    expect(await transferDelayMs(moved)).toBeGreaterThanOrEqual(minuteMs);
    await checkBooks(house);

    const history = await handleOf(moved).fetchHistory();
    const replay = (workflowBundle: Parameters<typeof Worker.runReplayHistory>[0]['workflowBundle'] & {}) =>
      Worker.runReplayHistory({ workflowBundle }, history, `lesson:${moved.id}`);
    await expect(replay(bundle)).resolves.toBeUndefined();
    // Going back to yesterday's code is no way out once a lesson has been moved on.
    await expect(replay({ codePath: inject('workflowBundlePath') })).rejects.toBeInstanceOf(
      DeterminismViolationError,
    );
  });

  it('is never moved back, nor to rules nobody knows, nor without a reason', async () => {
    const lesson = await book(house, account.id);
    const refusalOf = async (rules: unknown, reason: unknown = 'x'): Promise<unknown> => {
      const order = handleOf(lesson).executeUpdate('adoptRules', { args: [{ rules, reason }] });
      const failed = (await order.catch((error: unknown) => error)) as WorkflowUpdateFailedError;
      return failed.cause instanceof ApplicationFailure ? failed.cause.details?.[0] : failed;
    };
    expect(await refusalOf(currentRules)).toBe('command_refused');
    expect(await refusalOf(newer + 1)).toBe('invalid');
    for (const nonsense of [0, -1, 1.5, '2', null]) expect(await refusalOf(nonsense)).toBe('malformed');
    expect(await refusalOf(newer, null)).toBe('malformed');
    expect((await stateOf(lesson)).rules).toBe(currentRules);
  });

  it('cannot be moved by a Signal, which a later version would judge otherwise when it replays', async () => {
    const lesson = await book(house, account.id);
    await handleOf(lesson).signal('adoptRules', { rules: newer, reason: 'x' });
    const { rejected } = await until(house, lesson.id, (one) => one.rejected.length > 0);
    expect(rejected).toMatchObject([{ name: 'adoptRules', code: 'command_refused' }]);
    expect((await stateOf(lesson)).rules).toBe(currentRules);
  });

  it('takes exactly the rules between its own and the newest', () => {
    const taken = [0, 1, 2, 3, 4, 5, 6].filter(
      (rules) => 'facts' in adoptRules({ rules: 3 }, { name: 'adoptRules', rules, by: 'op_1', reason: 'x' }, 5, 0),
    );
    expect(taken).toEqual([4, 5]);
  });
}); // prettier-ignore
