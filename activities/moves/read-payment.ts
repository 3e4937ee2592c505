import type Stripe from 'stripe';
import { minor } from '../../domain/money.ts';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { factOfIntent, intentExpansion, outcomeOfIntent } from '../intent-facts.ts';
import type { Outcome } from '../operation.ts';
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
  return outcomeOfIntent(intent, { ...fact, refunds });
}

/** A refund that moved or will move money. A hold let go looks like one too: succeeded, without any money (A6, A7). */
const counts = ({ id, status, balance_transaction }: Stripe.Refund, known: readonly string[]): boolean =>
  status === 'succeeded'
    ? balance_transaction !== null || known.includes(id)
    : status !== 'failed' && status !== 'canceled';
