import { currencyRule } from '../../domain/money.ts';
import type { CancelTier, DisputePolicy } from '../../domain/policy.ts';
import { durationMs } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';
import type { Draw } from './chance.ts';
import type { Act } from './plan.ts';

/** Shares where rounding hurts, and the ends. */
export const someBps = [0, 1, 333, 1000, 2000, 3333, 5000, 9999, 10_000] as const;

/** A price: near the smallest that Stripe charges, where rules about small amounts bite, or anywhere. */
export function moneyOf(draw: Draw): { currency: string; amount: number } {
  const currency = draw.oneOf(['usd', 'usd', 'usd', 'usd', 'eur', 'jpy', 'kwd', 'isk']);
  const { minimum, step } = currencyRule(currency);
  const steps = draw.happens(0.3) ? draw.whole(0, 60) : draw.whole(0, 20_000);
  return { currency, amount: minimum + steps * step };
}

export const tiersOf = (draw: Draw): CancelTier[] =>
  (['PT0S', 'PT1H', 'PT24H', 'P10D'] as const)
    .filter(() => draw.happens(0.5))
    .map((atLeastBeforeStart) => ({ atLeastBeforeStart, chargeBps: draw.oneOf(someBps) }));

export const complaintTerms = (draw: Draw): DisputePolicy => ({
  escalateAfter: draw.oneOf(['PT0S', 'P1D', 'P14D']),
  resolveAfter: draw.oneOf(['PT0S', 'P3D', 'P20D']),
  resolveAs: draw.oneOf(['refund', 'release']),
});

/** An instant where it hurts: about one of these, or anywhere until the last. */
export function around(draw: Draw, instants: readonly [Instant, ...Instant[]], last: Instant): Instant {
  if (draw.happens(0.6)) return draw.oneOf(instants) + draw.whole(-1_500, 90_000);
  return instants[0] + Math.floor(draw.next() * (last - instants[0]));
}

/** One order of an operator. */
export function operatorAct(
  draw: Draw,
  at: Instant,
  currency: string,
  price: number,
  add: (at: Instant, who: string, deed: Act['deed']) => void,
  names: readonly [string, ...string[]],
): void {
  const name = draw.oneOf(names);
  const { step } = currencyRule(currency);
  const some = step * draw.whole(1, Math.floor(price / step));
  const takesAmount = name === 'refund' || name === 'capture';
  const amount = takesAmount && draw.happens(0.5) ? { amount: some } : {};
  add(at, 'admin', {
    kind: 'says',
    name,
    body: { reason: 'x', ...amount },
    clicks: draw.happens(0.2) ? 2 : 1,
  });
}

/** What an admin decides about a complaint. */
export const resolution = (draw: Draw): object =>
  draw.oneOf([
    { outcome: 'release', reason: 'x' },
    { outcome: 'refund', reason: 'x' },
    { outcome: 'split', payeeBps: draw.oneOf(someBps), reason: 'x' },
  ]);

/** The payer's bank accuses, and decides some time later. */
export function accuse(
  draw: Draw,
  at: Instant,
  add: (at: Instant, who: string, deed: Act['deed']) => void,
): void {
  const isInquiry = draw.happens(0.25);
  add(at, 'bank', {
    kind: 'accuses',
    share: draw.oneOf([1, 1, draw.next()]),
    isInquiry,
    withdraws: draw.happens(0.8),
    canAnswer: draw.happens(0.85),
  });
  const decidesAt = at + draw.whole(1_000, durationMs('P12D'));
  if (isInquiry && draw.happens(0.4)) add(decidesAt - 1, 'bank', { kind: 'rules', verdict: 'escalate' });
  if (draw.happens(0.8)) {
    const verdict = draw.oneOf(['win', 'lose', 'close'] as const);
    add(decidesAt, 'bank', { kind: 'rules', verdict });
  }
}
