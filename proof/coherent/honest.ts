import type { Case } from './cases.ts';
import { broken, casesOf } from './cases.ts';
import { coherent } from './coherent.ts';
import type { Run, Violation } from './run.ts';

/** The same shape without any protection against being changed. */
export type Writable<T> = T extends string | number | boolean | null | undefined
  ? T
  : { -readonly [K in keyof T]: Writable<T[K]> };

/** What one side has of an agreement is edited; answers false where that side has nothing of the kind. */
type Slip = (one: Writable<Case>, run: Writable<Run>) => boolean;

/** A cent more, where there is anything. */
function more(record: object | null | undefined, name: string): boolean {
  const now = (record as Readonly<Record<string, number>> | null | undefined)?.[name] ?? 0;
  if (!record || now === 0) return false;
  Object.assign(record, { [name]: now + 1 });
  return true;
}

function gone(list: unknown[], item: unknown): boolean {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

/** Payouts of an account that lets nobody look are compared with nothing. */
const isRead = ({ payee }: Writable<Case>, { stripe }: Writable<Run>): boolean =>
  !stripe.unreadAccounts.includes(payee);

/** Edits of our own books and of Stripe's, as a bug, a hand at the database or a thief would make them. */
const slips: Readonly<Record<string, Slip>> = {
  'we have a cent more captured': ({ state }) => more(state.payment.money, 'captured'),
  'we have a cent more refunded': ({ state }) => more(state.payment.money, 'refunded'),
  'we have a cent more transferred': ({ state }) => more(state.payment.money, 'transferred'),
  'we have a cent more paid out': (one, run) => isRead(one, run) && more(one.state.payment.money, 'paidOut'),
  'a line of our ledger is a cent larger': ({ ledger: [line] }) => more(line, 'amount'),
  'a line of our ledger is gone': ({ ledger: [line] }, { store }) => gone(store.ledger, line),
  'an operation of ours is gone': ({ operations }, { store }) =>
    gone(
      store.operations,
      operations.find(({ result }) => result === 'effect'),
    ),
  'a row of our audit is gone': ({ audit }, { store }) =>
    gone(
      store.audit,
      audit.find(({ action }) => action === 'effect'),
    ),
  'our lists show another state': ({ row }) => {
    row.status = row.status === 'cancelled' ? 'completed' : 'cancelled';
    return true;
  },
  'a charge is a cent larger': ({ charge }) => more(charge, 'amount_captured'),
  'a refund is a cent larger': ({ refunds: [refund] }) => more(refund, 'amount'),
  'a transfer is a cent larger': ({ transfers: [made] }) => more(made?.transfer, 'amount'),
  'a payout is a cent larger': ({ payouts: [made] }) => more(made?.payout, 'amount'),
  'a refund is gone': ({ refunds: [refund] }, { stripe }) => gone(stripe.refunds, refund),
  'a transfer is gone': ({ transfers: [made] }, { stripe }) => gone(stripe.transfers, made),
  'a payout is gone': ({ payouts: [made] }, { stripe }) => gone(stripe.payouts, made),
};

/**
 * M20: where some agreements are edited on one side, those are named, each of them and nobody else. `known` are the
 * subjects that do not agree as it is; `choose` answers a number from 0 up to, and without, the one it is given.
 */
export function honest(
  run: Run,
  edits: number,
  choose: (below: number) => number,
  known: ReadonlySet<string> = new Set(),
): Violation[] {
  // What all agreements come to together differs with each of them, and says no more.
  const copy = structuredClone({ ...run, whole: false }) as Writable<Run>;
  const cases = casesOf(copy as Run).cases.filter(
    ({ workflowId }) => !known.has(workflowId),
  ) as Writable<Case>[];
  const edited = new Map<string, string>();
  while (edited.size < edits && cases.length > 0) {
    const [one] = cases.splice(choose(cases.length), 1);
    const what = one === undefined ? undefined : slip(one, copy, choose);
    if (one !== undefined && what !== undefined) edited.set(one.workflowId, what);
  }
  const named = new Set(coherent(copy as Run).map(({ subject }) => subject));
  const missed = [...edited].filter(([id]) => !named.has(id));
  const falsely = [...named].filter((subject) => !edited.has(subject) && !known.has(subject));
  const all = [...edited].map(([id, what]) => `${id}: ${what}`).join('; ');
  return [
    ...missed.map(([id, what]) => broken('M20', id, `nobody notices that ${what}`)),
    ...falsely.map((subject) => broken('M20', subject, `it is named where others were edited (${all})`)),
  ];
}

/** Edits this agreement in one of the ways there are; answers which, or undefined where none is possible. */
function slip(
  one: Writable<Case>,
  run: Writable<Run>,
  choose: (below: number) => number,
): string | undefined {
  const names = Object.keys(slips);
  const first = choose(names.length);
  return [...names.slice(first), ...names.slice(0, first)].find((name) => slips[name]?.(one, run));
}
