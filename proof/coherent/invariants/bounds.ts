import { keptOf, payeeHas } from '../../../domain/payment/books.ts';
import { sharesOf, shown } from '../amounts.ts';
import type { Case, Invariant } from '../cases.ts';
import { broken } from '../cases.ts';
import { figuresOf, isGivenUp } from '../figures.ts';
import { grouped, total } from '../grouped.ts';
import type { Violation } from '../run.ts';

/**
 * M4: nobody gets more than there is: 0 <= refunded <= captured, 0 <= reversed <= transferred, the payee at most what
 * was captured and what they paid back of it elsewhere, and no remainder.
 */
export const bounds: Invariant = ({ run, cases }) => {
  const paidBack = grouped(run.store.recoveries, ({ workflowId }) => workflowId);
  return cases.flatMap((one) => {
    const recovered = total((paidBack.get(one.workflowId) ?? []).map(({ amount }) => amount));
    return [...atStripe(one, recovered), ...inOurBooks(one), ...divided(one)];
  });
};

function atStripe(one: Case, recovered: number): Violation[] {
  const { workflowId, transfers, currency } = one;
  const { captured, refunded, transferred, reversed } = figuresOf(one);
  const m4 = (what: string): Violation => broken('M4', workflowId, what);
  const found: Violation[] = [];
  if (refunded > captured) found.push(m4(`${shown(refunded, currency)} is refunded of ${captured} captured`));
  found.push(...oversent(one, captured, recovered));
  if (transferred - reversed > captured + recovered)
    found.push(m4(`${shown(transferred - reversed, currency)} is with the payee of ${captured} captured`));
  for (const { transfer, reversals } of transfers) {
    const { id, amount, amount_reversed: back } = transfer;
    const sum = total(reversals.map((reversal) => reversal.amount));
    if (back > amount || back !== sum)
      found.push(m4(`${id} of ${shown(amount, currency)} has ${back} reversed, in reversals of ${sum}`));
  }
  return found;
}

/** A transfer never brings the payee more than what the fee leaves of the charge, also where the excess is taken back later. */
function oversent({ workflowId, transfers, state, currency }: Case, captured: number, recovered: number): Violation[] {
  const most = sharesOf(captured, state.payment.feeBps, currency).payee + recovered;
  const back = transfers.flatMap(({ reversals }) => reversals);
  return transfers.flatMap(({ transfer: { id, amount, created } }) => {
    const sent = total(transfers.filter((one) => one.transfer.created <= created).map((one) => one.transfer.amount));
    const has = sent - total(back.filter((one) => one.created <= created).map((one) => one.amount));
    if (has <= most) return [];
    const what = `with ${id} of ${shown(amount, currency)} the payee had ${has} of ${captured} captured, of which the fee leaves ${most}`;
    return [broken('M4', workflowId, what)];
  });
} // prettier-ignore

/** No figure of ours is larger than the one it is a part of. */
function inOurBooks({ workflowId, state, currency }: Case): Violation[] {
  const { authorized, captured, released, refunded, transferred, reversed, paidOut } = state.payment.money;
  const parts = [
    ['captured and released', captured + released, 'authorized', authorized],
    ['refunded', refunded, 'captured', captured],
    ['reversed', reversed, 'transferred', transferred],
    ['paid out', paidOut, 'transferred', transferred],
  ] as const;
  return parts
    .filter(([, part, , whole]) => part > whole)
    .map(([name, part, of, whole]) => broken('M4', workflowId, `${shown(part, currency)} ${name} of ${whole} ${of}`));
} // prettier-ignore

/** Once it is over, what is kept of the charge is the fee's and the payee's, to the last cent. */
function divided(one: Case): Violation[] {
  const { workflowId, state, currency, isSettled } = one;
  const { money, feeBps } = state.payment;
  if (!isSettled || isGivenUp(one) || isTakenBackLater(one)) return [];
  const { fee, payee } = sharesOf(Math.max(0, keptOf(money)), feeBps, currency);
  const has = payeeHas(money);
  if (has === payee && money.feeEarned === fee) return [];
  const kept = shown(keptOf(money), currency);
  const what = `of ${kept} kept the payee has ${has} and the platform ${money.feeEarned}, where ${payee} and ${fee} are due`;
  return [broken('M4', workflowId, what)];
}

/** Something left the charge after the payee was paid: then M8 says who bears it. */
function isTakenBackLater({ transfers, refunds, failedRefunds, disputes }: Case): boolean {
  const paidAt = Math.min(...transfers.map(({ transfer }) => transfer.created));
  return [...refunds, ...failedRefunds, ...disputes].some(({ created }) => created > paidAt);
}

/** M8: what goes back to the payer after the payee was paid is taken back from them or written down as laid out. */
export const recovery: Invariant = ({ cases }) =>
  cases.flatMap((one) => {
    const { workflowId, state, currency, isSettled } = one;
    if (!isSettled || isGivenUp(one) || !isTakenBackLater(one)) return [];
    const { money, feeBps, recovers } = state.payment;
    const kept = Math.max(0, keptOf(money));
    // A lesson takes nothing back; what its payee keeps beyond the charge is the platform's recorded loss.
    const due = recovers ? sharesOf(kept, feeBps, currency).payee : money.captured - money.refunded - money.disputed;
    const has = payeeHas(money);
    if (has <= due) return [];
    const back = `${money.refunded} refunded, ${money.disputed} disputed, ${money.reversed} reversed, ${money.advanced} laid out`;
    const what = `the payee has ${shown(has, currency)} of which ${due} is theirs (${back})`;
    return [broken('M8', workflowId, what)];
  }); // prettier-ignore
