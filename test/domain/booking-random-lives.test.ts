import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bookingCommands } from '../../domain/booking/commands.ts';
import type { BookingInput } from '../../domain/booking/booking.ts';
import { after } from '../../domain/machine.ts';
import { bookingMachine } from '../../domain/booking/machine.ts';
import { currencyRule } from '../../domain/money.ts';
import { payeeHas } from '../../domain/payment/books.ts';
import type { MoveType } from '../../domain/payment/moves.ts';
import { PayeeAccount } from './booking-account.ts';
import type { BookingBooks, Mishap } from './booking-books.ts';
import type { Circumstances, Run, Visit } from './booking-world.ts';
import { assertSettled, liveBooking } from './booking-world.ts';
import type { BookingChoices } from './bookings.ts';
import { bookingInput, happens, hears, openedAt, says } from './bookings.ts';
import { ms } from './lessons.ts';

// Lives nobody would think of: random terms, prices, words, banks, calendars and failures. The world checks the books
// after every fact; here is what must be true at the end. A failing seed is printed.

const reason = fc.constant('x');
const bps = fc.constantFrom(0, 1, 333, 1000, 3333, 5000, 9999, 10_000);
const fate = fc.constantFrom('capture' as const, 'release' as const);

const choicesOf: fc.Arbitrary<BookingChoices> = fc
  .record({
    currency: fc.constantFrom('usd', 'jpy', 'kwd', 'isk', 'gbp'),
    steps: fc.oneof(fc.nat(40), fc.nat(100_000)),
    aheadMs: fc.oneof(fc.integer({ min: 1, max: ms('PT3H') }), fc.integer({ min: 1, max: ms('P120D') })),
    durationMinutes: fc.integer({ min: 1, max: 1440 }),
    platformFeeBps: bps,
    hold: fc.record({
      anchor: fc.constantFrom('session_end' as const, 'payment' as const),
      for: fc.constantFrom('PT0S', 'PT72H', 'P10D'),
    }),
    belowMinimum: fc.constantFrom('release' as const, 'charge_minimum' as const),
    noShow: fc.record({ attendee: fate, provider: fate, both: fate }),
    cancelTiers: fc.array(
      fc.record({ atLeastBeforeStart: fc.constantFrom('PT0S', 'PT1H', 'PT24H', 'P10D'), chargeBps: bps }),
      { maxLength: 3 },
    ),
    dispute: fc.record({
      escalateAfter: fc.constantFrom('PT0S', 'P1D', 'P14D'),
      resolveAfter: fc.constantFrom('PT0S', 'P3D', 'P60D'),
      resolveAs: fc.constantFrom('refund' as const, 'release' as const),
    }),
    fraudWarning: fc.constantFrom(
      { action: 'hold' as const, refundUpTo: 0 },
      { action: 'refund' as const, refundUpTo: 5000 },
    ),
    debtNetting: fc.record({ capBps: bps, floor: fc.constantFrom(0, 1000) }),
    moneyTries: fc.integer({ min: 1, max: 4 }),
    transferTries: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ currency, steps, aheadMs, durationMinutes, ...terms }) => {
    const { minimum, step } = currencyRule(currency);
    return { currency, amount: minimum + steps * step, startsAt: openedAt + aheadMs, durationMinutes, terms };
  });

/** Instants cluster where it hurts: at the booking, the start, the end and the end of the window. */
const instantOf = ({ startsAt = 0, durationMinutes = 0, terms }: BookingChoices): fc.Arbitrary<number> => {
  const endsAt = startsAt + durationMinutes * 60_000;
  const windowEnd = endsAt + ms(terms?.hold?.for ?? 'PT72H');
  return fc.oneof(
    fc
      .tuple(fc.constantFrom(openedAt, openedAt + ms('PT30M'), startsAt, endsAt, windowEnd), fc.integer({ min: -1500, max: 1500 }))
      .map(([at, by]) => Math.max(openedAt, at + by)),
    fc.integer({ min: openedAt, max: windowEnd + ms('PT1H') }),
    fc.integer({ min: openedAt, max: windowEnd + ms('P70D') }),
  ); // prettier-ignore
};

