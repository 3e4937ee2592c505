import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { House } from './house/house.ts';
import { openHouse } from './house/house.ts';
import { checkBooks } from './house/books.ts';
import { book, command, minuteMs, openAccount, show, travel } from './house/lessons.ts';

// One payment through every room, over HTTP: the file to read second.
describe('the journey of one payment', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(async () => {
    await house.close();
  });

  it('holds 450, captures it after the scheduled end, and sends 360 to the tutor and her bank (L8)', async () => {
    const account = await openAccount(house);
    const startsAt = Date.UTC(new Date(house.clock.now()).getUTCFullYear() + 1, 0, 4, 23, 0);
    await travel(house, startsAt - 26 * 60 * minuteMs);
    const times = { startsAt: at(startsAt), endsAt: at(startsAt + 25 * minuteMs) };
    const booked = await book(house, account.id, times);
    expect(booked).toMatchObject({
      state: 'scheduled',
      payment: { state: 'authorized', authorized: 450, captured: 0 },
    });

    await travel(house, startsAt);
    const joined = { at: '23:02:24', left: '23:03:21' };
    const moment = (time: string): string => `${at(startsAt).slice(0, 11)}${time}.000Z`;
    for (const party of ['student', 'tutor']) {
      const answer = await command(house, booked.id, 'join', { party, at: moment(joined.at) });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    }
    const callEnd = await command(house, booked.id, 'call-end', {
      party: 'student',
      at: moment(joined.left),
    });
    expect(callEnd.body).toMatchObject({ accepted: true, lesson: { state: 'ended_early' } });
    const end = await command(house, booked.id, 'end', { party: 'tutor', leftAt: moment(joined.left) });
    expect(end.body).toMatchObject({ message: 'Already ended early, awaiting finalization' });
    expect(await show(house, booked.id)).toMatchObject({ state: 'ended_early', payment: { captured: 0 } });

    await travel(house, startsAt + 30 * minuteMs);
    expect(await show(house, booked.id)).toMatchObject({
      state: 'completed',
      payment: {
        state: 'captured',
        captured: 450,
        platformFee: 90,
        feeEarned: 90,
        payeeAmount: 360,
        transferred: 360,
      },
    });

    await travel(house, 'P3D');
    const paid = await show(house, booked.id);
    expect(paid.payment).toMatchObject({ paidOut: 360, held: 0, payoutId: expect.stringMatching(/^po_/) });
    const charge = await house.stripe.charges.retrieve(paid.payment.chargeId, {
      expand: ['balance_transaction'],
    });
    const captured = charge.balance_transaction as { created: number };
    expect(paid.payment.chargedAt).toBe(at(captured.created * 1000));
    await checkBooks(house);
  });
});

const at = (instant: number): string => new Date(instant).toISOString();
