import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBooks, checkEverything } from '../../simulator/core/checks.ts';
import { createTables } from '../../simulator/core/tables.ts';
import { platform, World } from '../../simulator/core/world.ts';
import { createSimulator } from '../../simulator/simulator.ts';

interface Thing {
  id: string;
  latest_charge?: string;
}

const cards = [
  'pm_card_visa',
  'pm_card_bypassPending',
  'pm_card_bypassPending',
  'pm_card_chargeDeclined',
  'pm_card_refundFail',
  'pm_card_pendingRefund',
  'pm_usBankAccount_processing',
];

const step = fc.record({
  deed: fc.constantFrom('pay', 'pay', 'pay', 'hold', 'hold', 'capture', 'cancel', 'transfer', 'sourced', 'reverse', 'refund', 'payout', 'platform_payout', 'fail_payout', 'fail_refund', 'succeed', 'fail', 'wait'),
  amount: fc.integer({ min: 50, max: 5000 }),
  pick: fc.nat(1000),
  card: fc.constantFrom(...cards),
}); // prettier-ignore

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const live = async (steps: readonly Step[], fees: { bps: number; fixed: number }) => {
  const simulator = createSimulator({ idTag: 'books' });
  const ask = async (method: string, path: string, body = '', account?: string) => {
    const headers = { authorization: 'Bearer sk_test_x', ...(account ? { 'stripe-account': account } : {}) };
    const answer = await simulator.handle({ method, path, headers, body });
    return { status: answer.status, value: JSON.parse(answer.body) as Thing };
  };
  await ask('POST', '/_sim/fees', JSON.stringify(fees));
  const payee = (await ask('POST', '/v1/accounts', 'type=express&capabilities[transfers][requested]=true'))
    .value.id;
  await ask('POST', `/_sim/accounts/${payee}/onboard`);
  const made: Record<'intents' | 'transfers' | 'refunds' | 'payouts', Thing[]> = {
    intents: [],
    transfers: [],
    refunds: [],
    payouts: [],
  };
  const statuses: number[] = [];
  let moves = 0;
  const keep = async (kind: keyof typeof made, asked: ReturnType<typeof ask>) => {
    const { status, value } = await asked;
    statuses.push(status);
    if (status !== 200) return;
    moves++;
    made[kind].push(value);
  };
  const run = async ({ deed, amount, pick, card }: Step): Promise<void> => {
    const one = (kind: keyof typeof made) => made[kind][pick % Math.max(1, made[kind].length)];
    const intent = one('intents');
    const pay = `amount=${amount}&currency=usd&confirm=true&payment_method=${card}`;
    const touch = async (path: string, body = '') => {
      const { status } = await ask('POST', path, body);
      statuses.push(status);
      if (status === 200) moves++;
    };
    switch (deed) {
      case 'pay': return keep('intents', ask('POST', '/v1/payment_intents', pay));
      case 'hold': return keep('intents', ask('POST', '/v1/payment_intents', `${pay}&capture_method=manual`));
      case 'capture': return touch(`/v1/payment_intents/${intent?.id ?? 'pi_none'}/capture`, pick % 2 ? `amount_to_capture=${amount}` : '');
      case 'cancel': return touch(`/v1/payment_intents/${intent?.id ?? 'pi_none'}/cancel`);
      case 'succeed': return touch(`/_sim/payment_intents/${intent?.id ?? 'pi_none'}/succeed`);
      case 'fail': return touch(`/_sim/payment_intents/${intent?.id ?? 'pi_none'}/fail`);
      case 'transfer': return keep('transfers', ask('POST', '/v1/transfers', `amount=${amount}&currency=usd&destination=${payee}`));
      case 'sourced': return keep('transfers', ask('POST', '/v1/transfers', `amount=${amount}&currency=usd&destination=${payee}&source_transaction=${intent?.latest_charge ?? 'ch_none'}`));
      case 'reverse': return touch(`/v1/transfers/${one('transfers')?.id ?? 'tr_none'}/reversals`, `amount=${amount}`);
      case 'refund': return keep('refunds', ask('POST', '/v1/refunds', `payment_intent=${intent?.id ?? 'pi_none'}&amount=${amount}`));
      case 'payout': return keep('payouts', ask('POST', '/v1/payouts', `amount=${amount}&currency=usd`, payee));
      case 'platform_payout': return keep('payouts', ask('POST', '/v1/payouts', `amount=${amount}&currency=usd`));
      case 'fail_payout': return touch(`/_sim/payouts/${one('payouts')?.id ?? 'po_none'}/fail`);
      case 'fail_refund': return touch(`/_sim/refunds/${one('refunds')?.id ?? 're_none'}/fail`);
      case 'wait': return simulator.advance(pick * 3_600_000);
    } // prettier-ignore
  };
  for (const each of steps) await run(each);
  const books = (await ask('GET', '/_sim/books')).value as unknown as {
    accounts: Record<string, Record<string, { available: number; pending: number }>>;
    outside: Record<string, Record<string, number>>;
    balanced: boolean;
    violations: unknown[];
  };
  simulator.close();
  const inside = Object.values(books.accounts).reduce(
    (sum, each) => sum + (each['usd']?.available ?? 0) + (each['usd']?.pending ?? 0),
    0,
  );
  const outside = Object.values(books.outside).reduce((sum, each) => sum + (each['usd'] ?? 0), 0);
  return { books, total: inside + outside, statuses, moves, payee: books.accounts[payee]?.['usd'] };
};

describe('the books', () => {
  it('lose and invent no money in any history of payments, transfers, refunds and payouts', async () => {
    let moves = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 30, maxLength: 80 }),
        fc.record({ bps: fc.nat(500), fixed: fc.nat(40) }),
        async (steps, fees) => {
          const { books, total, statuses, payee, moves: made } = await live(steps, fees);
          moves += made;
          expect(books.violations).toEqual([]);
          expect(books.balanced).toBe(true);
          expect(total).toBe(0);
          expect(statuses.filter((status) => status >= 500)).toEqual([]);
          expect(payee?.available ?? 0).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 150 },
    );
    // A history of refusals alone would prove nothing.
    expect(moves).toBeGreaterThan(1000);
  });

  it('would notice money that comes from nowhere, and money that a balance shows without a line for it', () => {
    const world = new World(
      createTables(),
      () => 0,
      'planted',
      () => undefined,
    );
    world.post({
      owner: platform,
      type: 'charge',
      amount: 500,
      currency: 'usd',
      source: 'ch_1',
      outside: 'cardholders',
    });
    expect(checkEverything(world)).toEqual([]);
    world.books.bring('cardholders', platform, 'available', 100, 'usd');
    expect(checkEverything(world)).toEqual([
      'platform|available|usd is 600 in the books and 500 in balance transactions',
    ]);
    world.tables.tallies.patch('platform|available|usd', { amount: 500 });
    expect(checkBooks(world)).toEqual(['usd sums to -100 over all sides']);
    expect(world.tables.violations.size).toBe(2);
  });
});
