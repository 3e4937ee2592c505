import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookingRequest, openApiHouse, providerRequest } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await openApiHouse();
  await house.payee('prov_acct_1');
  const made = await house.ask('app', 'POST', '/api/providers', providerRequest());
  expect(made.status).toBe(201);
});
afterAll(async () => {
  await house.close();
});

describe('a provider', () => {
  const other = (given: Record<string, unknown>) => providerRequest({ id: 'prov_2', username: 'bert', ...given });
  const make = async (request: object): Promise<Response> => await house.ask('app', 'POST', '/api/providers', request);

  it.each([
    ['an account nobody knows', { account: 'nobody' }, '/account'],
    ['a default price below what Stripe charges', { defaultPrice: 10 }, '/defaultPrice'],
    ['a price below what Stripe charges', { eventTypes: [{ id: 1, title: 'T', duration: 30, price: 1 }] }, '/eventTypes/0/price'],
    ['two event types of one id', { eventTypes: [{ id: 1, title: 'T', duration: 30 }, { id: 1, title: 'U', duration: 60 }] }, '/eventTypes/1/id'],
    ['no seat', { eventTypes: [{ id: 1, title: 'T', duration: 30, seats: 0 }] }, '/eventTypes/0/seats'],
    ['nothing to offer', { eventTypes: [] }, '/eventTypes'],
  ])('with %s is refused and not kept', async (_what, given, pointer) => {
    const answer = await make(other(given));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ errors: [{ pointer }] });
    expect((await house.ask('viewer', 'GET', '/api/providers/prov_2')).status).toBe(404);
  });

  it('is the same to the same request, and nobody takes their id or name', async () => {
    expect((await make(providerRequest())).status).toBe(200);
    expect((await make(providerRequest({ defaultPrice: 6000 }))).status).toBe(409);
    expect((await make(other({ username: 'anna' }))).status).toBe(409);
    const shown = await (await house.ask('viewer', 'GET', '/api/providers/prov_1')).json();
    expect(shown).toMatchObject({ defaultPrice: 5000, eventTypes: [{ id: 17, price: null, seats: 1 }, { id: 18, seats: 3 }] });
    const list = (await (await house.ask('viewer', 'GET', '/api/providers')).json()) as { data: object[] };
    expect(list.data).toEqual([shown]);
  });
}); // prettier-ignore

describe('a payee', () => {
  it('is frozen by admins alone, one or all, with who and why in the audit', async () => {
    const frozen = async (): Promise<unknown> =>
      ((await (await house.ask('viewer', 'GET', '/api/accounts/prov_acct_1')).json()) as { frozen: boolean }).frozen;
    const path = '/api/admin/accounts/prov_acct_1';
    expect((await house.ask('operator', 'POST', `${path}/freeze`, { reason: 'r' })).status).toBe(403);
    expect((await house.ask('admin', 'POST', '/api/admin/accounts/nobody/freeze', { reason: 'r' })).status).toBe(404);
    expect((await house.ask('admin', 'POST', `${path}/freeze`, { reason: 'suspicion' })).status).toBe(200);
    expect(await frozen()).toBe(true);
    expect((await house.ask('admin', 'POST', '/api/admin/unfreeze', { reason: 'r' })).status).toBe(200);
    expect(await frozen()).toBe(true);
    expect((await house.ask('admin', 'POST', `${path}/unfreeze`, { reason: 'cleared' })).status).toBe(200);
    expect(await frozen()).toBe(false);
    expect((await house.ask('admin', 'POST', '/api/admin/freeze', { reason: 'alarm' })).status).toBe(200);
    expect(await frozen()).toBe(true);
    expect((await house.ask('admin', 'POST', '/api/admin/unfreeze', { reason: 'over' })).status).toBe(200);
    expect(await frozen()).toBe(false);
    const { rows } = await house.store.listAudit({ subject: 'prov_acct_1', limit: 10 });
    expect(rows.map(({ actor, action, reason }) => [actor, action, reason])).toEqual([
      ['admin@test', 'account_unfrozen', 'cleared'],
      ['admin@test', 'account_frozen', 'suspicion'],
    ]);
  });

  it('who left Stripe’s form half-way gets a fresh link, without a body', async () => {
    const request = { id: 'prov_acct_2', email: 'p@example.org', country: 'US', type: 'express' };
    const opened = (await (await house.ask('app', 'POST', '/api/accounts', request)).json()) as { onboardingUrl: string };
    const answer = await house.ask('app', 'POST', '/api/accounts/prov_acct_2/onboarding-link');
    expect(answer.status).toBe(200);
    const { onboardingUrl } = (await answer.json()) as { onboardingUrl: string };
    expect(onboardingUrl).toMatch(/^http/);
    expect(onboardingUrl).not.toBe(opened.onboardingUrl);
  });
}); // prettier-ignore

