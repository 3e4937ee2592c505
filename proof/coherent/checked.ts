import { casesOf } from './cases.ts';
import type { StripeFigures } from './figures.ts';
import { figuresOf } from './figures.ts';
import type { Run } from './run.ts';

/** How much was looked at. */
export interface Checked {
  readonly agreements: number;
  /** Objects at Stripe. */
  readonly objects: number;
  /** What Stripe has for all agreements together, in each currency. */
  readonly amounts: readonly (StripeFigures & { readonly currency: string })[];
}

/** Counts what a run holds, so that "no violation" says of how much. */
export function checkedIn(run: Run): Checked {
  const { paymentIntents, charges, refunds, transfers, payouts, disputes, checkoutSessions } = run.stripe;
  const objects = [paymentIntents, charges, refunds, transfers, payouts, disputes, checkoutSessions];
  const sums = new Map<string, StripeFigures>();
  for (const one of casesOf(run).cases) {
    const figures = figuresOf(one);
    const known = sums.get(one.currency);
    sums.set(one.currency, known === undefined ? figures : plus(known, figures));
  }
  return {
    agreements: run.store.agreements.length,
    objects: objects.reduce((count, list) => count + list.length, 0),
    amounts: [...sums].map(([currency, figures]) => ({ currency, ...figures })),
  };
}

const plus = (a: StripeFigures, b: StripeFigures): StripeFigures => ({
  authorized: a.authorized + b.authorized,
  captured: a.captured + b.captured,
  refunded: a.refunded + b.refunded,
  refundedElsewhere: a.refundedElsewhere + b.refundedElsewhere,
  transferred: a.transferred + b.transferred,
  reversed: a.reversed + b.reversed,
  disputed: a.disputed + b.disputed,
  paidOut: a.paidOut + b.paidOut,
});
