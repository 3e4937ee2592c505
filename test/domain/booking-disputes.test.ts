import { describe, expect, it } from 'vitest';
import { bookingMachine } from '../../domain/booking/machine.ts';
import { payeeHas } from '../../domain/payment/books.ts';
import { PayeeAccount } from './booking-account.ts';
import type { Run, Visit } from './booking-world.ts';
import { assertSettled, liveBooking, movesOf } from './booking-world.ts';
import { bookingInput, disputes, news, openedAt, pays, rules, says, windowEnd } from './bookings.ts';
import { ms } from './lessons.ts';

const later = windowEnd + ms('P20D');
const decidedAt = windowEnd + ms('P90D');

/** The usual booking of $50.00, of which $45.00 are the provider's, with what its bank does. */
async function contested(visits: Visit[], account = new PayeeAccount()): Promise<Run> {
  const run = await liveBooking(bookingInput(), { visits: [...pays(), ...visits], account });
  assertSettled(run);
  return run;
}

/** A later booking of the same provider. */
async function another(id: string, account: PayeeAccount, opened: number): Promise<Run> {
  const input = bookingInput({ id, openedAt: opened, startsAt: opened + ms('P1D') });
  const run = await liveBooking(input, { visits: pays(opened + ms('PT5M')), account });
  assertSettled(run);
  return run;
}

describe('the bank disputes the payment before the transfer (B9, M7a)', () => {
  const early = windowEnd - ms('P1D');
  it('lost: the bank has it all, and nobody else gets anything', async () => {
    const run = await contested([...disputes(early), ...rules(decidedAt, 'lost')]);
    expect(run.state.payment.money).toMatchObject({
      disputed: 5000,
      transferred: 0,
      feeEarned: 0,
      advanced: 0,
    });
    expect(run.state.alerts.map(({ type }) => type)).toContain('CHARGE_DISPUTE');
  });
  it('won: the provider is paid as if nothing had been, not before the bank has decided', async () => {
    const run = await contested([...disputes(early), ...rules(decidedAt, 'won')]);
    expect(run.stripe.requests.find(({ move }) => move.type === 'transfer')?.at).toBeGreaterThan(decidedAt);
    expect(run.state.payment.money).toMatchObject({ disputed: 0, transferred: 4500, feeEarned: 500 });
  });
  it('an inquiry takes no money and delays the transfer until it is closed', async () => {
    const run = await contested([...disputes(early, undefined, true), ...rules(decidedAt, 'warning_closed')]);
    expect(run.stripe.requests.find(({ move }) => move.type === 'transfer')?.at).toBeGreaterThan(decidedAt);
    expect(run.state.payment.money).toMatchObject({
      disputed: 0,
      transferred: 4500,
      feeEarned: 500,
      advanced: 0,
    });
  });
  it('one whose webhook is late is seen by the last look before the money leaves', async () => {
    const [silent] = disputes(windowEnd - 1);
    const run = await contested([silent!, ...rules(decidedAt, 'lost')]);
    expect(run.state.payment.money).toMatchObject({ disputed: 5000, transferred: 0, advanced: 0 });
  });
  it('a partial one that is lost leaves the rest to be divided', async () => {
    const run = await contested([...disputes(early, 2000), ...rules(decidedAt, 'lost')]);
    expect(run.state.payment.money).toMatchObject({
      disputed: 2000,
      transferred: 2700,
      feeEarned: 300,
      advanced: 0,
    });
  });
});

describe('the bank disputes the payment after the transfer (B15)', () => {
  it('a dispute that crosses the transfer is repaired: what was sent becomes a debt (M7b)', async () => {
    const run = await contested([...disputes(windowEnd + 100), ...rules(decidedAt, 'lost')]);
    expect(run.state.payment.money).toMatchObject({ disputed: 5000, feeEarned: 0 });
    expect(payeeHas(run.state.payment.money)).toBe(0);
  });
  it('lost after the payout: the fee is given up and the share of the provider is their debt', async () => {
    const account = new PayeeAccount();
    const run = await contested([...disputes(later), ...rules(decidedAt, 'lost')], account);
    expect(run.state.payment.money).toMatchObject({
      disputed: 5000,
      feeEarned: 0,
      reversed: 0,
      advanced: 4500,
    });
    expect(account.debt).toBe(4500);
    expect(bookingMachine.columns(run.state, run.now).advanced).toBe(4500);
  });
  it('what lies in the balance is taken back first, and only the rest is a debt', async () => {
    const account = new PayeeAccount();
    const more = news(later - 2000, 'other business', () => {
      account.available += 1000;
    });
    const run = await contested([...more, ...disputes(later), ...rules(decidedAt, 'lost')], account);
    expect(run.state.payment.money).toMatchObject({
      reversed: 1000,
      advanced: 3500,
      disputed: 5000,
      feeEarned: 0,
    });
    expect(movesOf(run).slice(-1)).toEqual(['reverse 1000']);
    expect(account.debt).toBe(3500);
  });
  it('an inquiry takes nothing back from a provider who was paid', async () => {
    const run = await contested([...disputes(later, undefined, true), ...rules(decidedAt, 'warning_closed')]);
    expect(run.state.payment.money).toMatchObject({
      transferred: 4500,
      reversed: 0,
      advanced: 0,
      feeEarned: 500,
    });
  });
  it('a partial one takes back the share of the provider in that part alone', async () => {
    const run = await contested([...disputes(later, 2000), ...rules(decidedAt, 'lost')]);
    expect(run.state.payment.money).toMatchObject({ disputed: 2000, advanced: 1800, feeEarned: 300 });
  });
  it('two disputes of one charge add up, and winning one gives back its part alone', async () => {
    const both = [...disputes(later, 2000), ...disputes(later + ms('P1D'), 3000)];
    const account = new PayeeAccount();
    const run = await contested(
      [...both, ...rules(decidedAt, 'won'), ...rules(decidedAt + ms('P1D'), 'lost')],
      account,
    );
    expect(run.state.payment.money).toMatchObject({ disputed: 3000, feeEarned: 200 });
    expect(payeeHas(run.state.payment.money)).toBe(1800);
    expect(account.debt).toBe(2700);
    const next = await another('bkg_0', account, decidedAt + ms('P5D'));
    expect(next.state.payment.money.netted).toBe(2250);
  });
  it('a reversal whose answer was lost is counted once, whatever is read meanwhile', async () => {
    const account = new PayeeAccount();
    const visits = [
      ...pays(),
      ...news(later - 2000, 'other business', () => {
        account.available += 9000;
      }),
      ...disputes(later),
      ...news(later + ms('PT5M'), 'charge.updated', () => undefined),
      ...rules(decidedAt, 'lost'),
    ];
    const run = await liveBooking(bookingInput(), { visits, account, mishaps: { reverse: ['lost'] } });
    assertSettled(run);
    expect(run.state.payment.money).toMatchObject({ reversed: 4500, advanced: 0, disputed: 5000 });
  });
});

