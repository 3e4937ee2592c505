import { expect } from 'vitest';
import { moneyProblem } from '../../domain/payment/books.ts';
import type { House } from '../house/house.ts';
import { show } from './bookings.ts';
import type { ShownBooking } from './bookings.ts';

/**
 * The books of a house of bookings, from every side: Stripe's double entry, every booking's money identity, our ledger
 * against the views, the views against Stripe's objects, and the audit chain. Every money test of pages ends here.
 */
export async function checkBooks(house: House): Promise<void> {
  const books = (await house.sim('GET', '/books')) as { balanced: boolean; violations: unknown[] };
  expect(books).toMatchObject({ balanced: true, violations: [] });
  expect(await house.store.verifyAudit()).toBeNull();
  for (const { workflowId, id } of (await house.store.listAgreements({ limit: 100 })).rows) {
    const { payment } = await show(house, id);
    expect(moneyProblem(payment as never), id).toBeNull();
    await checkLedger(house, workflowId, payment);
    await checkStripe(house, payment);
  }
}

async function checkLedger(
  house: House,
  workflowId: string,
  payment: ShownBooking['payment'],
): Promise<void> {
  const lines = await house.store.ledgerBalances(workflowId);
  const of = (account: string): number =>
    lines.reduce((sum, line) => (line.account === account ? sum + line.amount : sum), 0);
  expect([of('charges') + payment.captured, of('refunds') - payment.refunded], workflowId).toEqual([0, 0]);
  expect(of('platform_held'), workflowId).toBe(payment.held);
}

async function checkStripe(house: House, payment: ShownBooking['payment']): Promise<void> {
  if (payment.paymentIntentId === null) return expect(payment.captured).toBe(0);
  const intent = await house.stripe.paymentIntents.retrieve(payment.paymentIntentId);
  expect(intent.amount_received).toBe(payment.captured);
}
