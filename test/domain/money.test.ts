import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chargeProblem,
  currencies,
  largestAmount,
  minor,
  portion,
  shareOf,
  split,
} from '../../domain/money.ts';
import { book, heldOf, ledgerLines, moneyProblem, noMoney } from '../../domain/payment/books.ts';
import type { Money } from '../../domain/payment/books.ts';

const currencyOf = fc.constantFrom(...Object.keys(currencies));
const stepOf = (currency: string): number => currencies[currency]?.step ?? 0;
const bpsOf = fc.integer({ min: 0, max: 10_000 });
/** An amount Stripe takes in the currency. */
const priceOf = currencyOf.chain((currency) => {
  const { minimum, step } = currencies[currency] ?? { minimum: 1, step: 1 };
  const most = Math.floor(largestAmount / step);
  return fc
    .integer({ min: minimum / step, max: most })
    .map((steps) => ({ currency, amount: minor(steps * step) }));
});

describe('dividing a price', () => {
  it('fee and payee’s part sum to the price in every currency, and both are amounts Stripe can move', () => {
    fc.assert(
      fc.property(priceOf, bpsOf, ({ currency, amount }, feeBps) => {
        const { charge, fee, payee } = split(amount, feeBps, currency);
        expect(charge).toBe(amount);
        expect(fee + payee).toBe(amount);
        expect([fee % stepOf(currency), payee % stepOf(currency)]).toEqual([0, 0]);
        expect(Math.abs(fee - (amount * feeBps) / 10_000)).toBeLessThanOrEqual(stepOf(currency) / 2);
      }),
    );
  });
  it('a longer time or a larger price never costs less', () => {
    fc.assert(
      fc.property(priceOf, fc.nat(1e9), fc.nat(1e9), fc.integer({ min: 1, max: 1e9 }), ({ currency, amount }, one, other, whole) => {
        const [a, b] = [one % (whole + 1), other % (whole + 1)];
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(portion(amount, less, whole, currency)).toBeLessThanOrEqual(portion(amount, more, whole, currency));
        const smaller = minor(amount - stepOf(currency));
        expect(portion(smaller, a, whole, currency)).toBeLessThanOrEqual(portion(amount, a, whole, currency));
      }),
    );
  }); // prettier-ignore
  it('the whole time costs the whole price and no time nothing', () => {
    fc.assert(
      fc.property(priceOf, fc.integer({ min: 1, max: 1e9 }), ({ currency, amount }, whole) => {
        expect(portion(amount, whole, whole, currency)).toBe(amount);
        expect(portion(amount, 0, whole, currency)).toBe(0);
      }),
    );
  });
  it.each([
    [450, 2000, 'usd', 90],
    [4999, 3333, 'usd', 1666],
    [1666, 1000, 'usd', 167],
    [25, 5000, 'usd', 13],
    [999, 1500, 'jpy', 150],
    [12_340, 1250, 'kwd', 1540],
    [12_350, 2000, 'isk', 2500],
    [50_000, 333, 'isk', 1700],
  ])('%i at %i bps in %s is %i', (amount, bps, currency, share) => {
    expect(shareOf(minor(amount), bps, currency)).toBe(share);
  });
  it('half a step is rounded up, less than half down', () => {
    expect(portion(minor(1), 1, 2, 'usd')).toBe(1);
    expect(portion(minor(1), 499, 1000, 'usd')).toBe(0);
    expect(portion(minor(100), 1, 2, 'isk')).toBe(100);
    expect(portion(minor(100), 49, 100, 'isk')).toBe(0);
  });
  it('the largest amount Stripe takes is divided without a rounding error of floats', () => {
    expect(portion(minor(largestAmount), 9_007_199_254_740_990, 9_007_199_254_740_991, 'usd')).toBe(
      largestAmount,
    );
  });
});

it('an amount is a whole number of minor units and never negative', () => {
  for (const value of [-1, 0.5, Number.NaN, Infinity, 2 ** 53])
    expect(() => minor(value)).toThrow('no amount');
  expect(minor(0)).toBe(0);
});

it.each([
  [50, 'usd', null],
  [49, 'usd', 'must be at least 50 usd, the least Stripe charges'],
  [205, 'kwd', 'must be a multiple of 10 in kwd'],
  [7050, 'isk', 'must be a multiple of 100 in isk'],
  [largestAmount + 1, 'usd', 'must be at most 99999999'],
  [0, 'jpy', 'must be a positive integer in minor units'],
])('a charge of %i %s: %s', (amount, currency, problem) => {
  expect(chargeProblem(amount, currency)).toBe(problem);
});

it.each(['xxx', 'USD', '__proto__', 'constructor', ''])('"%s" is no currency of ours', (currency) => {
  expect(() => chargeProblem(100, currency)).toThrow('not supported');
});

const moneyOf = fc.record(Object.fromEntries(Object.keys(noMoney).map((name) => [name, fc.integer({ min: -5, max: 50 })]))) as fc.Arbitrary<Record<keyof Money, number>>; // prettier-ignore

describe('the books', () => {
  it('whatever is booked, the identity holds: what came in is what went out and what is held', () => {
    fc.assert(
      fc.property(fc.array(moneyOf, { maxLength: 6 }), (tries) => {
        let money = noMoney;
        for (const changes of tries) {
          const before = money;
          try {
            money = book(money, changes);
          } catch {
            continue;
          }
          expect(moneyProblem(money)).toBeNull();
          const { feeEarned, transferred, reversed, netted, refunded, disputed, captured, advanced } = money;
          expect(captured + advanced).toBe(feeEarned + (transferred - reversed) + netted + refunded + disputed + heldOf(money)); // prettier-ignore
          expect(ledgerLines(before, money).reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
        }
      }),
    );
  });
  it.each<[Partial<Record<keyof Money, number>>, string]>([
    [{ captured: 1 }, 'captured 1 of 0'],
    [{ authorized: 5, captured: 5, released: 1 }, 'captured and released'],
    [{ authorized: 5, captured: 5, transferred: 4, feeEarned: 2 }, 'more left the platform than came in'],
    [{ authorized: 5, captured: 5, refunded: 6 }, 'more left the platform than came in'],
    [{ authorized: 5, captured: 5, reversed: 1 }, 'reversed 1 of 0'],
    [{ authorized: 5, captured: 5, paidOut: 1 }, 'paid out 1 of 0'],
    [{ authorized: -1 }, 'no amount'],
  ])('books of %j are refused', (changes, why) => {
    expect(() => book(noMoney, changes)).toThrow(why);
  });
});
