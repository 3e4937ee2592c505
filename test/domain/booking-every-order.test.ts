import { describe, expect, it } from 'vitest';
import { heldOf, payeeHas, sumOf } from '../../domain/payment/books.ts';
import { PayeeAccount } from './booking-account.ts';
import type { Run, Visit } from './booking-world.ts';
import { assertSettled, liveBooking } from './booking-world.ts';
import { bookingInput, disputes, hears, openedAt, pays, rules, says } from './bookings.ts';
import { ms } from './lessons.ts';

// Six things race within one booking: a complaint, an admin's word about it, a cancellation, a refund, the end of the
// window and the payer's bank. They are lived in all 720 orders; whatever the order, no cent has two owners and none is
// lost.

type Racer = 'dispute' | 'resolve' | 'cancel' | 'refund' | 'windowEnd' | 'bank';
const racers: readonly Racer[] = ['dispute', 'resolve', 'cancel', 'refund', 'windowEnd', 'bank'];

const ordersOf = <T>(list: readonly T[]): T[][] =>
  list.length < 2
    ? [[...list]]
    : list.flatMap((one, i) => ordersOf(list.filter((_, j) => j !== i)).map((rest) => [one, ...rest]));

interface Variant {
  readonly outcome: 'release' | 'refund' | 'split';
  /** Admins may cancel at any time, so that the cancel is not always refused after the start. */
  readonly cancelBy: 'attendee' | 'provider' | 'admin';
  /** Absent: all that is left. */
  readonly refund?: number;
  readonly verdict: 'lost' | 'won' | 'warning_closed';
  /** Absent: all that is left. */
  readonly disputed?: number;
  /** How long the news of the bank's dispute takes. */
  readonly news: string;
  /** From one racer to the next; in days the provider is paid out meanwhile. */
  readonly apart: string;
  readonly moveMs: number;
}

/** A session of a minute whose start lies two turns before the end of its window, so that both its sides are met. */
async function inOrder(order: readonly Racer[], variant: Variant, copies = 1): Promise<[Run, PayeeAccount]> {
  const apartMs = ms(variant.apart);
  const first = openedAt + ms('PT20M') + 2 * apartMs;
  const at = (racer: Racer): number => first + order.indexOf(racer) * apartMs;
  const last = first + 5 * apartMs;
  const { outcome, refund } = variant;
  const verdict = { outcome, reason: 'heard', ...(outcome === 'split' ? { payeeBps: 4000 } : {}) };
  const words: [Exclude<Racer, 'windowEnd' | 'bank'>, object][] = [
    ['dispute', { by: 'attendee', reason: 'no' }],
    ['resolve', verdict],
    ['cancel', { by: variant.cancelBy, reason: 'no' }],
    ['refund', { reason: 'sorry', ...(refund === undefined ? {} : { amount: refund }) }],
  ];
  const [opened] = disputes(at('bank'), variant.disputed, variant.verdict === 'warning_closed');
  const visits: Visit[] = [
    ...pays(),
    ...words.flatMap(([racer, body]) => Array.from({ length: copies }, () => says(at(racer), racer, body))),
    ...(opened === undefined ? [] : [opened]),
    ...Array.from({ length: copies }, () => hears(at('bank') + ms(variant.news), 'charge.dispute.created')),
    says(last + ms('PT1H'), 'resolve', verdict),
    ...rules(last + ms('P3D'), variant.verdict),
  ];
  const startsAt = at('windowEnd') - 2 * apartMs;
  const hold = { anchor: 'session_end', for: `PT${(2 * apartMs - 60_000) / 1_000}S` } as const;
  const input = bookingInput({ startsAt, durationMinutes: 1, terms: { hold } });
  const account = new PayeeAccount();
  return [await liveBooking(input, { visits, account, moveMs: variant.moveMs }), account];
} // prettier-ignore