function bodyOf(name: (typeof bookingCommands)[number], instant: fc.Arbitrary<number>, choices: BookingChoices): fc.Arbitrary<object> {
  const { step } = currencyRule(choices.currency ?? 'usd');
  const most = (choices.amount ?? 0) / step;
  const amount = fc.integer({ min: 1, max: most + 1 }).map((steps) => steps * step);
  const at = fc.option(instant, { nil: undefined, freq: 2 });
  const party = fc.constantFrom('attendee', 'provider');
  const by = fc.constantFrom('attendee', 'provider', 'admin');
  switch (name) {
    case 'cancel':
    case 'dispute':
      return fc.record({ by, reason, at });
    case 'reschedule':
      return fc.record({ startTime: instant, duration: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }) });
    case 'noShow':
      return fc.record({ party, at });
    case 'evidence':
      return fc.record({ by, statement: reason });
    case 'resolve':
      return fc.oneof(
        fc.record({ outcome: fc.constantFrom('release', 'refund'), reason }),
        fc.record({ outcome: fc.constant('split'), payeeBps: bps, reason }),
        fc.record({ outcome: fc.constant('split'), payeeAmount: amount, reason }),
      );
    case 'refund':
      return fc.record({ reason, amount: fc.option(amount, { nil: undefined }) });
    default:
      return fc.record({ reason });
  }
} // prettier-ignore

/** What customers, banks and people in dashboards do. */
const deedOf = ({ amount = 0, currency = 'usd' }: BookingChoices): fc.Arbitrary<[string, (stripe: BookingBooks) => void]> => {
  const { step } = currencyRule(currency);
  const part = fc.integer({ min: 1, max: amount / step }).map((steps) => steps * step);
  const deed = (what: string, act: (stripe: BookingBooks) => void) => fc.constant<[string, (stripe: BookingBooks) => void]>([what, act]);
  return fc.oneof(
    deed('pays', (stripe) => stripe.customerPays()),
    deed('declined', (stripe) => stripe.cardIsDeclined()),
    deed('debit', (stripe) => stripe.customerOrdersDebit()),
    deed('debit arrives', (stripe) => stripe.debitArrives()),
    deed('debit fails', (stripe) => stripe.debitFails()),
    deed('pays late', (stripe) => stripe.paysTooLate()),
    deed('disputes all', (stripe) => stripe.openDispute()),
    part.map((some) => [`disputes ${some}`, (stripe: BookingBooks) => stripe.openDispute(some)] as [string, (stripe: BookingBooks) => void]),
    deed('asks', (stripe) => stripe.openDispute(undefined, true)),
    deed('won', (stripe) => stripe.closeDispute('won')),
    deed('lost', (stripe) => stripe.closeDispute('lost')),
    deed('overturned', (stripe) => stripe.overturn('dp_1')),
    deed('refund fails', (stripe) => stripe.refundFails()),
    part.map((some) => [`refunds ${some} elsewhere`, (stripe: BookingBooks) => stripe.refundElsewhere(some)] as [string, (stripe: BookingBooks) => void]),
  );
}; // prettier-ignore

const visitOf = (choices: BookingChoices): fc.Arbitrary<Visit[]> => {
  const instant = instantOf(choices);
  const word = fc
    .constantFrom(...bookingCommands)
    .chain((name) => fc.tuple(instant, fc.constant(name), bodyOf(name, instant, choices)))
    .map(([at, name, body]) => [says(at, name, body)]);
  const types = ['charge.updated', 'account.updated', 'radar.early_fraud_warning.created'];
  const hint = fc.tuple(instant, fc.constantFrom(...types)).map(([at, type]) => [hears(at, type)]);
  const deed = fc
    .tuple(instant, deedOf(choices), fc.integer({ min: 0, max: 60_000 }))
    .map(([at, [what, act], lateMs]) => [happens(at, what, act), hears(at + lateMs, what)]);
  return fc.oneof(
    { weight: 5, arbitrary: word },
    { weight: 1, arbitrary: hint },
    { weight: 4, arbitrary: deed },
  );
};

const mishapsOf = (...more: Mishap[]): fc.Arbitrary<Mishap[]> =>
  fc.array(fc.constantFrom<Mishap>('stuck', 'lost', { refused: 'no' }, { refused: 'no', final: true }, { refused: 'permission', final: true }, ...more), { maxLength: 3 }); // prettier-ignore