describe('the terms of bookings', () => {
  it('have a default of their own, and a name of lessons cannot be taken for them', async () => {
    const put = async (id: string, terms: object): Promise<Response> =>
      await house.ask('admin', 'PUT', `/api/admin/policies/${id}`, terms);
    expect((await put('default', { kind: 'booking', platformFeeBps: 1500 })).status).toBe(201);
    const read = async (query: string) => await (await house.ask('viewer', 'GET', `/api/policies/default${query}`)).json();
    expect(await read('?kind=booking')).toMatchObject({ kind: 'booking', id: 'default', version: 2, platformFeeBps: 1500 });
    expect(await read('')).toMatchObject({ kind: 'lesson', id: 'default', version: 1, platformFeeBps: 2000 });
    expect((await put('gold', { kind: 'lesson' })).status).toBe(201);
    const refused = await put('gold', { kind: 'booking' });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: 'id_conflict' });
    const booked = await house.ask('app', 'POST', '/api/bookings', bookingRequest({ policy: 'gold' }));
    expect(booked.status).toBe(422);
    expect((await put('default', { kind: 'booking', platformFeeBps: 1000 })).status).toBe(201);
  });

  it('show beforehand where the money ends, summing to the charge in every course', async () => {
    const startsAt = Date.now() + 5 * 86_400_000;
    const question = { kind: 'booking', id: 'default', amount: 4999, currency: 'usd', startsAt: new Date(startsAt).toISOString(), endsAt: new Date(startsAt + 3_600_000).toISOString() };
    const answer = await house.ask('viewer', 'POST', '/api/policies/preview', question);
    expect(answer.status).toBe(200);
    const { data } = (await answer.json()) as { data: Record<string, number | string>[] };
    const paid = { charged: 4999, platformFee: 500, payee: 4499, refunded: 0, released: 0 };
    const back = { charged: 4999, platformFee: 0, payee: 0, refunded: 4999, released: 0 };
    const half = { charged: 4999, platformFee: 250, payee: 2250, refunded: 2499, released: 0 };
    const unpaid = { charged: 0, platformFee: 0, payee: 0, refunded: 0, released: 0 };
    expect(data.map(({ at: _at, ...row }) => row)).toEqual([
      { course: 'held', ...paid },
      { course: 'no_show_attendee', ...paid },
      { course: 'no_show_provider', ...back },
      { course: 'no_show_both', ...back },
      { course: 'cancelled_by_attendee:PT24H', ...back },
      { course: 'cancelled_by_attendee:PT0S', ...half },
      { course: 'cancelled_by_provider', ...back },
      { course: 'dispute_release', ...paid },
      { course: 'dispute_refund', ...back },
      { course: 'dispute_split', ...half },
      { course: 'unpaid', ...unpaid },
    ]);
    const odd = { ...question, endsAt: new Date(startsAt + 3_600_001).toISOString() };
    expect((await house.ask('viewer', 'POST', '/api/policies/preview', odd)).status).toBe(422);
  });
}); // prettier-ignore
