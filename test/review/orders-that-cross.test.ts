import { describe, expect, it } from 'vitest';
import { after } from '../../domain/machine.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { endsAt, lessonInput, ms, startsAt, bookedAt } from '../domain/lessons.ts';
import type { Circumstances, Run } from '../domain/world.ts';
import { assertSettled, happens, hears, liveLesson, movesOf, says } from '../domain/world.ts';

const joins = [says(startsAt, 'join', { party: 'student' }), says(startsAt, 'join', { party: 'tutor' })];
const lesson = (circumstances: Circumstances = {}): Promise<Run> =>
  liveLesson(lessonInput(), { ...circumstances, visits: [...joins, ...(circumstances.visits ?? [])] });
const later = endsAt + ms('P1D');
const alertsOf = ({ state }: Run) => state.alerts.map(({ type }) => type);

describe('orders of people that cross each other', () => {
  it('once the tutor’s share was transferred, no retry pays it out of somebody else’s balance', async () => {
    const at = endsAt + ms('P4D');
    const visits = [
      says(at, 'retry', { reason: 'new account', stripeAccount: 'acct_2' }),
      says(at + 1, 'retry', { reason: 'x' }),
    ];
    const run = await lesson({ visits, deviations: { payOut: ['refused_finally'] } });
    assertSettled(run);
    const payouts = run.stripe.requests.filter(({ move }) => move.type === 'payOut');
    expect(payouts.map(({ move }) => 'stripeAccount' in move && move.stripeAccount)).toEqual([
      'acct_1',
      'acct_1',
    ]);
  });

  it('a complaint resolved while its transfer was parked is carried out, not left parked', async () => {
    const visits = [
      says(later, 'dispute', { by: 'student', reason: 'no' }),
      says(later + ms('PT1H'), 'resolve', { outcome: 'refund', reason: 'right' }),
    ];
    const run = await lesson({ visits, deviations: { transfer: ['refused_finally'] } });
    assertSettled(run);
    expect(run.state.payment.money).toMatchObject({ refunded: 450, transferred: 0 });
  });

  it('a complaint whose capture Stripe refused is carried out when it is resolved, and nobody is charged', async () => {
    const visits = [
      says(startsAt + 1000, 'dispute', { by: 'student', reason: 'no' }),
      says(endsAt + ms('P20D'), 'resolve', { outcome: 'refund', reason: 'right' }),
    ];
    const run = await lesson({ visits, deviations: { capture: ['refused_finally'] } });
    assertSettled(run);
    expect(run.state.payment.money).toMatchObject({ captured: 0, transferred: 0 });
  });

  it('a lesson moved beyond a hold’s life before it is paid is not charged weeks before it takes place', async () => {
    const paidAt = bookedAt + ms('PT5M');
    const visits = [
      says(bookedAt + 60_000, 'reschedule', {
        startsAt: bookedAt + ms('P25D'),
        endsAt: bookedAt + ms('P25DT1H'),
      }),
      happens(paidAt, (stripe) => stripe.customerPays()),
      hears(paidAt + 1, 'payment_intent.amount_capturable_updated'),
    ];
    const run = await liveLesson(lessonInput(), {
      visits,
      deviations: { authorize: ['declined'] },
      until: bookedAt + ms('P20D'),
    });
    const captured = run.stripe.requests.find(({ move }) => move.type === 'capture');
    expect(captured?.at ?? Infinity).toBeGreaterThan(run.state.endsAt - 1);
  });

  it('a lesson that is moved while its hold is being placed never asks Stripe for another one under the same key', async () => {
    const body = { startsAt: bookedAt + ms('P25D'), endsAt: bookedAt + ms('P25DT1H') };
    for (const at of [bookedAt, bookedAt + 100, bookedAt + ms('PT10M')]) {
      const run = await liveLesson(lessonInput(), {
        visits: [says(at, 'reschedule', body)],
        deviations: { authorize: ['lost'] },
      });
      expect(run.told).toMatchObject([{ name: 'reschedule', accepted: false }]);
      assertSettled(run);
    }
  });
});

describe('waits that nobody hears of', () => {
  it('a payout whose funds never come is told to people and asked for seldom, and its story stays short', async () => {
    const funds = Array.from({ length: 3_000 }, () => 'funds_not_available' as const);
    const run = await lesson({ deviations: { payOut: funds }, until: endsAt + ms('P30D') });
    expect(alertsOf(run)).toContain('FAILED_PAYOUT');
    expect(movesOf(run).filter((move) => move.startsWith('payOut')).length).toBeLessThan(200);
    expect(run.state.story[0]?.what).toBe('Lesson booked');
  });

  it('a transfer that waits for the tutor’s account is told to people within two days', async () => {
    const run = await lesson({ accountReadyAt: Infinity, until: endsAt + ms('P2D') });
    expect(alertsOf(run)).toContain('TRANSFER_FAILED');
  });
});

describe('a flood of messages', () => {
  it('evidence is bounded for each side: no one can make a story too large for Temporal to carry', () => {
    const machine = lessonMachine;
    let state = machine.open(lessonInput());
    const now = startsAt + 60_000;
    const learn = (name: string, raw: unknown): boolean => {
      const command = machine.parse(name, raw, now);
      const verdict = 'refused' in command ? command : machine.accept(state, command, now);
      if ('refused' in verdict) return false;
      for (const fact of verdict.facts) state = after(machine, state, fact);
      return true;
    };
    state = machine.apply(state, {
      type: 'authorized',
      at: bookedAt,
      paymentIntentId: 'pi_1',
      chargeId: 'ch_1',
      amount: state.input.amount,
      captureBefore: endsAt + ms('P5D'),
    });
    expect(learn('dispute', { by: 'student', reason: 'no' })).toBe(true);
    const link = `https://example.org/${'x'.repeat(1_980)}`;
    const evidence = { statement: 'x'.repeat(5_000), links: Array.from({ length: 20 }, () => link) };
    let historyBytes = 0;
    for (let i = 0; i < 40; i += 1) {
      if (learn('evidence', { by: 'student', ...evidence })) historyBytes += JSON.stringify(state).length;
    }
    for (let i = 0; i < 300; i += 1) {
      if (learn('evidence', { by: 'student', statement: 'x' })) historyBytes += JSON.stringify(state).length;
    }
    expect(learn('evidence', { by: 'tutor', ...evidence }), 'the other side still has its say').toBe(true);
    // Temporal's limits: 2 MB for one payload, 50 MB for a history.
    expect(JSON.stringify(state).length).toBeLessThan(500_000);
    expect(historyBytes).toBeLessThan(10_000_000);
  });
});

describe('a price that is all the platform’s', () => {
  it('a complaint that crosses the booking of the fee comes too late, and nothing is given back on top of it', async () => {
    const terms = { platformFeeBps: 10_000 };
    const visits = [
      ...joins,
      hears(endsAt + 400, 'charge.captured'),
      says(endsAt + 700, 'dispute', { by: 'student', reason: 'no' }),
      says(endsAt + ms('P1D'), 'resolve', { outcome: 'refund', reason: 'right' }),
    ];
    const run = await liveLesson(lessonInput({ terms }), { visits });
    assertSettled(run);
    expect(run.state.payment.money).toMatchObject({ captured: 450, feeEarned: 450, refunded: 0 });
  });
});
