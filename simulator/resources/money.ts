import type { World } from '../core/world.ts';
import { invalidParameter } from '../http/refusal.ts';

/** Stripe's smallest charges per settlement currency, in minor units (docs.stripe.com/currencies); others are not checked. */
const minimums: Record<string, number> = {
  usd: 50, eur: 50, cad: 50, aud: 50, chf: 50, nzd: 50, sgd: 50, inr: 50, brl: 50, gbp: 30, jpy: 50, mxn: 1000, hkd: 400,
  dkk: 250, nok: 300, sek: 300, pln: 200, ron: 200, aed: 200, myr: 200, czk: 1500, huf: 17500, thb: 1000,
}; // prettier-ignore

const threeDecimals = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);

/** Refuses an amount that Stripe would not charge. */
export const assertChargeable = (amount: number, currency: string): void => {
  const minimum = minimums[currency];
  if (minimum !== undefined && amount < minimum)
    throw invalidParameter(
      'amount_too_small',
      `Amount must be at least ${minimum} in minor units of ${currency}.`,
      'amount',
    );
  if (threeDecimals.has(currency) && amount % 10 !== 0)
    throw invalidParameter(
      'parameter_invalid_integer',
      'Amounts in three-decimal currencies must end in 0.',
      'amount',
    );
};

/** Reads a currency code the way Stripe does: three letters, any case, kept in lower case. */
export const currencyOf = (written: string): string => {
  const currency = written.toLowerCase();
  if (!/^[a-z]{3}$/.test(currency))
    throw invalidParameter('parameter_invalid', `Invalid currency: ${written}.`, 'currency');
  return currency;
};

/** What Stripe itself keeps of a charge; nothing unless the fees were set. */
export const feeOn = (world: World, amount: number): number => {
  const bps = Number(world.tables.marks.get('fee_bps')?.value ?? 0);
  const fixed = Number(world.tables.marks.get('fee_fixed')?.value ?? 0);
  return bps === 0 && fixed === 0 ? 0 : Math.min(amount, Math.round((amount * bps) / 10_000) + fixed);
};

/** Metadata after an update: named keys change, empty ones go, an empty whole clears all. */
export const mergeMetadata = (
  current: Record<string, string> | null,
  changes: Record<string, string> | null | undefined,
): Record<string, string> => {
  if (changes === undefined) return current ?? {};
  if (changes === null) return {};
  return Object.fromEntries(Object.entries({ ...current, ...changes }).filter(([, value]) => value !== ''));
};

export const daySeconds = 86_400;
