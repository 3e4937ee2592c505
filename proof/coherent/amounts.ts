import { currencyRule } from '../../domain/money.ts';
import { durationMs } from '../../domain/time.ts';

// The arithmetic of spec.md and http.md 8, written a second time: what the house computes is never asked here.

/** `amount * part / whole` to the currency's step, half up. */
export function proportion(amount: number, part: number, whole: number, currency: string): number {
  const step = BigInt(currencyRule(currency).step);
  const doubled = (BigInt(amount) * BigInt(part) * 2n) / (BigInt(whole) * step);
  const isHalfOrMore = doubled % 2n === 1n;
  return Number((doubled / 2n + (isHalfOrMore ? 1n : 0n)) * step);
}

/** A share in basis points. */
export const bps = (amount: number, share: number, currency: string): number =>
  proportion(amount, share, 10_000, currency);

/** The platform's fee and the payee's share of what is kept of a charge; the remainder is the payee's. */
export function sharesOf(kept: number, feeBps: number, currency: string): { fee: number; payee: number } {
  const fee = bps(kept, feeBps, currency);
  return { fee, payee: kept - fee };
}

/** A charge that Stripe would find too small is let go, or raised to the least it takes. */
export function chargeable(
  wanted: number,
  terms: { readonly price: number; readonly currency: string; readonly belowMinimum: string },
): number {
  const least = Math.min(terms.price, currencyRule(terms.currency).minimum);
  if (wanted <= 0 || wanted >= least) return wanted;
  return terms.belowMinimum === 'charge_minimum' ? least : 0;
}

/** What a payer who cancels this long before the start pays: the tier with the most time that is still met. */
export function tierOf(
  tiers: readonly { readonly atLeastBeforeStart: string; readonly chargeBps: number }[],
  aheadMs: number,
): number {
  let best: { readonly ms: number; readonly chargeBps: number } | null = null;
  for (const { atLeastBeforeStart, chargeBps } of tiers) {
    const ms = durationMs(atLeastBeforeStart);
    if (aheadMs >= ms && (best === null || ms > best.ms)) best = { ms, chargeBps };
  }
  return best?.chargeBps ?? 0;
}

/** An amount as messages show it. */
export const shown = (amount: number, currency: string): string => `${amount} ${currency}`;
