import { describe, expect, it } from 'vitest';
import { bookingMachine } from '../../domain/booking/machine.ts';
import { split } from '../../domain/money.ts';
import { minor } from '../../domain/money.ts';
import { iso } from '../../domain/time.ts';
import { assertSettled, liveBooking, movesOf, transferredAt } from './booking-world.ts';
import { bookingInput, endsAt, openedAt, paidAt, pays, windowEnd } from './bookings.ts';
import { ms, utc } from './lessons.ts';

describe('the window (B8)', () => {
  it('a booking paid up front is held and paid to the provider 72 hours after the session', async () => {
    const run = await liveBooking(bookingInput(), { visits: pays() });
    assertSettled(run);
    expect(run.outcome).toBe('completed');
    expect(transferredAt(run)).toBe(windowEnd);
    expect(movesOf(run)).toEqual(['openCheckout 5000', 'bookCalendar', 'transfer 4500', 'payOut 4500']);
    expect(run.state.payment.money).toMatchObject({
      captured: 5000,
      feeEarned: 500,
      transferred: 4500,
      paidOut: 4500,
    });
    expect(bookingMachine.view(run.state)).toMatchObject({
      state: 'completed',
      status: 'TRANSFERRED',
      transferAttempts: 1,
    });
  });

  it.each([10, 85])(
    'a session %i days ahead pays nobody before it has happened and 72 hours have passed',
    async (days) => {
      const startsAt = openedAt + ms(`P${days}D`);
      const run = await liveBooking(bookingInput({ startsAt }), { visits: pays() });
      assertSettled(run);
      expect(transferredAt(run)).toBe(startsAt + ms('PT30M') + ms('PT72H'));
      expect(run.state.alerts.map(({ type }) => type)).not.toContain('HOLD_EXPIRING');
    },
  );

  it('a session 100 days ahead is paid no sooner, and people hear at once that its money stays too long', async () => {
    const startsAt = openedAt + ms('P100D');
    const run = await liveBooking(bookingInput({ startsAt }), { visits: pays() });
    assertSettled(run);
    expect(transferredAt(run)).toBe(startsAt + ms('PT30M') + ms('PT72H'));
    const alert = run.state.alerts.find(({ type }) => type === 'HOLD_EXPIRING');
    expect(alert?.at).toBeLessThan(paidAt + ms('PT1M'));
  });

  it('where the policy counts from the payment, the provider is paid 72 hours after it', async () => {
    const hold = { anchor: 'payment', for: 'PT72H' } as const;
    const run = await liveBooking(bookingInput({ terms: { hold }, startsAt: openedAt + ms('P10D') }), {
      visits: pays(),
    });
    assertSettled(run);
    expect(transferredAt(run)).toBe(paidAt + ms('PT72H'));
  });

  it('a payment that arrives after the session starts the window itself', async () => {
    const visits = [
      {
        at: paidAt,
        what: 'debit',
        act: (run: { stripe: { customerOrdersDebit(): void }; hint(type: string): void }) => {
          run.stripe.customerOrdersDebit();
          run.hint('checkout.session.completed');
        },
      },
      {
        at: endsAt + ms('P2D'),
        what: 'arrives',
        act: (run: { stripe: { debitArrives(): void }; hint(type: string): void }) => {
          run.stripe.debitArrives();
          run.hint('payment_intent.succeeded');
        },
      },
    ];
    const run = await liveBooking(bookingInput(), { visits });
    assertSettled(run);
    expect(transferredAt(run)).toBe(endsAt + ms('P2D') + ms('PT72H'));
  });
});

describe('summer time begins and ends: durations are of real time (B8)', () => {
  // Each session is named in its city's own time; the window is 72 hours however often the city's clocks change in it.
  it.each([
    ['New York, the night clocks go back', '2026-10-31T23:30:00-04:00', '2026-11-04T04:30:00.000Z'],
    ['New York, the second half past one', '2026-11-01T01:30:00-05:00', '2026-11-04T07:30:00.000Z'],
    ['New York, clocks go forward', '2027-03-13T23:30:00-05:00', '2027-03-17T05:30:00.000Z'],
    ['New York, after the hour that is missing', '2027-03-14T03:00:00-04:00', '2027-03-17T08:00:00.000Z'],
    ['London, clocks go back', '2026-10-24T23:30:00+01:00', '2026-10-27T23:30:00.000Z'],
    ['London, the second half past one', '2026-10-25T01:30:00+00:00', '2026-10-28T02:30:00.000Z'],
    ['London, clocks go forward', '2027-03-28T00:30:00+00:00', '2027-03-31T01:30:00.000Z'],
    ['Sydney, clocks go forward', '2026-10-03T23:30:00+10:00', '2026-10-06T14:30:00.000Z'],
    ['Sydney, clocks go back', '2027-04-04T00:30:00+11:00', '2027-04-06T14:30:00.000Z'],
    ['Sydney, the second half past two', '2027-04-04T02:30:00+10:00', '2027-04-06T17:30:00.000Z'],
  ])('%s', async (_, text, paid) => {
    const startsAt = utc(text);
    const booked = startsAt - ms('P3D');
    const input = bookingInput({ openedAt: booked, startsAt, durationMinutes: 60 });
    const run = await liveBooking(input, { visits: pays(booked + ms('PT5M')) });
    assertSettled(run);
    expect(iso(transferredAt(run) ?? 0)).toBe(paid);
  });
});

describe('every currency: parts sum to the whole (B2)', () => {
  const amounts: [string, number][] = [
    ['usd', 51],
    ['usd', 5000],
    ['usd', 99_999_999],
    ['jpy', 51],
    ['jpy', 4999],
    ['kwd', 210],
    ['kwd', 12_340],
    ['isk', 7_100],
    ['isk', 123_400],
  ];
  const fees = [0, 1, 333, 1000, 5000, 9999, 10_000];
  it.each(amounts.flatMap(([currency, amount]) => fees.map((bps) => [currency, amount, bps] as const)))(
    '%s %i with a fee of %i bps',
    async (currency, amount, platformFeeBps) => {
      const run = await liveBooking(bookingInput({ currency, amount, terms: { platformFeeBps } }), {
        visits: pays(),
      });
      assertSettled(run);
      const step = currency === 'kwd' ? 10 : currency === 'isk' ? 100 : 1;
      const fee = Math.floor((amount * platformFeeBps) / (10_000 * step) + 0.5) * step;
      expect(run.state.payment.money).toMatchObject({
        captured: amount,
        feeEarned: fee,
        transferred: amount - fee,
        paidOut: amount - fee,
      });
      expect(split(minor(amount), platformFeeBps, currency).payee).toBe(amount - fee);
    },
  );
});
