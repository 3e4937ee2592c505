import { describe, expect, it } from 'vitest';
import { bookingMachine } from '../../domain/booking/machine.ts';
import type { Columns } from '../../domain/machine.ts';
import { PayeeAccount } from './booking-account.ts';
import type { Circumstances, Run, Visit } from './booking-world.ts';
import { assertSettled, liveBooking, movesOf } from './booking-world.ts';
import { bookingInput, endsAt, hears, openedAt, pays, says, windowEnd } from './bookings.ts';
import { ms } from './lessons.ts';

const startsAt = endsAt - ms('PT30M');
const warning = (at: number): Visit => hears(at, 'radar.early_fraud_warning.created');
/** Two hours before the session half of the price is kept. */
const cancelledAt = startsAt - ms('PT2H');
const cancels = (at: number = cancelledAt): Visit => says(at, 'cancel', { by: 'attendee', reason: 'ill' });
const resolves = (verdict: object): Visit =>
  says(endsAt + ms('P1D'), 'resolve', { reason: 'looked into', ...verdict });

async function lived(visits: Visit[], more: Circumstances = {}): Promise<Run> {
  const run = await liveBooking(bookingInput(), { ...more, visits: [...pays(), ...visits] });
  assertSettled(run);
  return run;
}

describe('a warning of fraud about a booking that is over (F5)', () => {
  const verdicts: [what: string, verdict: object, refunded: number, transferred: number][] = [
    ['released: the tier stands', { outcome: 'release' }, 2500, 2250],
    ['split, and no more than the tier is anybody’s', { outcome: 'split', payeeAmount: 4000 }, 2500, 2250],
    ['split below the tier', { outcome: 'split', payeeAmount: 1000 }, 4000, 900],
    ['refunded', { outcome: 'refund' }, 5000, 0],
  ];
  it.each(verdicts)('holds what is kept, and leaves it cancelled however it is %s', async (...[, verdict, refunded, transferred]) => {
    for (const afterMs of [0, 1_000, ms('PT1H')]) {
      const run = await lived([cancels(), warning(cancelledAt + afterMs), resolves(verdict)]);
      expect(run.told.map(({ accepted }) => accepted)).toEqual([true, true]);
      expect(run.state.payment.money).toMatchObject({ refunded, transferred });
      expect(run.outcome).toBe('cancelled');
      const shown = bookingMachine.view(run.state);
      expect(shown).toMatchObject({ state: 'cancelled', cancelledBy: 'attendee', cancelReason: 'ill' });
    }
  });

  it('is an alert and no more once the payee has their share, also where an older debt took all of it', async () => {
    const account = new PayeeAccount();
    account.follow('bkg_older', 10_000);
    const input = bookingInput({ terms: { debtNetting: { capBps: 10_000, floor: 0 }, fraudWarning: { action: 'refund', refundUpTo: 5000 } } });
    for (const warnedAt of [windowEnd + ms('PT1H'), windowEnd + ms('P10D')]) {
      const run = await liveBooking(input, { account, visits: [...pays(), warning(warnedAt)] });
      assertSettled(run);
      expect(run.state.payment.money).toMatchObject({ netted: 4500, transferred: 0, refunded: 0 });
      expect(run.state.dispute).toBeNull();
      expect(run.state.alerts.map(({ type }) => type)).toContain('FRAUD_WARNING');
    }
  });

  it('takes no seat that was given back, and lets the calendar go while it is looked into', async () => {
    const seen: Columns[] = [];
    const look: Visit = { at: endsAt, what: 'a look', act: ({ state, now }) => void seen.push(bookingMachine.columns(state, now)) };
    const run = await lived([cancels(), warning(cancelledAt), look, resolves({ outcome: 'release' })]);
    expect(seen).toMatchObject([{ state: 'disputed', seat: null }]);
    const cancelling = run.stripe.requests.find(({ move }) => move.type === 'cancelCalendar');
    expect(cancelling?.at).toBeLessThan(startsAt);
  });

  it('books no calendar for a booking that was cancelled before it had one', async () => {
    const early = openedAt + ms('PT20M');
    const run = await liveBooking(bookingInput({ startsAt: openedAt + ms('PT90M') }), {
      mishaps: { bookCalendar: [{ refused: 'permission' }] },
      visits: [...pays(), cancels(early), warning(early), says(early + ms('P1D'), 'resolve', { reason: 'x', outcome: 'release' })],
    });
    assertSettled(run);
    expect(movesOf(run).filter((move) => move === 'bookCalendar')).toHaveLength(1);
  });
}); // prettier-ignore
