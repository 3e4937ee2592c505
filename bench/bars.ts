import type { LessonCost } from './happy-lesson.ts';

/** One counter, what it came to and what it may come to. */
export interface Verdict {
  readonly counter: string;
  readonly value: string;
  readonly bar: string;
  readonly holds: boolean;
}

/** A counter's value against the most it may be; `least` where less would be wrong too. */
const atMost = (counter: string, value: number, most: number, least = 0): Verdict => ({
  counter,
  value: String(value),
  bar: least === most ? `= ${most}` : `<= ${most}`,
  holds: value <= most && value >= least,
});

/** Four activities and two answered commands carry the whole state, some 3 KB each; a state that swells is seen here. */
const historyBytesAtMost = 24 * 1024;

/** What a happy lesson may cost. `echoed` is one whose webhooks came while it was lived. */
export function verdicts(cost: LessonCost, echoed: LessonCost): Verdict[] {
  const isPayout = ({ path }: { path: string }): boolean => path === '/v1/payouts';
  const rows = Object.entries(cost.auditRows);
  return [
    atMost('history events', cost.events, 50),
    atMost('billable actions', cost.actions, 13),
    atMost('Stripe writes for the payment', cost.stripeWrites.filter((one) => !isPayout(one)).length, 3, 3),
    atMost('Stripe writes for the payout', cost.stripeWrites.filter(isPayout).length, 1, 1),
    atMost('Stripe reads', cost.stripeReads.length, 1),
    atMost('committed transactions', cost.transactions, 10),
    {
      counter: 'audit rows per money effect',
      value: rows.map(([operation, count]) => `${operation} ${count}`).join(', '),
      bar: '= 2 each',
      holds: rows.length === 4 && rows.every(([, count]) => count === 2),
    },
    atMost('signals from our own echoes', echoed.signals, 0, 0),
    atMost('history bytes', cost.historyBytes, historyBytesAtMost),
  ];
}