/** Where the price went, by Stripe's own books: it sums to what was paid, and what left beyond that is owed to us. */
function expectEveryCent({ state: { payment: { money } }, stripe }: Run, account: PayeeAccount): void {
  const [sent, back] = [sumOf(stripe.transfers) - stripe.reversed, sumOf(stripe.refundsThatCount)];
  expect(money.feeEarned + sent + back + stripe.taken).toBe(5000 + account.debt);
  expect(heldOf(money)).toBe(0);
  expect(back + stripe.taken).toBeLessThanOrEqual(5000);
  expect(stripe.transfers.filter(({ amount, reversed }) => amount > reversed).length).toBeLessThanOrEqual(1);
} // prettier-ignore

/** Who has the money in the end. */
function fateOf({ state: { payment: { money } } }: Run): string {
  const shares = Object.entries({ provider: payeeHas(money), payer: money.refunded, bank: money.disputed });
  return shares.flatMap(([who, amount]) => (amount > 0 ? [who] : [])).join(' and ');
} // prettier-ignore

const usual = { verdict: 'lost', news: 'PT1S', apart: 'PT30S', moveMs: 300 } as const;

describe.each<Variant & { readonly fates: readonly string[] }>([
  {
    ...usual, outcome: 'release', cancelBy: 'attendee',
    fates: ['bank', 'payer', 'payer and bank'],
  },
  {
    ...usual, outcome: 'split', cancelBy: 'admin', refund: 2000, disputed: 1500, moveMs: 40_000,
    fates: ['payer', 'payer and bank', 'provider and bank', 'provider and payer and bank'],
  },
  {
    ...usual, outcome: 'split', cancelBy: 'attendee', refund: 2000, apart: 'P3D',
    fates: ['bank', 'payer', 'payer and bank'],
  },
  {
    ...usual, outcome: 'release', cancelBy: 'admin', disputed: 3000, apart: 'P3D', news: 'P5D',
    fates: ['payer', 'payer and bank', 'provider and bank'],
  },
  {
    ...usual, outcome: 'refund', cancelBy: 'attendee', refund: 1000, verdict: 'won', news: 'P1D', moveMs: 0,
    fates: ['payer', 'provider', 'provider and payer'],
  },
  {
    ...usual, outcome: 'split', cancelBy: 'provider', verdict: 'warning_closed', moveMs: 2500,
    fates: ['payer', 'provider', 'provider and payer'],
  },
])('$outcome, cancel by $cancelBy, $apart apart, moves of $moveMs ms; the bank says $verdict, heard $news later', (variant) => {
  it('all 720 orders end in one fate with every cent accounted for', async () => {
    const orders = ordersOf(racers);
    expect(orders).toHaveLength(720);
    const fates = new Set<string>();
    for (const order of orders) {
      try {
        const [run, account] = await inOrder(order, variant);
        assertSettled(run);
        expectEveryCent(run, account);
        fates.add(fateOf(run));
      } catch (error) {
        throw new Error(order.join(' > '), { cause: error });
      }
    }
    // Each fate really occurs: orders that all end with the bank would prove nothing about the provider's share.
    expect([...fates].toSorted()).toEqual(variant.fates);
  });
}); // prettier-ignore

it('said twice at once, every message has the same effect as said once, in all 720 orders', async () => {
  for (const order of ordersOf(racers)) {
    const variant = { ...usual, outcome: 'split', cancelBy: 'admin', refund: 2000 } as const;
    const [[once], [twice]] = [await inOrder(order, variant), await inOrder(order, variant, 2)];
    const ends = [once, twice].map(({ outcome, state }) => ({ outcome, money: state.payment.money }));
    expect(ends[1], order.join(' > ')).toEqual(ends[0]);
    expect(twice.told.filter(({ accepted }) => accepted), order.join(' > ')).toHaveLength(once.told.filter(({ accepted }) => accepted).length);
  }
}); // prettier-ignore
