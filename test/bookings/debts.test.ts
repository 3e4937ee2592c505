import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '../../worker/api-process.ts';
import { createLog } from '../../worker/log.ts';
import { freePort } from '../../worker/ports.ts';
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { ordered, setTerms, showBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { travel } from '../house/lessons.ts';
import {
  accuse,
  alertsOf,
  becomes,
  bookSoon,
  debtOf,
  fund,
  openGroupProvider,
  transfersOf,
} from '../house/booking-money.ts';

let house: House;
const providers = new Map<Name, Provider>();
const lives = new Map<Name, ShownBooking>();
const disputes = new Map<Name, Stripe.Dispute>();

/** Bookings that were paid out and are disputed at the bank two months later, each of a provider of its own. */
const names = ['won', 'lost', 'has some left', 'partly refunded', 'disputed twice'] as const;
type Name = (typeof names)[number];

/** What the books say once the bank has taken the money back. */
const taken = {
  won: { disputed: 5000, reversed: 0, advanced: 4500, feeEarned: 0 },
  lost: { disputed: 5000, reversed: 0, advanced: 4500, feeEarned: 0 },
  'has some left': { disputed: 5000, reversed: 1000, advanced: 3500, feeEarned: 0 },
  'partly refunded': { refunded: 2000, disputed: 3000, advanced: 2700, feeEarned: 0 },
  'disputed twice': { disputed: 2000, advanced: 1800, feeEarned: 300 },
} as const satisfies Record<Name, object>;

const lifeOf = (name: Name): ShownBooking => lives.get(name)!;
const owed = (name: Name) => debtOf(house, providers.get(name)!);
const usd = (amount: number) => [{ currency: 'usd', amount }];
const judge = (name: Name, verdict: 'win' | 'lose') =>
  house.sim('POST', `/disputes/${disputes.get(name)?.id}/${verdict}`, {});
/** Paid the moment it is booked: what matters here is what happens afterwards. */
const atOnce = { policy: 'at-once' };

beforeAll(async () => {
  house = await openHouse();
  await fund(house, 100_000);
  await setTerms(house, 'at-once', { hold: { anchor: 'payment', for: 'PT0S' } });
  for (const name of names) {
    providers.set(name, await openGroupProvider(house));
    lives.set(name, await bookSoon(house, providers.get(name)!, name === 'partly refunded' ? {} : atOnce));
  }
  await ordered(house, lifeOf('partly refunded').id, 'refund', { reason: 'half of it', amount: 2000 });
  await travel(house, 'P60D');
  for (const name of names) {
    const share = name === 'partly refunded' ? 2700 : 4500;
    await becomes(house, lifeOf(name), { transferred: share, paidOut: share });
    expect((await house.store.findAgreement(`booking:${lifeOf(name).id}`))?.open).toBe(false);
  }
  const destination = providers.get('has some left')!.account.stripeId;
  await house.stripe.transfers.create({ amount: 1000, currency: 'usd', destination });
  for (const name of names)
    disputes.set(name, await accuse(house, lifeOf(name), name === 'disputed twice' ? { amount: 2000 } : {}));
  for (const name of names) await becomes(house, lifeOf(name), { ...taken[name], held: 0 });
});
afterAll(async () => {
  await house.close();
});
afterEach(async () => {
  await checkBooks(house);
});

describe('the bank takes the money back two months after the payout', () => {
  it('what the provider has had is their debt, and the platform gives up its fee', async () => {
    for (const name of ['won', 'lost'] as const) {
      expect(await owed(name)).toEqual(usd(4500));
      expect(await showBooking(house, lifeOf(name).id)).toMatchObject({
        state: 'disputed',
        status: 'DISPUTED',
      });
      expect(await alertsOf(house, lifeOf(name), 'CHARGE_DISPUTE')).toMatchObject([{ resolvedAt: null }]);
    }
  });

  it('what lies in their balance is taken back first, and only the rest is owed', async () => {
    expect(await owed('has some left')).toEqual(usd(3500));
    expect(await transfersOf(house, lifeOf('has some left'))).toMatchObject([{ amount_reversed: 1000 }]);
  });

  it('after a part was refunded only the rest is at stake', async () => {
    expect(await owed('partly refunded')).toEqual(usd(2700));
  });

  it('a part of it: the provider owes their share of that part; a second dispute takes the rest', async () => {
    expect(await owed('disputed twice')).toEqual(usd(1800));
    await checkBooks(house);
    await judge('disputed twice', 'lose');
    await travel(house, 'PT1M');
    const second = await accuse(house, lifeOf('disputed twice'));
    expect(second.amount).toBe(3000);
    await becomes(house, lifeOf('disputed twice'), { disputed: 5000, advanced: 4500, feeEarned: 0, held: 0 });
    expect(await owed('disputed twice')).toEqual(usd(4500));
    await house.sim('POST', `/disputes/${second.id}/lose`, {});
    await travel(house, 'PT1M');
    expect(await owed('disputed twice')).toEqual(usd(4500));
  });
});

describe('a provider in debt', () => {
  it('gets half of each of the next bookings; the other half pays the debt', async () => {
    const provider = providers.get('won')!;
    const first = await bookSoon(house, provider, atOnce);
    await becomes(house, first, { transferred: 2250, netted: 2250, feeEarned: 500, held: 0 });
    expect(await owed('won')).toEqual(usd(2250));
    expect(await transfersOf(house, first)).toMatchObject([{ amount: 2250 }]);
    await checkBooks(house);
    const second = await bookSoon(house, provider, { ...atOnce, amount: 2000 });
    await becomes(house, second, { transferred: 900, netted: 900, feeEarned: 200, held: 0 });
    expect(await owed('won')).toEqual(usd(1350));
  });

  it('gets back exactly what they gave when the dispute is won, and owes nothing', async () => {
    await judge('won', 'win');
    await becomes(house, lifeOf('won'), {
      disputed: 0,
      advanced: 3150,
      transferred: 7650,
      paidOut: 7650,
      feeEarned: 500,
      held: 0,
    });
    expect(await owed('won')).toEqual([]);
    expect((await transfersOf(house, lifeOf('won'))).map(({ amount }) => amount)).toEqual([3150, 4500]);
    await checkBooks(house);
    const next = await bookSoon(house, providers.get('won')!, atOnce);
    await becomes(house, next, { transferred: 4500, netted: 0 });
  });

  it('goes on owing when the dispute is lost', async () => {
    await judge('lost', 'lose');
    await travel(house, 'PT1M');
    expect(await showBooking(house, lifeOf('lost').id)).toMatchObject({
      payment: { disputed: 5000, advanced: 4500, held: 0 },
    });
    expect(await owed('lost')).toEqual(usd(4500));
  });

  it('who still owes after a month is told to people, once', async () => {
    for (const name of ['has some left', 'partly refunded'] as const) await judge(name, 'lose');
    await travel(house, 'P28D');
    await look();
    expect(await alertsOf(house, lifeOf('lost'), 'PROVIDER_DEBT')).toEqual([]);
    await travel(house, 'P3D');
    await look();
    await look();
    expect(await alertsOf(house, lifeOf('lost'), 'PROVIDER_DEBT')).toMatchObject([
      { count: 1, message: expect.stringContaining('owes 4500 usd') as string },
    ]);
    expect(await alertsOf(house, lifeOf('won'), 'PROVIDER_DEBT')).toEqual([]);
  });

  /** An API looks for old debts when it starts, and every minute from then on. */
  const look = async (): Promise<void> => {
    const { store, temporal, stripe, clock, queue } = house;
    const config = { ...house.config, api: { ...house.config.api, port: await freePort() } };
    const api = await startApi({
      config,
      store,
      temporal,
      stripe,
      clock,
      log: createLog('silent', 'look'),
      queue,
    });
    await api.stop();
  };
});
