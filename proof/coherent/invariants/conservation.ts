import { debtOf, heldOf } from '../../../domain/payment/books.ts';
import type { Money } from '../../../domain/payment/books.ts';
import type { Recovery } from '../../../store/facts.ts';
import { shown } from '../amounts.ts';
import type { Case, Cases, Invariant } from '../cases.ts';
import { broken } from '../cases.ts';
import { figuresOf } from '../figures.ts';
import { grouped, total } from '../grouped.ts';
import { idOf } from '../ownership.ts';
import type { Violation } from '../run.ts';

/** M3: no cent is made or lost: not in an agreement's books, its ledger, Stripe's balance or the payees' debts. */
export const conservation: Invariant = (all) => {
  const recovered = grouped(all.run.store.recoveries, ({ operationKey }) => operationKey);
  return [
    ...all.cases.flatMap((one) => [...identity(one), ...ledger(one), ...netted(one, recovered)]),
    ...movements(all),
    ...balance(all),
    ...debts(all),
  ];
};

const m3 = (subject: string, what: string): Violation => broken('M3', subject, what);

/** captured + advanced = feeEarned + (transferred - reversed) + netted + refunded + disputed + held, each of them >= 0. */
function identity({ workflowId, state, currency }: Case): Violation[] {
  const { money } = state.payment;
  const below = Object.entries(money).filter(([, amount]) => !Number.isSafeInteger(amount) || amount < 0);
  const found = below.map(([name, amount]) =>
    m3(workflowId, `${name} is ${shown(Number(amount), currency)}`),
  );
  const held = heldOf(money);
  if (held >= 0) return found;
  const came = `${money.captured} captured and ${money.advanced} laid out`;
  return [...found, m3(workflowId, `${shown(-held, currency)} more left than came in (${came})`)];
}

/** What each account of the ledger must hold, by the figures of the agreement. */
const accountsOf = (money: Money): Readonly<Record<string, number>> => ({
  charges: 0 - money.captured,
  advances: 0 - money.advanced,
  platform_held: heldOf(money),
  platform_fees: money.feeEarned,
  payee_balance: money.transferred - money.reversed - money.paidOut,
  payee_bank: money.paidOut,
  netted_debt: money.netted,
  refunds: money.refunded,
  disputes: money.disputed,
});

function ledger({ workflowId, ledger: lines, state, currency, isStill }: Case): Violation[] {
  const found: Violation[] = [];
  for (const [key, own] of grouped(lines, ({ operationKey }) => operationKey)) {
    const sum = total(own.map(({ amount }) => amount));
    if (sum !== 0) found.push(m3(workflowId, `the lines of ${key} sum to ${shown(sum, currency)}, not to zero`));
  }
  const foreign = lines.filter((line) => line.currency !== currency);
  found.push(...foreign.map(({ id }) => m3(workflowId, `${id} is not in ${currency}`)));
  const { payment, performing } = state;
  // While a move is under way its outcome may be booked before the story has heard of it.
  if (!isStill && (performing !== null || payment.unresolved !== null || payment.stale)) return found;
  const booked = grouped(lines, ({ account }) => account);
  for (const [account, due] of Object.entries(accountsOf(payment.money))) {
    const has = total((booked.get(account) ?? []).map(({ amount }) => amount));
    if (has !== due) found.push(m3(workflowId, `the ledger has ${shown(has, currency)} in ${account}, the books ${due}`));
  }
  return found;
} // prettier-ignore

/** What an agreement kept of its payee's money is what its operations took for older debts. */
function netted({ workflowId, operations, state, currency, isStill }: Case, recovered: ReadonlyMap<string, readonly Recovery[]>): Violation[] {
  if (!isStill) return [];
  const done = operations.filter(({ result }) => result === 'effect');
  const kept = total(done.flatMap(({ key }) => (recovered.get(key) ?? []).map(({ amount }) => amount)));
  const { netted: told } = state.payment.money;
  if (kept === told) return [];
  return [m3(workflowId, `${shown(told, currency)} is netted, ${kept} was recovered of older debts`)];
} // prettier-ignore

/** The platform's balance moved by captured - refunded - transferred + reversed - withdrawn + reinstated, to the cent. */
function movements({ run, cases, ownerOf }: Cases): Violation[] {
  const lines = run.stripe.balanceTransactions;
  if (lines === null) return [];
  const moved = grouped(lines, (line) => ownerOf(idOf(line.source) ?? ''));
  return cases.flatMap((one) => {
    const own = moved.get(one.workflowId) ?? [];
    if (own.some(({ currency }) => currency !== one.currency)) return [];
    const { captured, transferred, reversed, disputed } = figuresOf(one);
    const refunded = total(one.refunds.filter((refund) => refund.balance_transaction !== null).map(({ amount }) => amount));
    const due = captured - refunded - transferred + reversed - disputed;
    const has = total(own.map(({ amount }) => amount));
    if (has === due) return [];
    const parts = `${captured} captured, ${refunded} refunded, ${transferred - reversed} with the payee, ${disputed} disputed`;
    return [m3(one.workflowId, `Stripe's balance moved by ${shown(has, one.currency)}, its objects say ${due} (${parts})`)];
  });
} // prettier-ignore

/** Every movement, whoever's, adds up to what lies on the platform. */
function balance({ run }: Cases): Violation[] {
  const { balanceTransactions: lines, platformBalance } = run.stripe;
  if (!run.whole || lines === null || platformBalance === null) return [];
  const moved = grouped(lines, ({ currency }) => currency);
  return [...new Set([...moved.keys(), ...Object.keys(platformBalance)])].flatMap((currency) => {
    const sum = total((moved.get(currency) ?? []).map(({ net }) => net));
    const has = platformBalance[currency] ?? 0;
    return sum === has ? [] : [m3('platform', `${shown(has, currency)} lies there, all movements come to ${sum}`)];
  });
} // prettier-ignore

/** What payees owe is what was laid out for them, up to what they were given, less what came back of it elsewhere. */
function debts({ run, cases }: Cases): Violation[] {
  if (!run.whole || !run.quiescent) return [];
  const owed = new Map<string, number>();
  const add = (account: string, amount: number) => owed.set(account, (owed.get(account) ?? 0) + amount);
  for (const { row, state, currency } of cases) {
    const { money } = state.payment;
    add(`${row.payeeAccount} ${currency}`, debtOf(money) - money.netted);
  }
  for (const { account, currency, advanced, recovered } of run.store.debts)
    add(`${account} ${currency}`, recovered - advanced);
  return [...owed]
    .filter(([, difference]) => difference !== 0)
    .map(([account, difference]) =>
      m3(account, `the agreements say ${difference} more is owed than the debts do`),
    );
}
