import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertNote, Parked } from '../../domain/machine.ts';
import { columns, lesson, newFile, noon, openBooks, stateAt } from './sample-books.ts';

const workflowId = 'lesson:les_1';
const actor = 'system';

const parked = (since: number): Parked => ({
  reason: 'Stripe refused the capture',
  operation: `${workflowId}:capture`,
  attempts: 3,
  lastError: 'charge_expired_for_capture',
  since,
  commands: ['retry'],
  retryAt: null,
});

describe('what lists show of a story', () => {
  it('never goes back to an older state, in whatever order and by whichever process it is told', async () => {
    const order = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 1 });
    const told = fc.array(fc.tuple(order, fc.boolean()), { minLength: 1, maxLength: 4 });
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    let lessons = 0;
    await fc.assert(
      fc.asyncProperty(told, async (rounds) => {
        const { row } = await here.createAgreement(lesson(`les_${(lessons += 1)}`));
        let shown = 0;
        let visibleChanges = 0;
        for (const [revs, elsewhere] of rounds) {
          for (const rev of revs) {
            const store = elsewhere ? there : here;
            const state = stateAt(rev);
            const visible = columns({ state: `state_${rev}` });
            const applied = await store.project({
              workflowId: row.workflowId,
              state,
              columns: visible,
              actor,
              at: noon + rev,
            });
            expect(applied).toBe(rev > shown);
            if (applied) visibleChanges += 1;
            shown = Math.max(shown, rev);
            const now = await here.findAgreement(row.workflowId);
            expect([now?.rev, now?.state.rev, now?.status]).toEqual([shown, shown, `state_${shown}`]);
          }
        }
        const trail = await here.listAudit({ subject: row.workflowId, limit: 100 });
        expect(trail.rows.map(({ action }) => action)).toEqual(Array(visibleChanges).fill('status_changed'));
      }),
      { numRuns: 60 },
    );
  });

  it('never forgets the outcome of an effect, also when a message was answered while it was under way', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1'));
    const show = (rev: number, outcomes: number, paymentState: string) =>
      store.project({
        workflowId,
        state: { ...stateAt(rev), outcomes },
        columns: columns({ paymentState }),
        actor,
        at: noon,
      });
    expect(await show(5, 1, 'captured')).toBe(true);
    expect(await show(6, 0, 'pending')).toBe(false);
    expect((await store.findAgreement(workflowId))?.paymentState).toBe('captured');
    // The story itself shows both as soon as the outcome has reached it.
    expect(await show(7, 1, 'captured')).toBe(true);
  });

  it('leaves one audit row when a state or payment changes, and none when only details do', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1'));
    await store.project({
      workflowId,
      state: stateAt(1),
      columns: columns({ nextWakeAt: null }),
      actor,
      at: noon,
    });
    expect((await store.listAudit({ limit: 10 })).rows).toEqual([]);

    const cancelled = columns({ state: 'cancelled', paymentState: 'released', open: false });
    await store.project({
      workflowId,
      state: stateAt(2),
      columns: cancelled,
      actor: 'stu_1',
      at: noon,
      reason: 'ill',
    });
    const { rows } = await store.listAudit({ limit: 10 });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      actor: 'stu_1',
      action: 'status_changed',
      subject: workflowId,
      reason: 'ill',
      operationKey: null,
      before: { status: 'scheduled', paymentState: 'authorized', rev: 1 },
      after: { status: 'cancelled', paymentState: 'released', rev: 2 },
    });
  });

  it('answers that it did nothing for a story nobody began', async () => {
    const store = openBooks();
    expect(await store.project({ workflowId, state: stateAt(1), columns: columns(), actor, at: noon })).toBe(
      false,
    );
    expect(store.transactions).toBe(0);
  });
});

describe('the alerts of a story', () => {
  const failed = (at: number): AlertNote => ({ type: 'PAYMENT_FAILED', at, message: `declined at ${at}` });

  it('tells each note once, even when somebody resolved it and the story repeats it', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1'));
    const tell = (rev: number, alerts: AlertNote[]) =>
      store.project({
        workflowId,
        state: stateAt(rev, { alerts }),
        columns: columns(),
        actor,
        at: noon + rev,
      });

    await tell(1, [failed(1)]);
    await tell(2, [failed(1)]);
    const [open] = (await store.listAlerts({ resolved: false, limit: 10 })).rows;
    expect(open).toMatchObject({ type: 'PAYMENT_FAILED', severity: 'high', subject: workflowId, count: 1 });

    await store.resolveAlert({ id: open?.id ?? '', by: 'op_1', resolution: 'called the payer', at: noon });
    await tell(3, [failed(1)]);
    expect((await store.listAlerts({ resolved: false, limit: 10 })).rows).toEqual([]);

    await tell(4, [failed(1), failed(4), failed(5)]);
    const again = (await store.listAlerts({ resolved: false, limit: 10 })).rows;
    expect(again.map(({ count, message }) => [count, message])).toEqual([[2, 'declined at 5']]);
  });

  it('keeps one alert open exactly while the story waits for a person', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1'));
    const tell = (rev: number, since: number | null) =>
      store.project({
        workflowId,
        state: stateAt(rev, { parked: since === null ? null : parked(since) }),
        columns: columns({ needsAttention: since === null ? null : 'Stripe refused the capture' }),
        actor,
        at: noon + rev,
      });
    const open = async () => (await store.listAlerts({ type: 'PARKED', resolved: false, limit: 10 })).rows;

    await tell(1, 10);
    await tell(2, 10);
    expect(await open()).toMatchObject([{ subject: workflowId, count: 1 }]);
    expect((await open())[0]?.message).toContain('Stripe refused the capture');

    await tell(3, null);
    expect(await open()).toEqual([]);
    const [closed] = (await store.listAlerts({ type: 'PARKED', limit: 10 })).rows;
    expect(closed).toMatchObject({ resolvedBy: 'system', resolvedAt: noon + 3 });

    await tell(4, 40);
    await tell(6, 60);
    expect(await open()).toMatchObject([{ count: 2 }]);
    expect((await store.listAlerts({ type: 'PARKED', limit: 10 })).rows).toHaveLength(2);
  });
});
