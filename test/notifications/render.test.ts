import { describe, expect, it } from 'vitest';
import { render } from '../../activities/notifications/render.ts';
import type { Subject } from '../../activities/notifications/render.ts';
import { wordsOf } from '../../activities/notifications/words.ts';
import type { BaseState, NoticeKind } from '../../domain/machine.ts';
import { currencies, minor } from '../../domain/money.ts';
import { noMoney } from '../../domain/payment/books.ts';
import { noPayment } from '../../domain/payment/payment.ts';
import { noon, stateAt } from '../store/sample-books.ts';

/** Three figures that differ, so that a text which takes the wrong one is caught. */
const figures = { price: 1_234_560, refunded: 200_010, received: 987_650 };

type Figure = keyof typeof figures;

const shown: Readonly<Record<string, Readonly<Record<Figure, string>>>> = {
  usd: { price: 'USD 12,345.60', refunded: 'USD 2,000.10', received: 'USD 9,876.50' },
  jpy: { price: 'JPY 1,234,560', refunded: 'JPY 200,010', received: 'JPY 987,650' },
  kwd: { price: 'KWD 1,234.560', refunded: 'KWD 200.010', received: 'KWD 987.650' },
};

/** The figure each text is about; null where it tells of no amount. */
const about: Readonly<Record<NoticeKind, { payer: Figure | null; payee: Figure | null }>> = {
  booking_confirmed: { payer: 'price', payee: 'price' },
  booking_failed_refunded: { payer: 'refunded', payee: null },
  booking_cancelled: { payer: 'refunded', payee: null },
  booking_rescheduled: { payer: null, payee: null },
  payout_processed: { payer: null, payee: 'received' },
  dispute_filed: { payer: 'price', payee: 'price' },
  dispute_resolved: { payer: null, payee: null },
  refund_processed: { payer: 'refunded', payee: 'refunded' },
  refund_failed: { payer: null, payee: null },
  payment_failed: { payer: 'price', payee: 'price' },
  action_needed: { payer: 'price', payee: 'price' },
  payment_disputed: { payer: 'price', payee: 'price' },
  transfer_waits: { payer: null, payee: null },
};

const money = {
  ...noMoney,
  captured: minor(figures.price),
  refunded: minor(figures.refunded),
  transferred: minor(figures.received),
  paidOut: minor(figures.received),
};

const outcome = {
  at: noon,
  by: 'adm_1',
  outcome: 'split',
  payeeSide: minor(figures.received),
  reason: 'both',
};

function booking(currency: string, more: object = {}): Subject {
  const payment = { ...noPayment(currency, 1_000, false), money };
  const parts: object = { startsAt: noon, payment, dispute: { outcome }, ...more };
  const state: BaseState = { ...stateAt(1), ...parts };
  return { workflowId: 'booking:bk_1', kind: 'booking', id: 'bk_1', state, amount: figures.price, currency };
}

const kinds = Object.keys(wordsOf) as NoticeKind[];
const cases = kinds.flatMap((kind) => (['payer', 'payee'] as const).map((to) => [kind, to] as const));

describe('what people read', () => {
  it.each(cases)(
    'tells of %s to the %s the right amount in every currency, and nothing that is no word',
    (kind, to) => {
      for (const [currency, amounts] of Object.entries(shown)) {
        const { subject, text } = render(kind, to, booking(currency), 'Europe/Berlin');
        const sentences = text.slice(0, text.indexOf('Reference: booking:bk_1'));
        const told = (Object.keys(figures) as Figure[]).filter((figure) =>
          sentences.includes(amounts[figure]),
        );
        const figure = about[kind][to];
        expect(told).toEqual(figure === null ? [] : [figure]);
        expect(text.endsWith(`Price: ${amounts.price}\n`)).toBe(true);
        expect(subject).toContain('booking bk_1');
        expect(`${subject}${text}`).not.toMatch(/undefined|null|NaN|Invalid|\[object|<|\s{3}| {2}/);
      }
    },
  );

  it('says the same of an agreement that has no payment, no time and no complaint yet', () => {
    const bare = booking('usd', { payment: undefined, startsAt: undefined, dispute: undefined });
    for (const [kind, to] of cases) {
      const { subject, text } = render(kind, to, bare, null);
      expect(`${subject}${text}`).not.toMatch(/undefined|null|NaN|Invalid|2,000.10/);
    }
  });

  it('shows the time on the reader’s clock, and in UTC where their zone is unknown', () => {
    const timeIn = (zone: string | null) => render('booking_confirmed', 'payer', booking('usd'), zone).text;
    expect(timeIn('Europe/Berlin')).toContain('Saturday, 21 November 2026 at 13:00 (Europe/Berlin)');
    expect(timeIn('America/Los_Angeles')).toContain(
      'Saturday, 21 November 2026 at 04:00 (America/Los_Angeles)',
    );
    for (const zone of [null, '', 'Mars/Olympus'])
      expect(timeIn(zone)).toContain('Saturday, 21 November 2026 at 12:00 (UTC)');
  });

  it('tells a payee of money in their account at Stripe until it is on its way to their bank', () => {
    const unpaid = {
      ...noPayment('usd', 1_000, false),
      money: { ...money, paidOut: minor(0), reversed: minor(50) },
    };
    const text = (more: object) => render('payout_processed', 'payee', booking('usd', more), null).text;
    expect(text({ payment: unpaid })).toContain(
      'USD 9,876.00 for your booking bk_1 is in your account at Stripe',
    );
    expect(text({})).toContain('USD 9,876.50 for your booking bk_1 is on its way to your bank');
  });

  it('never tells a payer of a refund that the bank has taken back', () => {
    const undone = { ...noPayment('usd', 1_000, false), money: { ...money, refunded: minor(0) } };
    const { text } = render('refund_processed', 'payer', booking('usd', { payment: undone }), null);
    expect(text).toContain('refused by the bank');
    expect(text).not.toContain('is on its way back');
  });

  it.each(['release', 'refund', 'split'])('tells both sides how a complaint ended: %s', (how) => {
    const of = (to: 'payer' | 'payee') =>
      render(
        'dispute_resolved',
        to,
        booking('usd', { dispute: { outcome: { ...outcome, outcome: how } } }),
        null,
      ).text;
    expect(of('payer')).toMatch(/decided\. \S/);
    expect(of('payee')).toMatch(/decided\. \S/);
    expect(of('payer')).not.toBe(of('payee'));
  });

  it('has words for amounts of every currency we take', () => {
    for (const [currency, { minimum }] of Object.entries(currencies)) {
      const { text } = render('action_needed', 'payer', { ...booking(currency), amount: minimum }, null);
      expect(text).toMatch(new RegExp(`Price: ${currency.toUpperCase()} [\\d,.]*[1-9][\\d,.]*\n$`));
    }
  });

  it('refuses a kind it has no words for, rather than sending an empty mail', () => {
    expect(() => render('toString', 'payer', booking('usd'), null)).toThrow(/words/);
  });
});
