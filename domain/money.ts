import { AppError, invariant } from './errors.ts';

declare const minorBrand: unique symbol;

/** An amount in minor units of its currency (cents, yen, fils): a safe integer, never a float. */
export type Minor = number & { readonly [minorBrand]: 'Minor' };

/** The only door through which a number becomes an amount. Throws where it is no safe integer >= 0. */
export function minor(value: number): Minor {
  invariant(Number.isSafeInteger(value) && value >= 0, `${value} is no amount in minor units`);
  return value as Minor;
}

export const zero: Minor = minor(0);

export const minus = (a: Minor, b: Minor): Minor => minor(a - b);

/** What Stripe demands of amounts in one currency; all numbers are minor units. */
export interface CurrencyRule {
  /** The smallest charge Stripe takes (stripe-rules J2). */
  readonly minimum: number;
  /** Amounts must be multiples of this (J1: three-decimal currencies end in 0, ISK and UGX in 00). */
  readonly step: number;
}

const rule = (minimum: number, step = 1): CurrencyRule => ({ minimum, step });

/**
 * Every currency we take. Minimums are Stripe's published ones at the time of writing and are data: a charge
 * that Stripe finds too small after conversion is still refused by Stripe itself (amount_too_small).
 */
export const currencies: Readonly<Record<string, CurrencyRule>> = {
  usd: rule(50), eur: rule(50), cad: rule(50), aud: rule(50), chf: rule(50), nzd: rule(50), sgd: rule(50),
  inr: rule(50), brl: rule(50), gbp: rule(30), jpy: rule(50), mxn: rule(1000), hkd: rule(400), dkk: rule(250),
  nok: rule(300), sek: rule(300), pln: rule(200), ron: rule(200), aed: rule(200), myr: rule(200),
  czk: rule(1500), huf: rule(17_500), thb: rule(1000), twd: rule(1500), zar: rule(1000), ils: rule(200),
  isk: rule(7_000, 100), ugx: rule(200_000, 100), krw: rule(700), vnd: rule(13_000), clp: rule(500),
  xaf: rule(300), xof: rule(300), xpf: rule(60), pyg: rule(4000), rwf: rule(700), bif: rule(1500),
  djf: rule(100), gnf: rule(4500), kmf: rule(250), mga: rule(2500), vuv: rule(60),
  bhd: rule(200, 10), jod: rule(400, 10), kwd: rule(200, 10), omr: rule(200, 10), tnd: rule(1600, 10),
}; // prettier-ignore

/** Stripe takes at most eight digits (stripe-rules A12). */
export const largestAmount = 99_999_999;

/** The rule of a currency; throws `invalid` for one we do not take. */
export function currencyRule(currency: string): CurrencyRule {
  const found = Object.hasOwn(currencies, currency) ? currencies[currency] : undefined;
  if (found === undefined) throw new AppError('invalid', `Currency "${currency}" is not supported`);
  return found;
}

/** Why Stripe would refuse to charge this amount, in words for the caller, or null where it is fine. */
export function chargeProblem(amount: number, currency: string): string | null {
  const { minimum, step } = currencyRule(currency);
  if (!Number.isSafeInteger(amount) || amount <= 0) return 'must be a positive integer in minor units';
  if (amount > largestAmount) return `must be at most ${largestAmount}`;
  if (amount < minimum) return `must be at least ${minimum} ${currency}, the least Stripe charges`;
  if (amount % step !== 0) return `must be a multiple of ${step} in ${currency}`;
  return null;
}

/**
 * `amount * numerator / denominator`, rounded half up to the currency's step. The one rounding rule of the
 * house: shares in basis points and minutes of a lesson both go through it.
 */
export function portion(amount: Minor, numerator: number, denominator: number, currency: string): Minor {
  invariant(Number.isSafeInteger(numerator) && numerator >= 0, 'a portion has a whole numerator >= 0');
  invariant(Number.isSafeInteger(denominator) && denominator > 0, 'a portion has a whole denominator > 0');
  const step = BigInt(currencyRule(currency).step);
  const top = BigInt(amount) * BigInt(numerator);
  const bottom = BigInt(denominator) * step;
  const steps = (2n * top + bottom) / (2n * bottom);
  return minor(Number(steps * step));
}

const wholeBps = 10_000;

/** A share in basis points, rounded half up. */
export const shareOf = (amount: Minor, bps: number, currency: string): Minor =>
  portion(amount, bps, wholeBps, currency);

/** How a charge is divided: the platform's fee is rounded half up and the remainder is the payee's, so both sum to it. */
export interface Split {
  readonly charge: Minor;
  readonly fee: Minor;
  readonly payee: Minor;
}

/** Divides a charge between platform and payee. Tie-break: the fee is rounded, the payee takes the remainder. */
export function split(charge: Minor, feeBps: number, currency: string): Split {
  const fee = shareOf(charge, feeBps, currency);
  return { charge, fee, payee: minus(charge, fee) };
}
