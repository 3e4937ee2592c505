import type { Resolution } from '../complaint/complaint.ts';
import type { Minor } from '../money.ts';
import { minor, shareOf, split, zero } from '../money.ts';
import { keptOf } from '../payment/books.ts';
import type { PaymentPlan } from '../payment/paying.ts';
import type { Plan, Price } from '../payment/plan.ts';
import { charged, nothing, tierCharge } from '../payment/plan.ts';
import { durationMs } from '../time.ts';
import type { Instant } from '../time.ts';
import type { BookingState, Party } from './booking.ts';
import { endsAt, isPaid } from './booking.ts';

// The one place that decides what a booking costs and when it is paid. Pure: the same facts always give the same plan.

/** What this booking's plans are reckoned from. */
export const priceOf = ({ input: { amount, currency, policy } }: BookingState): Price => {
  const { platformFeeBps: feeBps, belowMinimum } = policy.terms;
  return { amount, currency, feeBps, belowMinimum };
};

/** The window in which the money stays with the platform, or null while nothing is paid (B8). */
export function holdOf(state: BookingState): { readonly startedAt: Instant; readonly endsAt: Instant } | null {
  const { chargedAt } = state.payment;
  if (chargedAt === null) return null;
  const { anchor, for: length } = state.input.policy.terms.hold;
  const startedAt = anchor === 'payment' ? chargedAt : Math.max(chargedAt, endsAt(state));
  return { startedAt, endsAt: startedAt + durationMs(length) };
} // prettier-ignore

/** When the booking is settled by itself. */
export const settlesAt = (state: BookingState): Instant =>
  holdOf(state)?.endsAt ?? endsAt(state) + durationMs(state.input.policy.terms.hold.for);

/** The fate of a booking whose window is over, or of one whose session somebody missed. */
export function settle(state: BookingState): Plan {
  const { attendee, provider } = state.absent;
  const { noShow } = state.input.policy.terms;
  if (!attendee && !provider) return charged(priceOf(state), state.input.amount, 'Session held');
  const who = attendee && provider ? 'both' : attendee ? 'attendee' : 'provider';
  const reason = who === 'both' ? 'No-show by both parties' : `No-show by the ${who}`;
  return noShow[who] === 'capture' ? charged(priceOf(state), state.input.amount, reason) : nothing(reason);
}

/** What a cancellation costs: the attendee pays by the tiers, the provider and an admin cancel for free (B17). */
export function cancellation(state: BookingState, by: Party | 'admin', reason: string, at: Instant): Plan {
  const { cancelTiers } = state.input.policy.terms;
  const paysTier = by === 'attendee' && isPaid(state);
  const charge = paysTier ? tierCharge(priceOf(state), cancelTiers, state.startsAt - at) : zero;
  return { ...charged(priceOf(state), charge, reason), fate: 'cancelled', cancelledBy: by };
}

/**
 * The plan a resolved complaint leads to: the payee's side is the price, the rest goes back (B11). Of a cancelled booking
 * no more than its cancellation costs is anybody's.
 */
export function resolution(state: BookingState, { payeeSide, reason, by }: Resolution): Plan {
  const { plan } = state;
  if (plan?.fate === 'cancelled') {
    const { fate, cancelledBy } = plan;
    const kept = minor(Math.min(payeeSide, plan.charge));
    return { ...charged(priceOf(state), kept, plan.reason), fate, cancelledBy };
  }
  const why = `Dispute resolved: ${reason}`;
  return payeeSide === 0 ? nothing(why, by) : charged(priceOf(state), payeeSide, why);
}

/** The payee's share was sent, kept against an older debt or given up, or there was none and the platform booked its own. */
export const isDivided = ({ payment: { money, transferSkipped } }: BookingState): boolean =>
  money.transferred > 0 || money.netted > 0 || money.feeEarned > 0 || transferSkipped;

/** The plan as far as Stripe still has the money: what the bank took or somebody gave back cannot be divided. */
export function payable(state: BookingState, plan: Plan): PaymentPlan {
  const { payment, input } = state;
  const { feeBps, currency } = priceOf(state);
  const kept = minor(Math.max(0, keptOf(payment.money)));
  // A refund that a person gave up stays in the charge and is nobody's share.
  const divided = plan.fee + plan.payee > kept ? split(kept, feeBps, currency) : plan;
  const hold = holdOf(state);
  return {
    charge: minor(Math.min(plan.charge, kept)),
    fee: divided.fee,
    payee: divided.payee,
    reason: plan.reason,
    stripeAccount: input.provider.stripeAccount,
    nettable: (amount) => nettable(state, amount),
    ...(hold === null ? {} : { payFrom: hold.endsAt }),
  };
}

/** How much of a payment may be kept against older debts: a share of it at most, and never the last of it (B15). */
function nettable({ input: { currency, policy } }: BookingState, amount: Minor): Minor {
  const { capBps, floor } = policy.terms.debtNetting;
  return minor(Math.max(0, Math.min(shareOf(amount, capBps, currency), amount - floor)));
}
