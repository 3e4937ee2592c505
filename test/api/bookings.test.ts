import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slotOf } from '../../domain/booking/booking.ts';
import { workflowIdOf } from '../../domain/kinds.ts';
import { bookingRequest, openApiHouse, providerRequest } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';

// Temporal is nowhere here: a booking that is taken is durable at once and answered 503 later, and nothing beyond that
// can happen.

let house: ApiHouse;
beforeAll(async () => {
  house = await openApiHouse();
  await house.payee('prov_acct_1');
  const made = await house.ask('app', 'POST', '/api/providers', providerRequest());
  expect(made.status).toBe(201);
});
const later: Promise<Response>[] = [];
afterAll(async () => {
  for (const answer of await Promise.all(later)) expect(answer.status).toBe(503);
  await house.close();
});

const daysAhead = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const attendee = { name: 'A', email: 'a@example.org', timeZone: 'Europe/Berlin' };
const book = async (given: Record<string, unknown>, on: ApiHouse = house): Promise<Response> =>
  await on.ask('app', 'POST', '/api/bookings', bookingRequest(given));
const rowOf = async (id: string) => await house.store.findAgreement(workflowIdOf('booking', id));
/** Books and goes on as soon as it is durable; that the answer is 503 is looked at in the end. */
async function taken(given: Record<string, unknown> & { id: string }): Promise<void> {
  const answer = book(given);
  later.push(answer);
  const isOver = answer.then(() => true);
  while ((await rowOf(given.id)) === null) {
    const isRefused = await Promise.race([
      isOver,
      new Promise<false>((go) => setTimeout(() => go(false), 20)),
    ]);
    if (isRefused && (await rowOf(given.id)) === null) throw new Error(await (await answer).text());
  }
}

const bad: Record<string, [given: Record<string, unknown>, pointer: string]> = {
  'a provider nobody knows': [{ provider: 'nobody' }, '/provider'],
  'something the provider does not offer': [{ eventTypeId: 99 }, '/eventTypeId'],
  'an event type of zero': [{ eventTypeId: 0 }, '/eventTypeId'],
  'an event type in words': [{ eventTypeId: '17' }, '/eventTypeId'],
  'a start in the past': [{ startTime: '2020-01-01T00:00:00Z' }, '/startTime'],
  'a start more than two years ahead': [{ startTime: daysAhead(800) }, '/startTime'],
  'a start without a zone': [{ startTime: '2030-01-01T00:00:00' }, '/startTime'],
  'no minute of time': [{ duration: 0 }, '/duration'],
  'half a minute': [{ duration: 30.5 }, '/duration'],
  'more than a day': [{ duration: 1441 }, '/duration'],
  'nobody who comes': [{ attendee: undefined }, '/attendee'],
  'no name': [{ attendee: { ...attendee, name: ' ' } }, '/attendee/name'],
  'no e-mail address': [{ attendee: { ...attendee, email: 'a@' } }, '/attendee/email'],
  'a zone nobody knows': [{ attendee: { ...attendee, timeZone: 'Mars/Base' } }, '/attendee/timeZone'],
  'an offset for a zone': [{ attendee: { ...attendee, timeZone: '+01:00' } }, '/attendee/timeZone'],
  'less than Stripe charges': [{ amount: 49 }, '/amount'],
  'a float amount': [{ amount: 50.5 }, '/amount'],
  'a negative amount': [{ amount: -5000 }, '/amount'],
  'a currency nobody takes': [{ amount: 5000, currency: 'xxx' }, '/currency'],
  'a currency the price is not in': [{ currency: 'eur' }, '/amount'],
  'a page that is none': [{ returnUrl: 'javascript:alert(1)' }, '/returnUrl'],
  'a way to pay nobody knows': [{ uiMode: 'popup' }, '/uiMode'],
  'a policy nobody knows': [{ policy: 'nothing' }, '/policy'],
  'an id with a slash': [{ id: '../x' }, '/id'],
  'a field nobody knows': [{ status: 'SUCCEEDED' }, '/status'],
  'an empty seat': [{ seat: '' }, '/seat'],
};

