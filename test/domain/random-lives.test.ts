import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lessonCommands } from '../../domain/lesson/commands.ts';
import type { LessonInput, LessonState } from '../../domain/lesson/lesson.ts';
import { after } from '../../domain/machine.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { currencyRule } from '../../domain/money.ts';
import { heldOf } from '../../domain/payment/books.ts';
import type { MoveType } from '../../domain/payment/moves.ts';
import { bookedAt, lessonInput, ms } from './lessons.ts';
import type { LessonChoices } from './lessons.ts';
import type { Deviation, StripeBooks } from './stripe-books.ts';
import type { Circumstances, Run, Visit } from './world.ts';
import { assertSettled, happens, hears, liveLesson, says } from './world.ts';

// Lives nobody would think of: random terms, prices, words, instants, webhooks, dashboards and failures of Stripe.
// The world checks the books after every fact; here is what must be true at the end. A failing seed is printed.

const party = fc.constantFrom('student', 'tutor');
const reason = fc.constant('x');
const bps = fc.constantFrom(0, 1, 333, 1000, 2000, 3333, 5000, 9999, 10_000);

const choicesOf: fc.Arbitrary<LessonChoices> = fc
  .record({
    currency: fc.constantFrom('usd', 'jpy', 'kwd', 'isk', 'gbp'),
    steps: fc.oneof(fc.nat(40), fc.nat(100_000)),
    aheadMs: fc.oneof(fc.integer({ min: 1, max: ms('PT3H') }), fc.integer({ min: 1, max: ms('P20D') })),
    lengthMs: fc.oneof(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: ms('PT5H') }), fc.constant(ms('P6D'))),
    paymentMethod: fc.constantFrom('pm_card_visa', 'pm_card_visa', null),
    platformFeeBps: bps,
    belowMinimum: fc.constantFrom('release' as const, 'charge_minimum' as const),
    earlyEnd: fc.oneof(
      fc.constant({ rule: 'full' as const }),
      fc.constant({ rule: 'pro_rata' as const, roundUpTo: 'PT0S' }),
      fc.record({ rule: fc.constant('minimum' as const), minimumBps: bps, roundUpTo: fc.constantFrom('PT1M', 'PT0.001S') }),
    ),
    noShow: fc.record({
      student: fc.constantFrom('capture' as const, 'release' as const),
      tutor: fc.constantFrom('capture' as const, 'release' as const),
      both: fc.constantFrom('capture' as const, 'release' as const),
    }),
    cancelTiers: fc.array(
      fc.record({ atLeastBeforeStart: fc.constantFrom('PT0S', 'PT1H', 'PT24H', 'P10D'), chargeBps: bps }),
      { maxLength: 3 },
    ),
    graceAfterEnd: fc.constantFrom('PT0S', 'PT15M', 'P1D'),
    dispute: fc.record({
      escalateAfter: fc.constantFrom('PT0S', 'P1D', 'P14D'),
      resolveAfter: fc.constantFrom('PT0S', 'P3D', 'P60D'),
      resolveAs: fc.constantFrom('refund' as const, 'release' as const),
    }),
    moneyTries: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ currency, steps, aheadMs, lengthMs, paymentMethod, ...terms }) => {
    const { minimum, step } = currencyRule(currency);
    const startsAt = bookedAt + aheadMs;
    return { currency, amount: minimum + steps * step, startsAt, endsAt: startsAt + lengthMs, paymentMethod, terms };
  }); // prettier-ignore

/** Instants cluster where it hurts: at the booking, the start, the end and the deadlines. */
const instantOf = ({ startsAt = 0, endsAt = 0 }: LessonChoices): fc.Arbitrary<number> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(bookedAt, startsAt, endsAt), fc.integer({ min: -1500, max: 1500 })).map(([at, by]) => at + by),
    fc.integer({ min: bookedAt, max: endsAt + ms('PT1H') }),
    fc.integer({ min: bookedAt, max: endsAt + ms('P70D') }),
  ); // prettier-ignore

function bodyOf(name: (typeof lessonCommands)[number], instant: fc.Arbitrary<number>, amount: number): fc.Arbitrary<unknown> {
  const some = fc.option(fc.integer({ min: 1, max: amount + 1 }), { nil: undefined });
  const at = fc.option(instant, { nil: undefined, freq: 2 });
  const by = fc.constantFrom('student', 'tutor', 'admin');
  switch (name) {
    case 'join':
    case 'callEnd':
    case 'end':
      return fc.record({ party, at });
    case 'cancel':
    case 'dispute':
      return fc.record({ by, reason, at });
    case 'reschedule':
      return fc.record({ startsAt: instant, endsAt: instant });
    case 'evidence':
      return fc.record({ by, statement: reason });
    case 'resolve':
      return fc.oneof(
        fc.record({ outcome: fc.constantFrom('release', 'refund'), reason }),
        fc.record({ outcome: fc.constant('split'), payeeBps: bps, reason }),
        fc.record({ outcome: fc.constant('split'), payeeAmount: fc.nat(amount + 1), reason }),
      );
    case 'capture':
    case 'refund':
      return fc.record({ reason, amount: some });
    default:
      return fc.record({ reason });
  }
} // prettier-ignore

