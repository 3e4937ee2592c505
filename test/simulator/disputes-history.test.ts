// Random lives of payments that are refunded, transferred, reversed and disputed, told to a simulator in memory.
import fc from 'fast-check';
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../simulator/simulator.ts';
import type { Books } from './house.ts';

const deeds = [
  'pay', 'pay', 'refund', 'transfer', 'reverse', 'dispute', 'dispute', 'inquire', 'later', 'withdraw',
  'win', 'lose', 'close', 'accept', 'escalate', 'answer', 'warn', 'fail_refund', 'payout', 'wait',
] as const; // prettier-ignore

const step = fc.record({
  deed: fc.constantFrom(...deeds),
  amount: fc.integer({ min: 50, max: 3000 }),
  pick: fc.nat(1000),
  card: fc.constantFrom(
    'pm_card_visa',
    'pm_card_bypassPending',
    'pm_card_bypassPending',
    'pm_card_createDispute',
    'pm_card_createDisputeInquiry',
    'pm_card_createIssuerFraudRecord',
    'pm_card_refundFail',
  ),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const live = async (steps: readonly Step[], fee: number) => {
  const simulator = createSimulator({ idTag: 'history' });
  const statuses: number[] = [];
  const ask = async <T>(method: string, path: string, body = '', account?: string): Promise<T> => {
    const headers = { authorization: 'Bearer sk_test_x', ...(account ? { 'stripe-account': account } : {}) };
    const answer = await simulator.handle({ method, path, headers, body });
    statuses.push(answer.status);
    return JSON.parse(answer.body) as T;
  };
  const everything = async <T>(path: string): Promise<T[]> => {
    const rows: (T & { id: string })[] = [];
    for (;;) {
      const after = rows.length === 0 ? '' : `&starting_after=${rows[rows.length - 1]?.id}`;
      const { data, has_more: more } = await ask<Stripe.ApiList<T & { id: string }>>('GET', `${path}?limit=100${after}`); // prettier-ignore
      rows.push(...data);
      if (!more) return rows;
    }
  };
  await ask('POST', '/_sim/fees', JSON.stringify({ dispute: fee }));
  const payee = (await ask<{ id: string }>('POST', '/v1/accounts', 'type=express&capabilities[transfers][requested]=true')).id; // prettier-ignore
  await ask('POST', `/_sim/accounts/${payee}/onboard`);
  const run = async ({ deed, amount, pick, card }: Step): Promise<unknown> => {
    const one = async (kind: string) => {
      const { data = [] } = await ask<{ data?: { id: string }[] }>('GET', `/v1/${kind}?limit=5`);
      return data[pick % Math.max(1, data.length)]?.id ?? 'none';
    };
    const bank = async (what: object) =>
      ask(
        'POST',
        '/_sim/disputes',
        JSON.stringify({ charge: await one('charges'), reason: 'general', ...what }),
      );
    const decide = async (verb: string) => ask('POST', `/_sim/disputes/${await one('disputes')}/${verb}`);
    switch (deed) {
      case 'pay': return ask('POST', '/v1/payment_intents', `amount=${amount}&currency=usd&confirm=true&payment_method=${card}`);
      case 'refund': return ask('POST', '/v1/refunds', `charge=${await one('charges')}&amount=${amount}`);
      case 'transfer': return ask('POST', '/v1/transfers', `amount=${amount}&currency=usd&destination=${payee}&source_transaction=${await one('charges')}`);
      case 'reverse': return ask('POST', `/v1/transfers/${await one('transfers')}/reversals`, `amount=${amount}`);
      case 'payout': return ask('POST', '/v1/payouts', `amount=${amount}&currency=usd`, payee);
      case 'dispute': return bank(pick % 2 ? { amount } : {});
      case 'inquire': return bank({ status: 'warning_needs_response' });
      case 'later': return bank({ withdraw: false, dueBy: pick % 3 ? 3600 * (pick + 1) : null });
      case 'withdraw': case 'win': case 'lose': case 'close': case 'escalate': return decide(deed);
      case 'accept': return ask('POST', `/v1/disputes/${await one('disputes')}/close`);
      case 'answer': return ask('POST', `/v1/disputes/${await one('disputes')}`, `evidence[uncategorized_text]=taught&submit=${pick % 2 === 0}`);
      case 'warn': return ask('POST', '/_sim/early_fraud_warnings', JSON.stringify({ charge: await one('charges') }));
      case 'fail_refund': return ask('POST', `/_sim/refunds/${await one('refunds')}/fail`);
      case 'wait': return simulator.advance(pick * 3_600_000);
    } // prettier-ignore
  };
  for (const each of steps) await run(each);
  const found = {
    books: await ask<Books>('GET', '/_sim/books'),
    charges: await everything<Stripe.Charge>('/v1/charges'),
    disputes: await everything<Stripe.Dispute>('/v1/disputes'),
    warnings: await everything<Stripe.Radar.EarlyFraudWarning>('/v1/radar/early_fraud_warnings'),
    lines: (await everything<Stripe.BalanceTransaction>('/v1/balance_transactions')).filter(
      (row) => row.type === 'adjustment',
    ),
  };
  simulator.close();
  const sides = [
    ...Object.values(found.books.accounts).flatMap((each) => Object.values(each['usd'] ?? {})),
    ...Object.values(found.books.outside).map((each) => each['usd'] ?? 0),
  ];
  return { ...found, statuses, payee, total: sides.reduce((sum, side) => sum + side, 0) };
};

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

describe('the books, in any history with disputes,', () => {
  it('lose and invent no money, take no charge back twice, and let no payee owe anything', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 90 }), fc.nat(2000), async (steps, fee) => {
        const { books, charges, disputes, warnings, lines, statuses, payee, total } = await live(steps, fee);
        expect(books.violations).toEqual([]);
        expect(statuses.filter((status) => status >= 500)).toEqual([]);
        expect(total).toBe(0);
        expect(books.accounts[payee]?.['usd']?.available ?? 0).toBeGreaterThanOrEqual(0);
        for (const { status, balance_transactions: moved, amount } of disputes) {
          seen.add(status);
          if (status.startsWith('warning_')) expect(moved).toEqual([]);
          if (status === 'lost') expect(moved.map((row) => row.net)).toEqual([-amount - fee]);
          if (status === 'won' && moved.length > 0)
            expect(moved.map((row) => row.net)).toEqual([-amount - fee, amount]);
        }
        expect(sum(disputes.flatMap((row) => row.balance_transactions).map((row) => row.net))).toBe(
          sum(lines.map((row) => row.net)),
        );
        for (const { id, amount, amount_refunded: refunded, disputed } of charges) {
          const against = disputes.filter((row) => row.charge === id);
          const standing = against.filter(({ status }) =>
            ['needs_response', 'under_review', 'lost'].includes(status),
          );
          // A refund that failed after the charge was disputed can only lower what is out.
          expect(refunded + sum(standing.map((row) => row.amount))).toBeLessThanOrEqual(amount);
          expect(disputed).toBe(against.length > 0);
        }
        for (const { charge, actionable } of warnings) {
          const about = charges.find((row) => row.id === charge);
          expect(actionable).toBe(about !== undefined && !about.disputed && !about.refunded);
        }
      }),
      { numRuns: 60 },
    );
    // Histories that never reach an end would prove little.
    for (const status of ['won', 'lost', 'warning_closed', 'needs_response', 'under_review'])
      expect(seen).toContain(status);
  });
});