describe('a booking that cannot be taken', () => {
  it.each(Object.entries(bad))('says so of %s: nobody pays, nobody sits', async (_what, [given, pointer]) => {
    const before = await house.traces();
    const answer = await book(given);
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: { pointer: string }[] };
    expect(errors.map((error) => error.pointer)).toContain(pointer);
    expect(await house.traces()).toEqual(before);
  });

  it('is refused to whoever may only look', async () => {
    for (const [role, status] of [['viewer', 403], [null, 401]] as const) {
      const answer = await house.ask(role, 'POST', '/api/bookings', bookingRequest());
      expect(answer.status).toBe(status);
    }
  });

  it.each([
    ['has no transfers', { capabilities: { transfers: 'inactive' } }],
    ['was rejected', { requirements: { disabled_reason: 'rejected.fraud' } }],
  ])('is 409 where the provider’s account %s at Stripe, and nothing is kept', async (_what, news) => {
    const shut = await openApiHouse();
    await shut.payee('prov_acct_1');
    expect((await shut.ask('app', 'POST', '/api/providers', providerRequest())).status).toBe(201);
    const stripeId = (await shut.store.findAccount('prov_acct_1'))?.stripeAccountId ?? '';
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify(news);
    await fetch(`${shut.stripe.url}/_sim/accounts/${stripeId}`, { method: 'POST', headers, body });
    await shut.store.updateAccount('prov_acct_1', { transfersEnabled: false }, Date.now());
    const before = await shut.traces();
    const answer = await book({}, shut);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ code: 'not_ready', retryable: true });
    expect((await shut.traces()).agreements).toBe(before.agreements);
    await shut.close();
  });

  it('is 409 where Stripe pays the provider out by its own schedule, and nothing is kept', async () => {
    await house.store.updateAccount('prov_acct_1', { payoutSchedule: 'automatic' }, Date.now());
    // Our row is behind: Stripe itself says manual, so the booking is taken and the row corrected.
    await taken({ id: 'bkg_manual', startTime: daysAhead(30) });
    expect((await house.store.findAccount('prov_acct_1'))?.payoutSchedule).toBe('manual');
    const account = await house.store.findAccount('prov_acct_1');
    await house.ports.stripe.accounts.update(account?.stripeAccountId ?? '', {
      settings: { payouts: { schedule: { interval: 'daily' } } },
    });
    await house.store.updateAccount('prov_acct_1', { payoutSchedule: 'automatic' }, Date.now());
    expect((await book({ startTime: daysAhead(31) })).status).toBe(409);
    await house.ports.stripe.accounts.update(account?.stripeAccountId ?? '', {
      settings: { payouts: { schedule: { interval: 'manual' } } },
    });
    await house.store.updateAccount('prov_acct_1', { payoutSchedule: 'manual' }, Date.now());
  });
}); // prettier-ignore

describe('a seat', () => {
  it('is sold once when twenty people want it at the same time', async () => {
    const startTime = daysAhead(6);
    const wanted = Array.from({ length: 20 }, (_, index) => book({ id: `bkg_rush_${index}`, startTime }));
    const answers = await Promise.all(wanted);
    const codes = await Promise.all(answers.map(async (one) => ((await one.json()) as { code: string }).code));
    expect(codes.filter((code) => code === 'unavailable')).toHaveLength(1);
    expect(codes.filter((code) => code === 'slot_taken')).toHaveLength(19);
    expect(await house.store.listSeats(slotOf('prov_1', 17, Date.parse(startTime)))).toHaveLength(1);
  });

  it('of a class is sold as often as there are seats, to people who name the provider either way', async () => {
    const startTime = daysAhead(7);
    const wanted = Array.from({ length: 8 }, (_, index) =>
      book({ id: `bkg_class_${index}`, provider: index % 2 === 0 ? 'prov_1' : 'anna', eventTypeId: 18, startTime }),
    );
    const statuses = (await Promise.all(wanted)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 503)).toHaveLength(3);
    expect(statuses.filter((status) => status === 409)).toHaveLength(5);
  });

  it('with a label has one owner, and the refusal names it', async () => {
    const inClass = { eventTypeId: 18, startTime: daysAhead(8) };
    await taken({ ...inClass, id: 'bkg_a', seat: 'Window' });
    const refused = await book({ ...inClass, id: 'bkg_b', seat: 'Window' });
    expect(refused.status).toBe(409);
    const problem = (await refused.json()) as { code: string; detail: string };
    expect(problem.code).toBe('slot_taken');
    expect(problem.detail).toContain('"Window"');
    expect(await rowOf('bkg_b')).toBeNull();
    await taken({ ...inClass, id: 'bkg_b', seat: 'Aisle' });
  });
}); // prettier-ignore

