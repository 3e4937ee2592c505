import type Stripe from 'stripe';
import type { Minor } from '../../domain/money.ts';
import { minor, minus } from '../../domain/money.ts';
import { keptOf, sumOf } from '../../domain/payment/books.ts';
import type { MoveFact, MoveOf } from '../../domain/payment/moves.ts';
import { isContested } from '../../domain/payment/payment.ts';
import { answered, comeAgain } from '../failures.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import { told } from '../outcome.ts';
import { readPayment } from './read-payment.ts';
import { net } from '../../store/debts.ts';
import { stampOf } from '../stamps.ts';
import { classify } from '../stripe-errors.ts';
import { columnsOf } from '../tasks.ts';

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
    // Asked for again after a silence that came before anything was sent; the story has heard more since.
    if (isOutdated(attempt)) return told(overtaken(attempt));
    if (settlementCurrency !== null && settlementCurrency !== currency) {
      const detail = `the charge settles in ${settlementCurrency}, a transfer cannot be made in ${currency}`;
      return told(refused(attempt, 'settlement_currency', detail));
    }
    const { payeeAccount } = columnsOf(task.kind, task.state, ports.clock.now());
    const account = await ports.store.findAccount(payeeAccount);
    if (account !== null && account.stripeAccountId !== move.stripeAccount) {
      const detail = `${payeeAccount} is another account at Stripe than when this was agreed`;
      return told(refused(attempt, 'account_swapped', detail));
    }
    if (account?.frozen === true) return told(notReady(attempt, 'the account is frozen', false));
    if (await ports.store.isFrozenAll()) return told(notReady(attempt, 'all accounts are frozen', false));
    const isDoubtful = account?.transfersEnabled !== true || waits > 0;
    const fact = isDoubtful ? await unready(attempt, false) : null;
    return fact === null ? await chargeTrouble(attempt) : told(fact);
  },

  /** What is kept against the payee's older debts is set aside with the intent, so that no other transfer keeps it too (B15). */
  reserve: ({ ports, move, task, key }) =>
    function* (session) {
      const { nettable: most } = move;
      if (most === undefined || most === 0) return;
      const { payeeAccount: account, currency } = columnsOf(task.kind, task.state, ports.clock.now());
      yield* net(session, { operationKey: key, account, currency, most });
    },

  async find(attempt) {
    const { ports, move, workflowId, key } = attempt;
    const filter = { transfer_group: workflowId, destination: move.stripeAccount, limit: 100 };
    for await (const found of ports.stripe.transfers.list(filter)) {
      if (found.metadata['operation'] === key) return outcome(attempt, found, await netted(attempt));
    }
    return null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move, workflowId } = attempt;
    if (await isOvertaken(attempt)) return await unlessSent(attempt);
    const kept = await netted(attempt);
    const amount = minus(move.amount, kept);
    if (amount === 0) {
      const at = ports.clock.now();
      return told({ type: 'transferred', at, transferId: null, amount, fee: move.fee, netted: kept });
    }
    const made = await ports.stripe.transfers.create(
      {
        amount,
        currency: move.currency,
        destination: move.stripeAccount,
        ...(move.chargeId === null ? {} : { source_transaction: move.chargeId }),
        transfer_group: workflowId,
        metadata: stampOf(attempt),
      },
      { idempotencyKey },
    );
    return outcome(attempt, made, kept);
  },

  /** An account that lost its capability a moment ago is a wait, never a burned try (D2). */
  async refusal(attempt) {
    const fact = await unready(attempt, true);
    return fact === null ? null : told(fact);
  },
}; // prettier-ignore

/** An account that took our access away, or was never ours: no waiting helps, a person names another one or refunds. */
const goneCodes = new Set(['permission', 'account_invalid', 'resource_missing']);

/** What the story knows of the charge forbids this transfer now (M6, M7a). */
const isOutdated = ({ task, move }: Attempt<Transfer>): boolean =>
  isContested(task.state.payment) || keptOf(task.state.payment.money) < move.amount;

/** The charge is disputed or was given back since this transfer was first tried, and got no clear answer. */
async function isOvertaken(attempt: Attempt<Transfer>): Promise<boolean> {
  if (isOutdated(attempt)) return true;
  return attempt.isRetry && (await answered(() => chargeTrouble(attempt))) !== null;
}

/** A day after its key was last used no request of ours is still on its way (B1). */
const overAfterMs = 25 * 3_600_000;

/** A transfer that should no longer be made is only looked for; it is given up when its request is over and nothing is there. */
async function unlessSent(attempt: Attempt<Transfer>): Promise<Outcome> {
  const found = await transfer.find(attempt);
  if (found !== null) return found;
  if (attempt.ports.clock.now() - attempt.intendedAt < overAfterMs)
    throw comeAgain('the charge is disputed or was given back');
  return told(overtaken(attempt));
}

const overtaken = (attempt: Attempt<Transfer>): MoveFact => ({
  ...refused(attempt, 'charge_changed', 'the charge was disputed or given back before it was sent'),
  final: false,
});

const netted = async ({ ports, key }: Attempt<Transfer>) => minor(await ports.store.nettedBy(key));

/**
 * The charge as Stripe has it at this moment: a bank's dispute keeps the money here until it is decided (F4), and
 * refunds nobody told us of shrink what there is to divide (E1).
 */
async function chargeTrouble(attempt: Attempt<Transfer>): Promise<Outcome | null> {
  const { ports, task, workflowId } = attempt;
  const { intent, money, recovers, disputes } = task.state.payment;
  const charge = await ports.stripe.charges.retrieve(intent?.chargeId ?? '');
  if (charge.disputed && !recovers)
    return told(refused(attempt, 'charge_disputed', 'the payer disputes the charge at the bank'));
  const { refunded, released } = money;
  // What a partial capture let go may be shown as refunded (A7).
  const isAsKnown = charge.amount_refunded === refunded || charge.amount_refunded === refunded + released;
  if (isAsKnown && !charge.disputed) return null;
  const paymentIntentId = intent?.id ?? '';
  const move = { type: 'readPayment', paymentIntentId } as const;
  const read = await readPayment({ ...task, move }, workflowId, ports);
  if (read.fact.type !== 'captured') return null;
  const isSameDispute = JSON.stringify(read.fact.disputes ?? disputes) === JSON.stringify(disputes);
  return sumOf(read.fact.refunds ?? []) !== refunded || !isSameDispute ? read : null;
}

const refused = (
  { ports }: Attempt<Transfer>,
  code: string,
  detail: string,
): Extract<MoveFact, { type: 'refused' }> => ({
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

const outcome = ({ move }: Attempt<Transfer>, made: Stripe.Transfer, kept: Minor): Outcome => ({
  fact: {
    type: 'transferred',
    at: made.created * 1000,
    transferId: made.id,
    amount: minor(made.amount),
    fee: move.fee,
    ...(kept === 0 ? {} : { netted: kept }),
  },
  objects: [{ objectId: made.id, kind: 'transfer' }],
  requestId: requestIdOf(made),
  effect: true,
});
