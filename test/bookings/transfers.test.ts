import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Provider, ShownBooking } from '../house/bookings.ts';
import { openProvider, ordered, showBooking, untilBooking } from '../house/bookings.ts';
import { checkBooks } from '../house/books.ts';
import type { Trouble } from '../house/faults.ts';
import { arm, assertStruck, calm, cutOff, passWithoutWorker, troubles } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { hourMs, openAccount, travel, writes } from '../house/lessons.ts';
import {
  alertsOf,
  bookSoon,
  emptyBalance,
  fund,
  openGroupProvider,
  transfersOf,
  travelToWindowEnd,
} from '../house/booking-money.ts';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await openGroupProvider(house);
});
afterAll(async () => {
  await house.close();
});
afterEach(async () => {
  await calm(house);
  await checkBooks(house);
});

const paid = {
  status: 'TRANSFERRED',
  needsAttention: null,
  payment: { feeEarned: 500, transferred: 4500, held: 0 },
};
const waiting = { status: 'SUCCEEDED', needsAttention: null, payment: { transferred: 0, held: 5000 } };

/** Stripe refuses transfers this often, with this code. */
const refusing = (code: string, times: number): Trouble => {
  const body = { error: { type: 'invalid_request_error', code, message: 'No.' } };
  return { fault: { kind: 'status_before', status: 400, body }, times };
};
const refuse = (code: string, times: number): Promise<void> =>
  arm(house, { path: '/v1/transfers' }, refusing(code, times));