describe('a booking that is taken', () => {
  it('costs its own price, else the event type’s, else the provider’s', async () => {
    const prices: [Record<string, unknown>, number][] = [
      [{ eventTypeId: 17 }, 5000],
      [{ eventTypeId: 18 }, 2000],
      [{ eventTypeId: 18, amount: 1234 }, 1234],
    ];
    for (const [index, [given, amount]] of prices.entries()) {
      const id = `bkg_price_${index}`;
      await taken({ id, startTime: daysAhead(9), ...given });
      expect(await rowOf(id)).toMatchObject({ amount, currency: 'usd' });
    }
    expect(await rowOf('bkg_price_1')).toMatchObject({ input: { durationMinutes: 45 } });
  });

  it('is one booking with one seat under one id, and a conflict to anybody else', async () => {
    const request = { id: 'bkg_once', startTime: daysAhead(10) };
    const answers = await Promise.all([book(request), book(request), book(request)]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(await house.store.listSeats(slotOf('prov_1', 17, Date.parse(request.startTime)))).toHaveLength(1);
    for (const change of [{ amount: 6000 }, { attendee: { ...attendee, name: 'B' } }, { seat: 'Window' }]) {
      const answer = await book({ ...request, ...change });
      expect(answer.status).toBe(409);
      expect(await answer.json()).toMatchObject({ code: 'id_conflict' });
    }
  });

  it('keeps people out of what its story is started with, and shows them to whoever may read', async () => {
    await taken({ id: 'bkg_people', startTime: daysAhead(11), returnUrl: 'https://app.example.org/done' });
    const row = await rowOf('bkg_people');
    expect(JSON.stringify([row?.input, row?.state])).not.toMatch(/Attendee|a@example\.org|Berlin/);
    const shown = await house.ask('viewer', 'GET', '/api/bookings/bkg_people');
    expect(await shown.json()).toMatchObject({
      kind: 'booking',
      status: 'PENDING',
      provider: { id: 'prov_1', username: 'anna', account: 'prov_acct_1' },
      attendee: { name: 'A. Attendee', email: 'a@example.org', timeZone: 'Europe/Berlin' },
      policy: { id: 'default', version: 1 },
      payment: { bookingId: 'bkg_people', amount: 5000, platformFee: 500, payeeAmount: 4500, transferStatus: 'none' },
    });
    const list = async (query: string): Promise<string[]> => {
      const answer = await house.ask('viewer', 'GET', `/api/bookings?limit=100&${query}`);
      return ((await answer.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    expect(await list('provider=anna')).toContain('bkg_people');
    expect(await list('provider=prov_1&status=PENDING&state=awaiting_payment')).toContain('bkg_people');
    expect(await list('provider=prov_2')).toEqual([]);
    expect(await list('status=TRANSFERRED')).toEqual([]);
  });

  it('asks for an Idempotency-Key wherever money or a seat can move', async () => {
    const startTime = daysAhead(12);
    const commands: [string, object][] = [
      ['/api/bookings/nobody/cancel', { by: 'attendee', reason: 'ill' }],
      ['/api/bookings/nobody/reschedule', { startTime }],
      ['/api/bookings/nobody/no-show', { party: 'provider' }],
      ['/api/admin/bookings/nobody/refund', { reason: 'r' }],
      ['/api/admin/bookings/nobody/resolve', { outcome: 'refund', reason: 'r' }],
      ['/api/sessions/cancel', { provider: 'prov_1', eventTypeId: 17, startTime, by: 'provider', reason: 'ill' }],
    ];
    for (const [path, body] of commands) {
      const answer = await house.ask('admin', 'POST', path, body);
      expect([path, answer.status]).toEqual([path, 400]);
      expect(await answer.json()).toMatchObject({ code: 'idempotency_key_missing' });
    }
  });

  it('moves only to where a seat is, and keeps none where it could not move', async () => {
    const [here, there] = [daysAhead(13), daysAhead(14)];
    await taken({ id: 'bkg_here', startTime: here });
    await taken({ id: 'bkg_there', startTime: there });
    const move = async (startTime: string, key: string) =>
      await house.ask('app', 'POST', '/api/bookings/bkg_here/reschedule', { startTime }, { 'Idempotency-Key': key });
    const full = await move(there, 'k1');
    expect(full.status).toBe(409);
    expect(await full.json()).toMatchObject({ code: 'slot_taken' });
    const sitting = async (startTime: string) => await house.store.listSeats(slotOf('prov_1', 17, Date.parse(startTime)));
    expect(await sitting(there)).toMatchObject([{ workflowId: 'booking:bkg_there' }]);
    expect(await sitting(here)).toMatchObject([{ workflowId: 'booking:bkg_here' }]);
  });
}); // prettier-ignore

describe('a checkout', () => {
  it('is shown to nobody without its session', async () => {
    for (const session of ['cs_test_nobody', 'cs_test_1%27--']) {
      const answer = await house.ask(null, 'GET', `/checkout/sessions/${session}`);
      expect([404, 422]).toContain(answer.status);
    }
    expect((await house.ask(null, 'POST', '/checkout/sessions/cs_test_nobody/refresh')).status).toBe(404);
  });
});
