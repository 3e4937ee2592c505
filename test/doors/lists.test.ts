import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handleOf, historyOf, quietHistory, workflowOf } from '../house/history.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { book, command, openAccount, show, travel } from '../house/lessons.ts';
import { paidInFull } from '../house/stories.ts';

// Whoever looks sees what is: in the list and in the detail, within a second, whoever caused the change.

const withinMs = 1_000;

describe('what lists show', () => {
  let house: House;
  let account: { id: string };
  beforeAll(async () => {
    house = await openHouse();
    account = await openAccount(house);
  });
  afterAll(async () => {
    await house.close();
  });

  const listed = async (id: string): Promise<ShownLesson> => {
    const { body } = await house.request('GET', '/api/lessons?limit=100');
    const found = (body['data'] as unknown as ShownLesson[]).find((one) => one.id === id);
    expect(found).toBeDefined();
    return found as ShownLesson;
  };
  /** How long after `since` both the list and the detail showed it, in milliseconds of real time. */
  const shownAfter = async (id: string, since: number, isSo: (lesson: ShownLesson) => boolean) => {
    for (;;) {
      const [inList, alone] = await Promise.all([listed(id), show(house, id)]);
      const took = Date.now() - since;
      if (isSo(inList) && isSo(alone)) return took;
      if (took > 20_000) throw new Error(`It was never shown: ${JSON.stringify(alone)}`);
      await pause(10);
    }
  };

  it('is a join by a bare signal, within a second, for one event of history more', async () => {
    const lesson = await book(house, account.id);
    for (const [party, newlyStarted] of [['student', ['upsertWorkflowSearchAttributes']], ['tutor', []]] as const) {
      const before = (await quietHistory(house, lesson.id)).length;
      const since = Date.now();
      await handleOf(house, lesson.id).signal('join', { party, at: lesson.startsAt });
      const took = await shownAfter(lesson.id, since, ({ state, attendance }) =>
        state === 'in_progress' && attendance[party].joinedAt === lesson.startsAt);
      expect(took).toBeLessThan(withinMs);
      const kinds = (await quietHistory(house, lesson.id)).slice(before).map(({ kind }) => kind);
      // The signal and the task that hears it; the search attributes where the state is a new one; and the showing.
      const task = ['workflowTaskScheduled', 'workflowTaskStarted', 'workflowTaskCompleted'];
      expect(kinds.toSorted()).toEqual(['workflowExecutionSignaled', ...task, ...newlyStarted, 'markerRecorded'].toSorted());
    }
  }); // prettier-ignore

  it('is what a timer did, within a second of its ringing', async () => {
    const [startsAt, endsAt] = [house.clock.now() - 1_000, house.clock.now() + 3_000];
    const times = { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() };
    const lesson = await book(house, account.id, times);
    await shownAfter(lesson.id, endsAt, ({ state }) => state === 'cancelled');
    const shownAt = Date.now();
    const rang = (await historyOf(house, lesson.id)).find(({ kind }) => kind === 'timerFired');
    expect(rang?.atMs).toBeGreaterThanOrEqual(endsAt);
    expect(shownAt - (rang?.atMs ?? 0)).toBeLessThan(withinMs);
    expect((await show(house, lesson.id)).payment).toMatchObject({ state: 'released', captured: 0 });
  });

  it('never goes back while Updates and signals come at once, and ends as the story has it', async () => {
    const lesson = await book(house, account.id);
    const statement = (by: 'student' | 'tutor', index: number) => ({
      by,
      statement: `Statement ${index} by the ${by}`,
    });
    const handle = handleOf(house, lesson.id);
    await command(house, lesson.id, 'dispute', { by: 'student', reason: 'Nobody spoke' });
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    const seen: number[] = [];
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        seen.push((await house.store.findAgreement(workflowOf(lesson.id)))?.rev ?? 0);
        await pause(1);
      }
    })();
    try {
      const [answers] = await Promise.all([
        Promise.all(
          numbers.map((index) => command(house, lesson.id, 'evidence', statement('student', index))),
        ),
        Promise.all(numbers.map((index) => handle.signal('evidence', statement('tutor', index)))),
      ]);
      for (const { status, body } of answers) expect(status, JSON.stringify(body)).toBe(200);
      await shownAfter(lesson.id, Date.now(), (one) => statementsOf(one).length === 20);
    } finally {
      isOver = true;
      await watching;
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(new Set(seen).size).toBeGreaterThan(2);
    const state = await handle.query<{ rev: number }>('state');
    expect((await house.store.findAgreement(workflowOf(lesson.id)))?.rev).toBe(state.rev);
    expect(new Set(statementsOf(await show(house, lesson.id)).map(({ text }) => text)).size).toBe(20);

    await command(house, lesson.id, 'resolve', { outcome: 'release', reason: 'Recording seen' });
    await travel(house, Date.parse(lesson.endsAt) + 4 * 86_400_000);
    expect(await show(house, lesson.id)).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });
});

const statementsOf = (lesson: ShownLesson): readonly { text: string }[] =>
  (lesson as unknown as { dispute: { statements: { text: string }[] } | null }).dispute?.statements ?? [];
