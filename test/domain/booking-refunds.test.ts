import { describe, expect, it } from 'vitest';
import { bookingMachine } from '../../domain/booking/machine.ts';
import { payeeHas } from '../../domain/payment/books.ts';
import { PayeeAccount } from './booking-account.ts';
import type { Circumstances, Run, Visit } from './booking-world.ts';
import { assertSettled, assertTrueBooks, liveBooking, movesOf } from './booking-world.ts';
import { bookingInput, disputes, endsAt, news, paidAt, pays, rules, says, windowEnd } from './bookings.ts';
import { ms } from './lessons.ts';

const back = (at: number, amount?: number): Visit => says(at, 'refund', { reason: 'sorry', ...(amount === undefined ? {} : { amount }) }); // prettier-ignore
const later = windowEnd + ms('P20D');

async function refunded(visits: Visit[], more: Circumstances = {}): Promise<Run> {
  const run = await liveBooking(bookingInput(), { ...more, visits: [...pays(), ...visits] });
  assertSettled(run);
  return run;
}

describe('a refund before the transfer', () => {
  it('of all: nobody is paid and the seat is given back', async () => {
    const run = await refunded([back(endsAt)]);
    expect(movesOf(run)).toEqual(['openCheckout 5000', 'bookCalendar', 'refund 5000', 'cancelCalendar']);
  });
  it('of a part: the rest is divided and still waits for the end of the window', async () => {
    const run = await refunded([back(endsAt, 2000)]);
    expect(run.state.payment.money).toMatchObject({ refunded: 2000, feeEarned: 300, transferred: 2700 });
    expect(run.stripe.requests.find(({ move }) => move.type === 'transfer')?.at).toBe(windowEnd);
  });
  it('of a part, before the calendar has the seat, is refused: a session that is not booked pays nobody', async () => {
    const visits = [...pays(), back(paidAt + ms('PT1H'), 1000), back(paidAt + ms('PT2H'))];
    const run = await liveBooking(bookingInput(), {
      visits,
      mishaps: { bookCalendar: [{ refused: 'permission' }] },
    });
    assertSettled(run);
    expect(run.told.map(({ accepted }) => accepted)).toEqual([false, true]);
    expect(run.state.payment.money).toMatchObject({ refunded: 5000, transferred: 0 });
  });
});

describe('a refund after the transfer takes it back from the provider first (B15, M8)', () => {
  it('of all, with the money still in the balance: reversal, then refund, and nobody owes anything', async () => {
    const run = await refunded([back(later)], { mishaps: { payOut: ['left_to_stripe'] } });
    expect(movesOf(run).slice(-3)).toEqual(['reverse 4500', 'refund 5000', 'cancelCalendar']);
    expect(run.state.payment.money).toMatchObject({
      refunded: 5000,
      reversed: 4500,
      feeEarned: 0,
      advanced: 0,
    });
  });
  it('of all, after the payout: the share of the provider is their debt before the money goes back', async () => {
    const run = await refunded([back(later)]);
    expect(movesOf(run).slice(-3)).toEqual(['advance 4500', 'refund 5000', 'cancelCalendar']);
    expect(run.state.payment.money).toMatchObject({ refunded: 5000, advanced: 4500, feeEarned: 0 });
  });
  it('of parts, one after the other: each takes its own share, and no more than all goes back', async () => {
    const run = await refunded([
      back(later, 1000),
      back(later + ms('P1D'), 1500),
      back(later + ms('P2D'), 2501),
      back(later + ms('P3D')),
    ]);
    expect(run.told.map(({ accepted }) => accepted)).toEqual([true, true, false, true]);
    expect(run.stripe.refunds.map(({ amount }) => amount)).toEqual([1000, 1500, 2500]);
    expect(run.state.payment.money).toMatchObject({ refunded: 5000, advanced: 4500, feeEarned: 0 });
  });
  it('of a part, with half of the share in the balance: that half first, the rest a debt', async () => {
    const account = new PayeeAccount();
    const more = news(later - 2000, 'other business', () => {
      account.available += 400;
    });
    const run = await refunded([...more, back(later, 1000)], { account });
    expect(movesOf(run).slice(-3)).toEqual(['reverse 400', 'advance 500', 'refund 1000']);
    expect(payeeHas(run.state.payment.money)).toBe(3600);
  });
  it('a dispute after a partial refund takes what is left, and the provider owes all they had', async () => {
    const run = await refunded([
      back(later, 1000),
      ...disputes(later + ms('P1D')),
      ...rules(later + ms('P60D'), 'lost'),
    ]);
    expect(run.state.payment.money).toMatchObject({
      refunded: 1000,
      disputed: 4000,
      advanced: 4500,
      feeEarned: 0,
    });
  });
  it('while the bank disputes the payment it is refused: the payer would be paid twice', async () => {
    const run = await refunded([
      ...disputes(later),
      back(later + ms('P1D')),
      ...rules(later + ms('P60D'), 'lost'),
    ]);
    expect(run.told).toMatchObject([{ name: 'refund', accepted: false }]);
    expect(run.stripe.refunds).toEqual([]);
  });
});

describe('a refund that fails days later (E2)', () => {
  const failed = news(later + ms('P5D'), 'refund.failed', (stripe) => stripe.refundFails());
  it('is taken back in the books and waits for a person, with an alert', async () => {
    const run = await liveBooking(bookingInput(), { visits: [...pays(), back(later), ...failed] });
    assertTrueBooks(run);
    expect(run.outcome).toBeNull();
    expect(run.state.payment.money.refunded).toBe(0);
    expect(run.state.parked).toMatchObject({ operation: 'refund', commands: ['retry', 'skip'] });
    expect(run.state.alerts.map(({ type }) => type)).toContain('REFUND_FAILED');
    expect(bookingMachine.view(run.state).needsAttention).toMatchObject({ operation: 'refund' });
  });
  it('is made once more, as another refund, when a person says so', async () => {
    const run = await refunded([
      back(later),
      ...failed,
      says(later + ms('P6D'), 'retry', { reason: 'new account' }),
    ]);
    const keys = run.stripe.requests.flatMap(({ move }) =>
      move.type === 'refund' ? [[move.n, move.amount]] : [],
    );
    expect(keys).toEqual([
      [1, 5000],
      [2, 5000],
    ]);
    expect(run.state.payment.money.refunded).toBe(5000);
  });
  it('is not made again when a person gave it up, and pays nobody else either', async () => {
    const run = await refunded([
      back(later),
      ...failed,
      says(later + ms('P6D'), 'skip', { reason: 'paid in cash' }),
      ...disputes(later + ms('P7D'), 100),
      ...rules(later + ms('P60D'), 'lost'),
    ]);
    expect(run.stripe.refundsThatCount).toEqual([]);
    expect(payeeHas(run.state.payment.money)).toBe(0);
  });
});
