import type { Fact, StoryLine } from '../machine.ts';
import { lineOf } from '../machine.ts';
import type { Minor } from '../money.ts';
import { currencyRule, minor, shareOf, split, zero } from '../money.ts';
import type { CancelTier } from '../policy.ts';
import { durationMs } from '../time.ts';

/** The fate of an agreement's money, decided once: how much is charged, how it is divided and under which clause. */
export interface Plan {
  readonly charge: Minor;
  readonly fee: Minor;
  readonly payee: Minor;
  readonly fate: 'completed' | 'cancelled';
  readonly cancelledBy: string | null;
  readonly reason: string;
}

/** From here on the money goes by this plan. */
export interface Decided extends Fact {
  readonly type: 'decided';
  readonly plan: Plan;
  readonly by: string;
}

/** The line a person reads about it. */
export const decidedLine = (fact: Decided): StoryLine => {
  const { fate, reason, charge } = fact.plan;
  return lineOf(fact, fate === 'cancelled' ? 'Cancelled' : 'Settlement decided', fact.by, reason, charge);
};

/** What every plan is reckoned from. */
export interface Price {
  readonly amount: Minor;
  readonly currency: string;
  readonly feeBps: number;
  /** What happens to a charge that came out below what Stripe can charge. */
  readonly belowMinimum: 'release' | 'charge_minimum';
}

/** A charge of this much, divided by the policy; below Stripe's minimum the policy's rule decides. */
export function charged({ amount, currency, feeBps, belowMinimum }: Price, charge: Minor, reason: string): Plan {
  const least = Math.min(currencyRule(currency).minimum, amount);
  const tooSmall = charge > 0 && charge < least;
  const chargeable = tooSmall ? (belowMinimum === 'release' ? zero : minor(least)) : charge;
  return { ...split(chargeable, feeBps, currency), fate: 'completed', cancelledBy: null, reason };
} // prettier-ignore

/** Nothing is charged and the agreement counts as cancelled: the hold is released, or what was captured goes back. */
export const nothing = (reason: string, cancelledBy = 'system'): Plan => ({
  charge: zero,
  fee: zero,
  payee: zero,
  fate: 'cancelled',
  cancelledBy,
  reason,
});

/** The plan for an amount that Stripe already captured: its truth stands and is divided by the same policy. */
export const adopted = ({ feeBps, currency }: Price, plan: Plan, captured: Minor): Plan => ({
  ...plan,
  ...split(captured, feeBps, currency),
});

/** What a cancellation by the payer costs with this much time left before the start (L13, B17). */
export function tierCharge({ amount, currency }: Price, tiers: readonly CancelTier[], aheadMs: number): Minor {
  const tier = [...tiers]
    .sort((a, b) => durationMs(b.atLeastBeforeStart) - durationMs(a.atLeastBeforeStart))
    .find(({ atLeastBeforeStart }) => aheadMs >= durationMs(atLeastBeforeStart));
  return shareOf(amount, tier?.chargeBps ?? 0, currency);
} // prettier-ignore
