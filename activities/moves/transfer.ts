import type Stripe from 'stripe';
import { minor } from '../../domain/money.ts';
import type { MoveFact, MoveOf } from '../../domain/payment/moves.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Attempt, Outcome, Verb } from '../operation.ts';
import { stampOf } from '../stamps.ts';
import { classify } from '../stripe-errors.ts';

type Transfer = MoveOf<'transfer'>;

/**
 * Sends the payee's share to the connected account, bound to the charge it came from: so it succeeds while the
 * charge is still pending, and can never exceed it (D1).
 */
export const transfer: Verb<Transfer> = {
  async obstacle(attempt) {
    const { ports, move, task } = attempt;
    const { currency, settlementCurrency } = task.state.payment;
    if (settlementCurrency !== null && settlementCurrency !== currency) {
      const detail = `the charge settles in ${settlementCurrency}, a transfer cannot be made in ${currency}`;
      return { type: 'refused', at: ports.clock.now(), move: 'transfer', code: 'settlement_currency', detail, final: true };
    }
    const account = await ports.store.findAccountByStripeId(move.stripeAccount);
    if (account?.frozen === true) return notReady(attempt, 'the account is frozen', false);
    return await unready(attempt, false);
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
    return fact === null ? null : { fact, objects: [], requestId: null, effect: false };
  },
}; // prettier-ignore

/** An account that took our access away, or was never ours: no waiting helps, a person names another one or refunds. */
const goneCodes = new Set(['permission', 'account_invalid', 'resource_missing']);

/** Transfers need `capabilities.transfers`, not `charges_enabled`; read fresh, just before (D2). */
async function unready(attempt: Attempt<Transfer>, spent: boolean): Promise<MoveFact | null> {
  const { clock, stripe } = attempt.ports;
  let account: Stripe.Account;
  try {
    account = await stripe.accounts.retrieve(attempt.move.stripeAccount);
  } catch (error) {
    const failure = classify(error);
    if (failure.kind !== 'refused' || !goneCodes.has(failure.code)) throw error;
    const { code, detail } = failure;
    return { type: 'refused', at: clock.now(), move: 'transfer', code, detail, final: true };
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
