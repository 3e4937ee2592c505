import { total } from './grouped.ts';
import type { Case } from './cases.ts';
import { operationOn } from './ownership.ts';

/** What happened to the money of one agreement, reckoned from Stripe's objects alone. */
export interface StripeFigures {
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  /** Of `refunded`: made by somebody else, such as a person in Stripe's dashboard. */
  readonly refundedElsewhere: number;
  readonly transferred: number;
  readonly reversed: number;
  /** Taken by the bank and not given back; its fee is not in it. */
  readonly disputed: number;
  readonly paidOut: number;
}

/** Adds up what Stripe has for an agreement. */
export function figuresOf({ charges, refunds, transfers, disputes, payouts }: Case): StripeFigures {
  const good = charges.filter(({ status }) => status === 'succeeded');
  const taken = disputes.map((one) => -total(one.balance_transactions.map(({ amount }) => amount)));
  return {
    authorized: total(good.map(({ amount }) => amount)),
    captured: total(good.map((one) => one.amount_captured)),
    refunded: total(refunds.map(({ amount }) => amount)),
    refundedElsewhere: total(refunds.filter((one) => operationOn(one) === null).map(({ amount }) => amount)),
    transferred: total(transfers.map(({ transfer }) => transfer.amount)),
    reversed: total(transfers.map(({ transfer }) => transfer.amount_reversed)),
    disputed: total(taken.map((amount) => Math.max(0, amount))),
    paidOut: total(payouts.map(({ payout }) => payout.amount)),
  };
}

/** A person gave a step up: what was to move by it stays where it is. */
export const isGivenUp = ({ state }: Case): boolean =>
  state.payment.transferSkipped || state.story.some(({ what }) => what === 'Step skipped');