describe('the bank takes what was given back already, as for a customer who was too impatient', () => {
  const refund = (at: number): Visit => says(at, 'refund', { reason: 'sorry' });
  const takes = news(later, 'charge.dispute.created', (stripe) => stripe.disputeRefunded());
  it.each(['lost', 'won'] as const)('before the transfer, %s: the provider had nothing and owes nothing', async (status) => {
    const account = new PayeeAccount();
    const run = await contested([refund(windowEnd - ms('P2D')), ...takes, ...rules(decidedAt, status)], account);
    const advanced = status === 'lost' ? 5000 : 0;
    expect(run.state.payment.money).toMatchObject({ refunded: 5000, disputed: advanced, advanced, transferred: 0, feeEarned: 0 });
    expect([bookingMachine.columns(run.state, run.now).advanced, account.debt]).toEqual([0, 0]);
  });
  it.each(['lost', 'won'] as const)('after the transfer, %s: the provider owes what they had and no more', async (status) => {
    const account = new PayeeAccount();
    const run = await contested([refund(later - ms('P2D')), ...takes, ...rules(decidedAt, status)], account);
    const disputed = status === 'lost' ? 5000 : 0;
    expect(run.state.payment.money).toMatchObject({ refunded: 5000, disputed, advanced: 4500 + disputed, transferred: 4500 });
    expect([bookingMachine.columns(run.state, run.now).advanced, account.debt]).toEqual([4500, 4500]);
  });
}); // prettier-ignore

describe('a debt is netted from later bookings, and given back when the dispute is won after all (B15)', () => {
  const second = later + ms('P5D');
  const third = later + ms('P12D');
  it('two later bookings pay it off by half of each, and no third pays anything', async () => {
    const account = new PayeeAccount();
    await contested([...disputes(later)].concat(rules(later + ms('P1D'), 'lost')), account);
    const nets = [];
    for (const [i, opened] of [second, third, third + ms('P7D')].entries()) {
      nets.push((await another(`bkg_${i}`, account, opened)).state.payment.money);
    }
    expect(nets.map(({ netted, transferred }) => [netted, transferred])).toEqual([
      [2250, 2250],
      [2250, 2250],
      [0, 4500],
    ]);
    expect(account.debt).toBe(0);
  });
  it.each([0, 1, 2])(
    'won after %i bookings: the provider gets back what was recovered and never more',
    async (count) => {
      const account = new PayeeAccount();
      const run = await liveBooking(bookingInput(), {
        visits: [...pays(), ...disputes(later)],
        account,
        until: later + ms('P1D'),
      });
      const others: Run[] = [];
      for (const [i, opened] of [second, third].slice(0, count).entries())
        others.push(await another(`bkg_${i}`, account, opened));
      await run.goOn(rules(decidedAt, 'won'));
      assertSettled(run);
      const got = [run, ...others].reduce(
        (sum, { stripe }) => sum + stripe.transfers.reduce((all, { amount }) => all + amount, 0),
        0,
      );
      expect(got).toBe(4500 * (count + 1));
      expect(account.debt).toBe(0);
      expect(run.state.payment.money).toMatchObject({ disputed: 0, feeEarned: 500, advanced: 2250 * count });
    },
  );
  it('won after a reversal and a netting: both come back', async () => {
    const account = new PayeeAccount();
    const more = news(later - 2000, 'other business', () => {
      account.available += 1000;
    });
    const run = await liveBooking(bookingInput(), {
      visits: [...pays(), ...more, ...disputes(later)],
      account,
      until: later + ms('P1D'),
    });
    const other = await another('bkg_0', account, second);
    expect(other.state.payment.money.netted).toBe(2250);
    await run.goOn(rules(decidedAt, 'won'));
    assertSettled(run);
    expect(run.stripe.transfers.map(({ amount }) => amount)).toEqual([4500, 3250]);
    expect(account.debt).toBe(0);
  });
  it('never the last of a payment: the floor of the policy stays with the provider', async () => {
    const account = new PayeeAccount();
    account.follow('older', 9000);
    const input = bookingInput({ openedAt, terms: { debtNetting: { capBps: 10_000, floor: 1000 } } });
    const run = await liveBooking(input, { visits: pays(), account });
    assertSettled(run);
    expect(run.state.payment.money).toMatchObject({ netted: 3500, transferred: 1000 });
  });
});
