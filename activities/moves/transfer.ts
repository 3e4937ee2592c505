import type Stripe from 'stripe';
import { minor } from '../../domain/money.ts';
import { sumOf } from '../../domain/payment/books.ts';
import type { MoveFact, MoveOf } from '../../domain/payment/moves.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Attempt, Outcome, Verb } from '../operation.ts';
import { told } from '../operation.ts';
import { readPayment } from './read-payment.ts';
import { stampOf } from '../stamps.ts';
import { classify } from '../stripe-errors.ts';

type Transfer = MoveOf<'transfer'>;

/**
 * Sends the payee's share to the connected account, bound to the charge it came from: so it succeeds while the
 * charge is still pending, and can never exceed it (D1).
 */
export const transfer: Verb<Transfer> = {
  /** The last look before money leaves us (B9, F4): at the charge always, at the account where we have reason to. */
  async obstacle(attempt) {
    const { ports, move, task } = attempt;
    const { currency, settlementCurrency, waits = 0 } = task.state.payment;
    if (settlementCurrency !== null && settlementCurrency !== currency) {
      const detail = `the charge settles in ${settlementCurrency}, a transfer cannot be made in ${currency}`;
      return told(refused(attempt, 'settlement_currency', detail));
    }
    const account = await ports.store.findAccountByStripeId(move.stripeAccount);
    if (account?.frozen === true) return told(notReady(attempt, 'the account is frozen', false));
    const isDoubtful = account?.transfersEnabled !== true || waits > 0;
    const fact = isDoubtful ? await unready(attempt, false) : null;
    return fact === null ? await chargeTrouble(attempt) : told(fact);
  },

  async find(attempt) {
    const { ports, move, workflowId, key } = attempt;
    const filter = { transfer_group: workflowId, destination: move.stripeAccount, limit: 100 };
    for await (const found of ports.stripe.transfers.list(filter)) {
      if (found.metadata['operation'] === key) return outcome(attempt, found);
    }
    return null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move, workflowId } = attempt;
    const made = await ports.stripe.transfers.create(
      {
        amount: move.amount,
        currency: move.currency,
        destination: move.stripeAccount,
        source_transaction: move.chargeId,
        transfer_group: workflowId,
        metadata: stampOf(attempt),
      },
      { idempotencyKey },
    );
    return outcome(attempt, made);
  },

  /** An account that lost its capability a moment ago is a wait, never a burned try (D2). */
  async refusal(attempt) {
    const fact = await unready(attempt, true);
    return fact === null ? null : told(fact);
  },
}; // prettier-ignore

/** An account that took our access away, or was never ours: no waiting helps, a person names another one or refunds. */
const goneCodes = new Set(['permission', 'account_invalid', 'resource_missing']);

/**
 * The charge as Stripe has it at this moment: a bank's dispute keeps the money here for a person to decide (F4), and
 * refunds nobody told us of shrink what there is to divide (E1).
 */
async function chargeTrouble(attempt: Attempt<Transfer>): Promise<Outcome | null> {
  const { ports, move, task, workflowId } = attempt;
  const charge = await ports.stripe.charges.retrieve(move.chargeId);
  if (charge.disputed)
    return told(refused(attempt, 'charge_disputed', 'the payer disputes the charge at the bank'));
  const { refunded, released } = task.state.payment.money;
  // What a partial capture let go may be shown as refunded (A7).
  const isAsKnown = charge.amount_refunded === refunded || charge.amount_refunded === refunded + released;
  if (isAsKnown) return null;
  const { intent } = task.state.payment;
  const paymentIntentId = intent?.id ?? '';
  const read = await readPayment(
    { ...task, move: { type: 'readPayment', paymentIntentId } },
    workflowId,
    ports,
  );
  const isNews = read.fact.type === 'captured' && sumOf(read.fact.refunds ?? []) !== refunded;
  return isNews ? read : null;
}

const refused = ({ ports }: Attempt<Transfer>, code: string, detail: string): MoveFact => ({
  type: 'refused',
  at: ports.clock.now(),
  move: 'transfer',
  code,
  detail,
  final: true,
});

/** Transfers need `capabilities.transfers`, not `charges_enabled` (D2). */
async function unready(attempt: Attempt<Transfer>, spent: boolean): Promise<MoveFact | null> {
  const { stripe } = attempt.ports;
  let account: Stripe.Account;
  try {
    account = await stripe.accounts.retrieve(attempt.move.stripeAccount);
  } catch (error) {
    const failure = classify(error);
    if (failure.kind !== 'refused' || !goneCodes.has(failure.code)) throw error;
    return refused(attempt, failure.code, failure.detail);
  }
  const transfers = account.capabilities?.transfers ?? 'inactive';
  return transfers === 'active' ? null : notReady(attempt, `the transfers capability is ${transfers}`, spent);
}

const notReady = ({ ports }: Attempt<Transfer>, detail: string, spent: boolean): MoveFact => ({
  type: 'accountNotReady',
  at: ports.clock.now(),
  detail,
  spent,
});

const outcome = ({ move }: Attempt<Transfer>, made: Stripe.Transfer): Outcome => ({
  fact: {
    type: 'transferred',
    at: made.created * 1000,
    transferId: made.id,
    amount: minor(made.amount),
    fee: move.fee,
  },
  objects: [{ objectId: made.id, kind: 'transfer' }],
  requestId: requestIdOf(made),
  effect: true,
});