const isHeld = (stripe: StripeBooks): boolean => stripe.intents[0]?.status === 'authorized';

/** What people and the bank do behind our back. */
const deedOf = ({ amount = 0, currency = 'usd' }: LessonChoices): fc.Arbitrary<(stripe: StripeBooks) => void> =>
  fc.oneof(
    fc.constant((stripe: StripeBooks) => {
      if (stripe.intents.length > 0 ? ['method', 'action', 'processing'].includes(stripe.intent.status) : stripe.card !== null) stripe.customerPays();
    }),
    fc.constant((stripe: StripeBooks) => {
      if (isHeld(stripe)) stripe.cancelElsewhere();
    }),
    fc.integer({ min: 1, max: amount / currencyRule(currency).step }).map((steps) => (stripe: StripeBooks) => {
      if (isHeld(stripe)) stripe.captureElsewhere(steps * currencyRule(currency).step);
    }),
  ); // prettier-ignore

const visitOf = (choices: LessonChoices): fc.Arbitrary<Visit[]> => {
  const instant = instantOf(choices);
  const word = fc
    .constantFrom(...lessonCommands)
    .chain((name) => fc.tuple(instant, fc.constant(name), bodyOf(name, instant, choices.amount ?? 0)))
    .map(([at, name, body]) => [says(at, name, body)]);
  const hint = fc
    .tuple(instant, fc.constantFrom('charge.captured', 'payment_intent.canceled', 'account.updated'))
    .map(([at, type]) => [hears(at, type)]);
  const deed = fc
    .tuple(instant, deedOf(choices), fc.boolean())
    .map(([at, act, heard]) => [
      happens(at, act),
      ...(heard ? [hears(at + 1, 'payment_intent.updated')] : []),
    ]);
  return fc.oneof(
    { weight: 6, arbitrary: word },
    { weight: 1, arbitrary: hint },
    { weight: 1, arbitrary: deed },
  );
};

const mishap = fc.constantFrom<Deviation>('stuck', 'lost', 'refused', 'refused_finally', 'not_permitted');
const mishaps = (...more: Deviation[]): fc.Arbitrary<Deviation[]> =>
  fc.array(more.length === 0 ? mishap : fc.oneof(mishap, fc.constantFrom(...more)), { maxLength: 3 });
const deviationsOf: fc.Arbitrary<Partial<Record<MoveType, Deviation[]>>> = fc.record(
  {
    createCustomer: mishaps(),
    saveCard: mishaps('declined', 'needs_action'),
    authorize: mishaps('declined', 'needs_action', 'processing'),
    capture: mishaps(),
    release: mishaps(),
    refund: mishaps(),
    transfer: mishaps(),
    payOut: mishaps('funds_not_available', 'left_to_stripe'),
    readPayment: fc.array(fc.constant<Deviation>('stuck'), { maxLength: 2 }),
    readCard: fc.array(fc.constant<Deviation>('stuck'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

interface Life {
  readonly choices: LessonChoices;
  readonly circumstances: Circumstances;
}

const lifeOf: fc.Arbitrary<Life> = choicesOf.chain((choices) =>
  fc.record({
    choices: fc.constant(choices),
    circumstances: fc.record({
      visits: fc.array(visitOf(choices), { maxLength: 14 }).map((visits) => visits.flat()),
      deviations: deviationsOf,
      accountReadyAt: fc.constantFrom(0, 0, (choices.endsAt ?? 0) + ms('P8D')),
      moveMs: fc.constantFrom(0, 300, 1000),
    }),
  }),
);

/** An operator who comes back every ten days and tries again what is parked: every life ends. */
const operator = ({ endsAt = 0 }: LessonChoices): Visit[] =>
  Array.from({ length: 30 }, (_, i) => says(endsAt + ms(`P${80 + 10 * i}D`), 'retry', { reason: 'x' }));

const lived = ({ choices, circumstances }: Life): Promise<Run> => {
  const visits = [...(circumstances.visits ?? []), ...operator(choices)];
  // Inputs come as JSON, so they have the prototypes of JSON.
  return liveLesson(JSON.parse(JSON.stringify(lessonInput(choices))) as LessonInput, {
    ...circumstances,
    visits,
  });
};

const replayed = ({ facts, state }: Run): LessonState =>
  facts.reduce((before, fact) => after(lessonMachine, before, fact), lessonMachine.open(state.input));

it('whatever happens, the books are true, the hold has one fate and the tutor is paid at most once', async () => {
  await fc.assert(
    fc.asyncProperty(lifeOf, async (life) => {
      const run = await lived(life);
      assertSettled(run);
      const { money } = run.state.payment;
      const price = life.choices.amount ?? 0;
      expect(money.captured - money.refunded).toBeLessThanOrEqual(price);
      expect(money.released + money.refunded + money.feeEarned + money.transferred + heldOf(money)).toBe(money.authorized);
    }),
    { numRuns: 1_500 },
  );
}); // prettier-ignore

it('the same facts always make the same lesson, to the last line of its timeline', async () => {
  await fc.assert(
    fc.asyncProperty(lifeOf, async (life) => {
      const run = await lived(life);
      expect(replayed(run)).toEqual(run.state);
    }),
    { numRuns: 100 },
  );
});