const silence = fc.array(fc.constant<Mishap>('stuck'), { maxLength: 2 });
const mishaps: fc.Arbitrary<Partial<Record<MoveType, Mishap[]>>> = fc.record(
  {
    openCheckout: mishapsOf(),
    expireCheckout: mishapsOf(),
    refund: mishapsOf(),
    transfer: mishapsOf('account_not_ready', 'funds_not_available'),
    reverse: mishapsOf(),
    advance: fc.array(fc.constantFrom<Mishap>('stuck', 'lost'), { maxLength: 2 }),
    closeDebt: fc.array(fc.constantFrom<Mishap>('stuck', 'lost'), { maxLength: 2 }),
    payOut: mishapsOf('funds_not_available', 'left_to_stripe'),
    bookCalendar: mishapsOf({ refused: 'not_found' }),
    moveCalendar: mishapsOf(),
    cancelCalendar: mishapsOf(),
    readPayment: silence,
    readCheckout: silence,
    readBalance: silence,
  },
  { requiredKeys: [] },
);

interface Life {
  readonly choices: BookingChoices;
  readonly isPaid: boolean;
  readonly readyAfterMs: number;
  readonly circumstances: Circumstances;
}

const lifeOf: fc.Arbitrary<Life> = choicesOf.chain((choices) =>
  fc.record({
    choices: fc.constant(choices),
    isPaid: fc.constantFrom(true, true, true, false),
    readyAfterMs: fc.constantFrom(0, 0, ms('P60D')),
    circumstances: fc.record({
      visits: fc.array(visitOf(choices), { maxLength: 14 }).map((visits) => visits.flat()),
      mishaps,
      moveMs: fc.constantFrom(0, 300, 1000),
    }),
  }),
);

/** At the end every bank decides, and an operator tries again what is parked until nothing is: every life ends. */
const ending = ({ startsAt = 0 }: BookingChoices): Visit[] =>
  Array.from({ length: 20 }, (_, i) => startsAt + ms(`P${240 + 10 * i}D`)).flatMap((at, i) => [
    happens(at, 'the bank decides', (stripe) => stripe.closeDispute(i % 2 === 0 ? 'lost' : 'won')),
    hears(at + 1, 'charge.dispute.closed'),
    says(at + 1000, 'retry', { reason: 'x' }),
  ]);

const lived = ({ choices, isPaid, readyAfterMs, circumstances }: Life): Promise<Run> => {
  const paying = isPaid
    ? [
        happens(openedAt + 60_000, 'pays', (stripe) => stripe.customerPays()),
        hears(openedAt + 61_000, 'paid'),
      ]
    : [];
  const bank = happens(openedAt + ms('P20D'), 'debit fails', (stripe) => stripe.debitFails());
  const visits = [...paying, ...(circumstances.visits ?? []), bank, ...ending(choices)];
  const account = new PayeeAccount();
  account.readyAt = openedAt + readyAfterMs;
  // Inputs come as JSON, so they have the prototypes of JSON.
  const input = JSON.parse(JSON.stringify(bookingInput(choices))) as BookingInput;
  return liveBooking(input, { ...circumstances, account, visits });
};

it('whatever happens, the books are true, and the provider has their share and no more, or owes the rest', async () => {
  await fc.assert(
    fc.asyncProperty(lifeOf, async (life) => {
      const run = await lived(life);
      assertSettled(run);
      const { money } = run.state.payment;
      const { fee, payee } = run.state.plan ?? { fee: 0, payee: 0 };
      expect(payeeHas(money)).toBeLessThanOrEqual(payee);
      // A refund that a person gave up leaves the platform what it had earned.
      if (run.facts.every(({ type }) => type !== 'skipped')) expect(money.feeEarned).toBeLessThanOrEqual(fee);
    }),
    { numRuns: 150 },
  );
});

it('the same facts always make the same booking, to the last line of its timeline', async () => {
  await fc.assert(
    fc.asyncProperty(lifeOf, async (life) => {
      const { facts, state } = await lived(life);
      const opened = bookingMachine.open(
        JSON.parse(JSON.stringify(bookingInput(life.choices))) as BookingInput,
      );
      const again = facts.reduce((before, fact) => after(bookingMachine, before, fact), opened);
      expect(again).toEqual(state);
    }),
    { numRuns: 100 },
  );
});
