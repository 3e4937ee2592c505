import { expect } from 'vitest';
import { moneyProblem } from '../../domain/payment/books.ts';
import type { AgreementState } from '../../domain/kinds.ts';
import { machines } from '../../domain/kinds.ts';
import type { Place } from './callers.ts';

/** The money of an agreement as the API shows it, whatever its kind. */
interface ShownMoney {
  readonly state: string;
  readonly currency: string;
  readonly paymentIntentId: string | null;
  readonly [figure: string]: unknown;
}

/**
 * The books of a house, checked from every side: Stripe's double entry, every agreement's money identity, our ledger
 * against the views, the view against Stripe's objects, debts against their agreements, and the audit chain. Every
 * money test ends here.
 */
export async function checkBooks(house: Place): Promise<void> {
  const books = (await house.sim('GET', '/books')) as { balanced: boolean; violations: unknown[] };
  expect(books).toMatchObject({ balanced: true, violations: [] });
  expect(await house.store.verifyAudit()).toBeNull();
  const owed = new Map<string, number>();
  for (const row of (await house.store.listAgreements({ limit: 100 })).rows) {
    const kind = row.kind as keyof typeof machines;
    if (kind === 'dispute') continue;
    const shown = machines[kind].view(row.state as AgreementState) as unknown as { payment: ShownMoney };
    const { payment } = shown;
    const problem = moneyProblem(payment as never);
    expect(problem, `${row.workflowId}: ${problem}`).toBeNull();
    await checkLedger(house, row.workflowId, payment);
    if (payment.paymentIntentId !== null) await checkStripe(house, row.workflowId, payment);
    const debt = figure(payment, 'advanced') - figure(payment, 'netted');
    const account = `${row.payeeAccount} ${payment.currency}`;
    owed.set(account, (owed.get(account) ?? 0) + debt);
  }
  for (const [place, amount] of owed) {
    const [account = '', currency] = place.split(' ');
    const debts = await house.store.debtsOf(account);
    const told = debts.find((one) => one.currency === currency)?.amount ?? 0;
    expect(told, `debt of ${account}`).toBe(amount);
  }
}

const figure = (payment: ShownMoney, name: string): number => Number(payment[name] ?? 0);

async function checkLedger(house: Place, workflowId: string, payment: ShownMoney): Promise<void> {
  const of = (await house.store.ledgerBalances(workflowId)).reduce<Record<string, number>>(
    (all, { account, amount }) => ({ ...all, [account]: (all[account] ?? 0) + amount }),
    {},
  );
  const shown = {
    charges: -figure(payment, 'captured'),
    advances: -figure(payment, 'advanced'),
    platform_held: figure(payment, 'held'),
    platform_fees: figure(payment, 'feeEarned'),
    refunds: figure(payment, 'refunded'),
    disputes: figure(payment, 'disputed'),
    netted_debt: figure(payment, 'netted'),
    payee_bank: figure(payment, 'paidOut'),
  };
  for (const [account, amount] of Object.entries(shown)) {
    expect(of[account] ?? 0, `${workflowId} ${account}`).toBe(amount + 0);
  }
}

/** What we say against what Stripe has: one fate, no transfer too many, every amount. */
async function checkStripe(house: Place, workflowId: string, payment: ShownMoney): Promise<void> {
  const intent = await house.stripe.paymentIntents.retrieve(payment.paymentIntentId ?? '', {
    expand: ['latest_charge'],
  });
  expect(intent.amount_received, `${workflowId} captured`).toBe(payment['captured']);
  if (payment.state === 'released') expect(intent.status).toBe('canceled');
  const transfers = await house.stripe.transfers.list({ transfer_group: workflowId, limit: 100 });
  const standing = transfers.data.filter((one) => one.amount > one.amount_reversed);
  const isPaidAgain = (await house.stripe.disputes.list({ payment_intent: intent.id })).data.length > 0;
  expect(standing.length, `${workflowId} transfers`).toBeLessThanOrEqual(isPaidAgain ? 2 : 1);
  const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0);
  const transferred = sum(transfers.data.map(({ amount }) => amount));
  expect(transferred, `${workflowId} transferred`).toBe(payment['transferred']);
  const reversed = sum(transfers.data.map((one) => one.amount_reversed));
  expect(reversed, `${workflowId} reversed`).toBe(payment['reversed']);
  const refunds = await house.stripe.refunds.list({ payment_intent: intent.id, limit: 100 });
  const refunded = sum(
    refunds.data
      .filter(({ status }) => status !== 'failed' && status !== 'canceled')
      .filter(() => intent.status === 'succeeded')
      .map(({ amount }) => amount),
  );
  const released = figure(payment, 'authorized') - figure(payment, 'captured');
  // Stripe shows the part of a hold that a partial capture let go as refunded (A7); it is no refund of ours.
  expect([payment['refunded'], figure(payment, 'refunded') + released], `${workflowId} refunded`).toContain(
    refunded,
  );
}
