import type Stripe from 'stripe';
import { durationMs, iso } from '../../../domain/time.ts';
import type { Instant } from '../../../domain/time.ts';
import { shown } from '../amounts.ts';
import type { Case, Cases, Invariant } from '../cases.ts';
import { broken } from '../cases.ts';
import { total } from '../grouped.ts';
import { idOf, operationOn, stampOn } from '../ownership.ts';
import type { Violation } from '../run.ts';

/** M5: one transfer at most stands, in the name of its agreement and to the account that was agreed. */
export const oneTransfer: Invariant = ({ cases }) =>
  cases.flatMap(({ workflowId, transfers, disputes, failedRefunds, payee }) => {
    const m5 = (what: string): Violation => broken('M5', workflowId, what);
    const standing = transfers.filter(({ transfer }) => transfer.amount > transfer.amount_reversed);
    // What the bank gave back, or a refund that failed, is sent after, beside what was left standing.
    const most = 1 + disputes.length + failedRefunds.length;
    const found: Violation[] = [];
    if (standing.length > most) {
      const each = standing.map(({ transfer: { id, amount, currency } }) => `${id} of ${shown(amount, currency)}`);
      found.push(m5(`${each.length} transfers stand: ${each.join(', ')}`));
    }
    for (const { transfer } of transfers) {
      const { id, transfer_group: group } = transfer;
      const destination = idOf(transfer.destination);
      if (destination !== payee) found.push(m5(`${id} went to ${destination}, agreed was ${payee}`));
      if (group !== workflowId || stampOn(transfer) !== workflowId)
        found.push(m5(`${id} is of the group ${group} and stamped ${stampOn(transfer)}`));
    }
    return found;
  }); // prettier-ignore

/** M6: money goes to a payee only out of a charge that was captured and not given back, once its window is over. */
export const moneyFirst: Invariant = (all) =>
  all.cases.flatMap((one) => [
    ...unbound(one),
    ...one.transfers.flatMap(({ transfer }) => tooEarly(one, transfer, all)),
  ]);

/** The first transfer is bound to the charge that it divides, so that it cannot exceed it; those that are sent after have none left (D1). */
function unbound({ workflowId, transfers, charge }: Case): Violation[] {
  if (charge === null) return [];
  const oldest = Math.min(...transfers.map(({ transfer }) => transfer.created));
  const first = transfers.map(({ transfer }) => transfer).filter(({ created }) => created === oldest);
  if (first.some((one) => idOf(one.source_transaction) === charge.id)) return [];
  const from = `${charge.id} of ${shown(charge.amount_captured, charge.currency)}`;
  return first.map((one) => {
    const source = idOf(one.source_transaction) ?? 'no charge';
    return broken('M6', workflowId, `${one.id} of ${shown(one.amount, one.currency)} draws on ${source}, not on ${from}`);
  });
} // prettier-ignore

function tooEarly(one: Case, transfer: Stripe.Transfer, { run, movements }: Cases): Violation[] {
  const { workflowId, charges, refunds, operations } = one;
  const { id, amount, currency, created } = transfer;
  const m6 = (what: string): Violation[] => [broken('M6', workflowId, `${id} of ${shown(amount, currency)} ${what}`)];
  const sourceId = idOf(transfer.source_transaction);
  const source = charges.find((charge) => charge.id === sourceId);
  if (sourceId !== null) {
    if (source === undefined || source.amount_captured === 0) return m6(`draws on ${sourceId}, which took nothing`);
    if (created < takenAt(source, movements)) return m6(`is older than the capture of ${sourceId}`);
  }
  // What is given back while the transfer is on its way crosses it: whether it was taken back then is M8's to say.
  const begunAt = operations.find(({ key }) => key === operationOn(transfer))?.createdAt ?? created * 1_000;
  const before = Math.min(created, Math.floor(begunAt / 1_000));
  const given = total(refunds.filter((refund) => refund.created < before).map((refund) => refund.amount));
  const captured = total(charges.map((charge) => charge.amount_captured));
  if (given >= captured) return m6(`was sent when all ${shown(captured, currency)} had been given back`);
  const from = windowEnd(one, movements);
  if (from === null || created * 1_000 + 999 + run.clockSkewMs >= from) return [];
  return m6(`was sent at ${iso(created * 1_000)}, its window ends at ${iso(from)}`);
} // prettier-ignore

/** When Stripe took the money of a charge, in seconds. */
const takenAt = (charge: Stripe.Charge, movements: Cases['movements']): number =>
  movements.get(idOf(charge.balance_transaction) ?? '')?.created ?? charge.created;

/** Before this the payee's share stays: the hold window of a booking (B8), the scheduled end of a lesson that took place (L1). */
function windowEnd({ state, charge }: Case, movements: Cases['movements']): Instant | null {
  if (charge === null) return null;
  if ('calendar' in state) {
    const { anchor, for: length } = state.input.policy.terms.hold;
    const paidAt = takenAt(charge, movements) * 1_000;
    const endsAt = state.startsAt + state.durationMinutes * 60_000;
    return (anchor === 'payment' ? paidAt : Math.max(paidAt, endsAt)) + durationMs(length);
  }
  const isByTheClock = state.story.findLast(({ what }) => what === 'Settlement decided')?.actor === 'system';
  const isResolved = state.dispute !== null;
  if (!isByTheClock || isResolved || state.plan?.fate !== 'completed') return null;
  return state.endsAt + durationMs(state.input.policy.terms.graceAfterEnd);
}