const freeze = async (word: 'freeze' | 'unfreeze', whose = ''): Promise<void> => {
  const answer = await house.request('POST', `/api/admin${whose}/${word}`, {
    body: { reason: 'a look' },
    key: crypto.randomUUID(),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
};

describe('the answer to the transfer is lost', () => {
  it('the provider is paid once all the same', async () => {
    const booked = await bookSoon(house, provider);
    await arm(house, { path: '/v1/transfers' }, troubles['connection lost after the effect']);
    await travelToWindowEnd(house, booked);
    await assertStruck(house);
    expect(await showBooking(house, booked.id)).toMatchObject({ ...paid, transferAttempts: 1 });
    expect(await transfersOf(house, booked)).toHaveLength(1);
  });

  it('and we ask again 25 hours later, when Stripe has forgotten the key: the provider is paid once', async () => {
    const booked = await bookSoon(house, provider);
    await arm(house, { path: '/v1/transfers' }, troubles['connection lost after the effect']);
    await cutOff(house, { path: '/v1/transfers' });
    await travelToWindowEnd(house, booked);
    await passWithoutWorker(house, house.clock.now() + 25 * hourMs);
    expect(await showBooking(house, booked.id)).toMatchObject({ payment: { transferred: 0 } });
    await calm(house);
    expect(await transfersOf(house, booked)).toHaveLength(1);
    await travel(house, 'PT2H');
    expect(await showBooking(house, booked.id)).toMatchObject({ ...paid, transferAttempts: 1 });
    expect(await transfersOf(house, booked)).toHaveLength(1);
  });
});

describe('the platform has too little', () => {
  it('because its balance was paid out: the provider is paid once when there is money, and no try is lost', async () => {
    const booked = await bookSoon(house, provider);
    await travelToWindowEnd(house, booked, -hourMs);
    await emptyBalance(house);
    await travel(house, 'PT1H30M');
    expect(await showBooking(house, booked.id)).toMatchObject({ ...waiting, transferAttempts: 0 });
    await fund(house, 4500);
    // Looked for every quarter of an hour at first.
    await travel(house, 'PT20M');
    expect(await showBooking(house, booked.id)).toMatchObject({ ...paid, transferAttempts: 1 });
    expect(await transfersOf(house, booked)).toHaveLength(1);
    // A stored refusal would be answered for ever under the first key (B2).
    const keys = (await house.store.listOperations(`booking:${booked.id}`)).filter(
      ({ kind }) => kind === 'transfer',
    );
    expect(keys.length).toBeGreaterThan(1);
    expect(keys.filter(({ result }) => result === 'effect')).toHaveLength(1);
  });

  it('for a moment right after the payment: a lock at Stripe burns no try', async () => {
    const terms = { kind: 'booking', hold: { anchor: 'payment', for: 'PT0S' } };
    await house.request('PUT', '/api/admin/policies/at-once', { body: terms });
    await arm(house, { path: '/v1/transfers' }, troubles['lock timeout']);
    const booked = await bookSoon(house, provider, { policy: 'at-once' });
    await untilBooking(house, booked.id, ({ payment }) => payment['transferred'] === 4500);
    await assertStruck(house);
    expect(await showBooking(house, booked.id)).toMatchObject({ ...paid, transferAttempts: 1 });
    expect(await house.store.listOperations(`booking:${booked.id}`)).toContainEqual(
      expect.objectContaining({ kind: 'transfer', result: 'effect', key: `booking:${booked.id}:transfer` }),
    );
  });
});

describe('the payer is given all of it back in the dashboard', () => {
  it('while Stripe is too busy for the transfer: no try after that sends the money', async () => {
    await fund(house, 9000);
    const booked = await bookSoon(house, provider);
    await arm(house, { path: '/v1/transfers' }, { ...troubles['lock timeout'], times: 100 });
    await travelToWindowEnd(house, booked, 500);
    await house.stripe.refunds.create({ payment_intent: booked.payment.paymentIntentId });
    await calm(house);
    await travel(house, 'PT10M');
    expect(await transfersOf(house, booked)).toEqual([]);
    // A try may be on its way for a day; only then it is given up.
    await passWithoutWorker(house, house.clock.now() + 25 * hourMs);
    await travel(house, 'PT2H');
    expect(await transfersOf(house, booked)).toEqual([]);
    expect(await showBooking(house, booked.id)).toMatchObject({
      status: 'REFUNDED',
      needsAttention: null,
      payment: { refunded: 5000, transferred: 0, feeEarned: 0, held: 0 },
    });
  });
});

describe('Stripe refuses the transfer three times', () => {
  let parked: ShownBooking[];
  beforeAll(async () => {
    parked = [
      await bookSoon(house, provider),
      await bookSoon(house, provider),
      await bookSoon(house, provider),
    ];
    await refuse('insufficient_capabilities_for_transfer', 9);
    await travelToWindowEnd(house, parked[0]!);
    for (const { id } of parked) await untilBooking(house, id, ({ state }) => state === 'parked');
    await assertStruck(house);
  });

  it('every provider’s booking is parked and told to people, with the count of tries', async () => {
    for (const booking of parked) {
      expect(await showBooking(house, booking.id)).toMatchObject({
        transferAttempts: 3,
        payment: { transferred: 0, held: 5000 },
        needsAttention: { operation: 'transfer', attempts: 3, commands: ['retry', 'skip', 'refund'] },
      });
      expect(await alertsOf(house, booking, 'TRANSFER_FAILED')).toMatchObject([
        { message: expect.stringContaining('3 time(s)') as string, resolvedAt: null },
      ]);
    }
  });

  it('tried again to the provider’s other account: that one is paid once, and the count goes on', async () => {
    const other = await openAccount(house);
    await ordered(house, parked[0]!.id, 'retry', { reason: 'moved', account: other.id });
    await untilBooking(house, parked[0]!.id, ({ payment }) => payment['transferred'] === 4500);
    expect(await showBooking(house, parked[0]!.id)).toMatchObject({ ...paid, transferAttempts: 4 });
    expect(await transfersOf(house, parked[0]!)).toMatchObject([
      { amount: 4500, destination: other.stripeId },
    ]);
  });

  it('skipped: the money stays on the platform and nobody is paid later', async () => {
    await ordered(house, parked[1]!.id, 'skip', { reason: 'paid in cash' });
    await travel(house, 'P1D');
    expect(await showBooking(house, parked[1]!.id)).toMatchObject(waiting);
    expect(await transfersOf(house, parked[1]!)).toEqual([]);
  });

  it('refunded: the attendee has all of it back and the provider nothing', async () => {
    await ordered(house, parked[2]!.id, 'refund', { reason: 'nobody can be paid' });
    await untilBooking(house, parked[2]!.id, ({ payment }) => payment['refunded'] === 5000);
    expect(await showBooking(house, parked[2]!.id)).toMatchObject({
      status: 'REFUNDED',
      needsAttention: null,
      payment: { held: 0, transferred: 0 },
    });
    expect(await transfersOf(house, parked[2]!)).toEqual([]);
  });
});

describe('the provider cannot be paid yet', () => {
  it('for 20 days: is paid by itself when the account is ready again, and no try was burned', async () => {
    const slow = await openProvider(house);
    const booked = await bookSoon(house, slow);
    const setTransfers = (transfers: string) =>
      house.sim('POST', `/accounts/${slow.account.stripeId}`, { capabilities: { transfers } });
    await setTransfers('inactive');
    await travelToWindowEnd(house, booked);
    await travel(house, 'P2D');
    await passWithoutWorker(house, house.clock.now() + 18 * 24 * hourMs);
    await travel(house, 'PT1M');
    expect(await showBooking(house, booked.id)).toMatchObject({ ...waiting, transferAttempts: 0 });
    expect(await alertsOf(house, booked, 'TRANSFER_FAILED')).toHaveLength(1);
    await setTransfers('active');
    await travel(house, 'PT1M');
    expect(await showBooking(house, booked.id)).toMatchObject({ ...paid, transferAttempts: 1 });
  });

  it.each([
    ['the account is', (whose: Provider) => `/accounts/${whose.account.id}`],
    ['all accounts are', () => ''],
  ])('while %s frozen nothing leaves; thawed, each booking is paid once', async (_, whoseOf) => {
    const frozen = await openProvider(house);
    const [late, early] = [
      await bookSoon(house, frozen, { startTime: inHours(5) }),
      await bookSoon(house, frozen, { startTime: inHours(3) }),
    ];
    await freeze('freeze', whoseOf(frozen));
    await travelToWindowEnd(house, late);
    for (const { id } of [early, late])
      expect(await showBooking(house, id)).toMatchObject({ ...waiting, transferAttempts: 0 });
    const before = (await writes(house, /^\/v1\/transfers$/)).length;
    await freeze('unfreeze', whoseOf(frozen));
    await travel(house, 'PT1M');
    for (const { id } of [early, late])
      expect(await showBooking(house, id)).toMatchObject({ ...paid, transferAttempts: 1 });
    expect((await writes(house, /^\/v1\/transfers$/)).length - before).toBe(2);
    for (const booking of [early, late]) expect(await transfersOf(house, booking)).toHaveLength(1);
  });

  const inHours = (hours: number): string =>
    new Date(Math.ceil(house.clock.now() / hourMs + hours) * hourMs).toISOString();

  it('because the account is another one at Stripe than was agreed: nothing is sent before a person says where to', async () => {
    const swapped = await openProvider(house);
    const booked = await bookSoon(house, swapped);
    const other = await openAccount(house);
    await house.store.updateAccount(other.id, { stripeAccountId: 'acct_gone' }, house.clock.now());
    await house.store.updateAccount(
      swapped.account.id,
      { stripeAccountId: other.stripeId },
      house.clock.now(),
    );
    await travelToWindowEnd(house, booked);
    expect(await showBooking(house, booked.id)).toMatchObject({
      state: 'parked',
      payment: { transferred: 0, held: 5000 },
      needsAttention: {
        operation: 'transfer',
        lastError: expect.stringContaining('account_swapped') as string,
      },
    });
    expect(await transfersOf(house, booked)).toEqual([]);
    await ordered(house, booked.id, 'retry', { reason: 'it is theirs', account: swapped.account.id });
    await untilBooking(house, booked.id, ({ payment }) => payment['transferred'] === 4500);
    expect(await transfersOf(house, booked)).toMatchObject([{ destination: other.stripeId }]);
  });
});
