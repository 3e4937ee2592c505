import type Stripe from 'stripe';
import { minor } from '../../domain/money.ts';
import { sumOf } from '../../domain/payment/books.ts';
import type { BankDispute, MoveOf, SentTransfer } from '../../domain/payment/moves.ts';
import { factOfIntent, intentExpansion, outcomeOfIntent } from '../intent-facts.ts';
import type { Outcome } from '../outcome.ts';
import type { Ports, Task } from '../tasks.ts';
import { triedFor } from './capture.ts';

/** Reads the payment as Stripe has it now: the answer to every hint, and the last look before a deadline. */
export async function readPayment(
  task: Task<MoveOf<'readPayment'>>,
  workflowId: string,
  ports: Ports,
): Promise<Outcome> {
  const { paymentIntentId } = task.move;
  const intent = await ports.stripe.paymentIntents.retrieve(paymentIntentId, { expand: intentExpansion });
  const known = task.state.payment.money.captured;
  const asked = known > 0 ? known : await triedFor(intent.amount_received, workflowId, ports);
  const fact = factOfIntent(intent, ports.clock, asked);
  if (fact.type !== 'captured') return outcomeOfIntent(intent, fact);
  const { refundIds } = task.state.payment;
  const refunds = [];
  for await (const refund of ports.stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100 })) {
    if (counts(refund, refundIds)) refunds.push({ id: refund.id, amount: minor(refund.amount) });
  }
  if (!task.state.payment.recovers) return outcomeOfIntent(intent, { ...fact, refunds });
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const { disputes: heard, transfers: sent } = task.state.payment;
  const disputes =
    charge?.disputed === true || heard.length > 0 ? await disputesOf(paymentIntentId, ports) : [];
  const transfers = await Promise.all(sent.map(({ id }) => asSent(id, ports)));
  const found = outcomeOfIntent(intent, { ...fact, refunds, disputes, transfers });
  const owned = disputes.map(({ id }) => ({ objectId: id, kind: 'dispute' }));
  return { ...found, objects: [...found.objects, ...owned] };
}

/** Statuses after which the bank does nothing more by itself. One we do not know keeps the money where it is. */
const closedStatuses = new Set(['won', 'lost', 'warning_closed', 'prevented']);

/** Every dispute of the payment. Money follows the balance transactions alone: 0, 1 or 2 of them (F2). */
async function disputesOf(paymentIntentId: string, { stripe }: Ports): Promise<BankDispute[]> {
  const disputes = [];
  for await (const one of stripe.disputes.list({ payment_intent: paymentIntentId, limit: 100 })) {
    const taken = minor(Math.max(0, -sumOf(one.balance_transactions)));
    disputes.push({ id: one.id, status: one.status, isOpen: !closedStatuses.has(one.status), taken });
  }
  return disputes;
}

async function asSent(transferId: string, { stripe }: Ports): Promise<SentTransfer> {
  const { id, amount, amount_reversed: reversed } = await stripe.transfers.retrieve(transferId);
  return { id, amount: minor(amount), reversed: minor(reversed) };
}

/** A refund that moved or will move money. A hold let go looks like one too: succeeded, without any money (A6, A7). */
const counts = ({ id, status, balance_transaction }: Stripe.Refund, known: readonly string[]): boolean =>
  status === 'succeeded'
    ? balance_transaction !== null || known.includes(id)
    : status !== 'failed' && status !== 'canceled';
