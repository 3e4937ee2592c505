import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../house/eventually.ts';
import { countOf, handleOf, historyOf } from '../house/history.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { book, command, openAccount, show, travel, until, writes } from '../house/lessons.ts';
import { bothJoin, paidInFull, takesPlace } from '../house/stories.ts';

// Buttons of the Temporal UI: whoever presses them leaves no hold behind and takes nobody's money.

describe('a workflow that somebody ends in the Temporal UI', () => {
  let house: House;
  let account: { id: string };
  beforeAll(async () => {
    house = await openHouse();
    account = await openAccount(house);
  });
  afterAll(async () => {
    await house.close();
  });

  const statusOf = async ({ id }: ShownLesson): Promise<string> =>
    (await handleOf(house, id).describe()).status.name;
  const intentOf = ({ payment }: ShownLesson) =>
    house.stripe.paymentIntents.retrieve(payment.paymentIntentId);

  it('releases the hold when it is cancelled, and once only when it is cancelled again', async () => {
    const lesson = await book(house, account.id);
    await Promise.all(Array.from({ length: 3 }, () => handleOf(house, lesson.id).cancel()));
    const gone = await until(house, lesson.id, ({ payment }) => payment.state === 'released');
    expect(gone).toMatchObject({
      state: 'cancelled',
      cancelledBy: 'admin',
      payment: { authorized: 450, captured: 0, released: 450, held: 0 },
    });
    expect(await intentOf(lesson)).toMatchObject({ status: 'canceled', amount_received: 0 });
    await eventually(() => statusOf(lesson), (status) => status === 'COMPLETED');
    // The server answers a cancellation of what has ended, or refuses it; either way nothing happens.
    await handleOf(house, lesson.id).cancel().catch(() => undefined);
    expect(await show(house, lesson.id)).toEqual(gone);
    const releases = await writes(house, new RegExp(`${lesson.payment.paymentIntentId}/cancel$`));
    expect(releases).toHaveLength(1);
    expect(countOf(await historyOf(house, lesson.id), 'workflowExecutionCanceled')).toBe(0);
    await checkBooks(house);
  }); // prettier-ignore

  it('charges nobody when it is cancelled half an hour before the lesson', async () => {
    const lesson = await book(house, account.id);
    await travel(house, Date.parse(lesson.startsAt) - 30 * 60_000);
    await handleOf(house, lesson.id).cancel();
    const gone = await until(house, lesson.id, ({ payment }) => payment.state === 'released');
    expect(gone).toMatchObject({ cancelledBy: 'admin', payment: { captured: 0, released: 450 } });
    await checkBooks(house);
  });

  it('is cancelled before anything was paid and leaves nothing in Stripe to pay', async () => {
    const student = { id: 'stu_1', email: 's@example.org', name: 'S' };
    const lesson = await book(house, account.id, { student });
    await handleOf(house, lesson.id).cancel();
    await until(house, lesson.id, ({ state }) => state === 'cancelled');
    await eventually(() => statusOf(lesson), (status) => status === 'COMPLETED');
    expect(await intentOf(lesson)).toMatchObject({ status: 'canceled', amount_received: 0 });
    await checkBooks(house);
  }); // prettier-ignore

  it('keeps the money where it is when it is cancelled in a dispute, and says so', async () => {
    const lesson = await book(house, account.id);
    await travel(house, Date.parse(lesson.startsAt));
    await bothJoin(house, lesson);
    await command(house, lesson.id, 'dispute', { by: 'student', reason: 'Nobody spoke' });
    await handleOf(house, lesson.id).cancel();
    const refused = await until(house, lesson.id, ({ rejected }) => rejected.length > 0);
    expect(refused).toMatchObject({
      state: 'disputed',
      payment: { captured: 0, released: 0 },
      rejected: [{ name: 'cancel', code: 'command_refused' }],
    });
    const body = { outcome: 'release', reason: 'Recording seen' };
    expect(await command(house, lesson.id, 'resolve', body)).toMatchObject({ status: 200 });
    await travel(house, 'P4D');
    expect(await show(house, lesson.id)).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });

  it('takes nothing back when it is cancelled after the money was transferred', async () => {
    const lesson = await book(house, account.id);
    await travel(house, Date.parse(lesson.startsAt));
    await bothJoin(house, lesson);
    await travel(house, Date.parse(lesson.endsAt) + 60_000);
    await until(house, lesson.id, ({ payment }) => payment['transferred'] === 360);
    await handleOf(house, lesson.id).cancel();
    await travel(house, 'P4D');
    expect(await show(house, lesson.id)).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });

  it('is settled by the safety net when it is terminated in the middle of the lesson', async () => {
    const lesson = await book(house, account.id);
    await travel(house, Date.parse(lesson.startsAt));
    await bothJoin(house, lesson);
    await handleOf(house, lesson.id).terminate('by mistake');
    expect(await intentOf(lesson)).toMatchObject({ status: 'requires_capture' });
    await travel(house, Date.parse(lesson.endsAt) + 3 * 86_400_000);
    const paid = await show(house, lesson.id);
    expect(paid).toMatchObject({
      state: 'completed',
      attendance: { student: { joinedAt: lesson.startsAt }, tutor: { joinedAt: lesson.startsAt } },
      payment: paidInFull,
    });
    const alerts = await house.store.listAlerts({
      limit: 10,
      subject: `lesson:${lesson.id}`,
      type: 'ORPHAN',
    });
    expect(alerts.rows).toMatchObject([{ count: 1 }]);
    await checkBooks(house);
  });

  it('releases the hold of a no-show whose workflow was terminated before the lesson', async () => {
    const lesson = await book(house, account.id);
    await handleOf(house, lesson.id).terminate('by mistake');
    await travel(house, Date.parse(lesson.endsAt) + 5 * 60_000);
    const gone = await until(house, lesson.id, ({ payment }) => payment.state === 'released');
    expect(gone).toMatchObject({ state: 'cancelled', payment: { captured: 0, released: 450 } });
    expect(await intentOf(lesson)).toMatchObject({ status: 'canceled' });
    await checkBooks(house);
  });

  it('goes on with the next word it is told when it was terminated before the lesson', async () => {
    const lesson = await book(house, account.id);
    await travel(house, Date.parse(lesson.startsAt) - 3_600_000);
    await handleOf(house, lesson.id).terminate('by mistake');
    const paid = await takesPlace(house, lesson);
    expect(paid).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });
});
