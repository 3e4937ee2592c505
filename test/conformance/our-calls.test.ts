import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiHouse } from '../api/api-house.ts';
import { openApiHouse } from '../api/api-house.ts';
import { noCalendar } from '../house/no-calendar.ts';
import { answerChecker } from './answers.ts';
import { callSites, noting } from './call-sites.ts';
import type { Exchange } from './exchanges.ts';
import { recordExchanges } from './exchanges.ts';
import { unexplained } from './known-differences.ts';
import { settleBookings } from './our-bookings.ts';
import { fetchEvents, onboardPayees, settleLessons } from './our-calls.ts';
import type { Caller } from './performing.ts';
import { checkRequest } from './requests.ts';
import type { Spec } from './spec.ts';
import { operationOf, readSpec } from './spec.ts';

// Every call our code makes to Stripe, made once through the code that makes it, and held against Stripe's document.
describe('we speak to Stripe in words it knows', () => {
  let house: ApiHouse;
  let spec: Spec;
  let exchanges: Exchange[];
  const made = new Set<string>();
  beforeAll(async () => {
    spec = await readSpec();
    let aheadMs = 0;
    house = await openApiHouse({ now: () => Date.now() + aheadMs });
    exchanges = recordExchanges(house.stripe.simulator);
    const caller: Caller = {
      ports: { ...house.ports, calendar: noCalendar, stripe: noting(house.ports.stripe, made) },
      stranger: house.ports.stripe,
      play: async <T>(path: string, body: object = {}) => {
        const answer = await fetch(`${house.stripe.url}/_sim${path}`, {
          method: 'POST',
          body: JSON.stringify(body),
        });
        expect(answer.status).toBe(200);
        return (await answer.json()) as T;
      },
      advance: async (ms: number) => {
        aheadMs += ms;
        await house.stripe.simulator.advance(0);
      },
    };
    const stripeAccount = await onboardPayees(caller);
    await settleLessons(caller, stripeAccount);
    await settleBookings(caller, stripeAccount);
    await fetchEvents(caller);
  });
  afterAll(() => house.close());

  it('every place in our code that calls Stripe was reached, and no other calls it', () => {
    expect([...made].sort()).toEqual(callSites().sort());
  });

  it('the calls are these', () => {
    const calls = exchanges.map(({ method, path }) => operationOf(spec, method, path)?.name ?? path);
    expect([...new Set(calls)].sort()).toEqual([
      'GET /v1/accounts',
      'GET /v1/accounts/{account}',
      'GET /v1/balance',
      'GET /v1/charges',
      'GET /v1/charges/{charge}',
      'GET /v1/checkout/sessions',
      'GET /v1/checkout/sessions/{session}',
      'GET /v1/customers',
      'GET /v1/disputes',
      'GET /v1/disputes/{dispute}',
      'GET /v1/events',
      'GET /v1/payment_intents',
      'GET /v1/payment_intents/{intent}',
      'GET /v1/payouts',
      'GET /v1/refunds',
      'GET /v1/setup_intents',
      'GET /v1/setup_intents/{intent}',
      'GET /v1/transfers',
      'GET /v1/transfers/{id}/reversals',
      'GET /v1/transfers/{transfer}',
      'POST /v1/account_links',
      'POST /v1/accounts',
      'POST /v1/checkout/sessions',
      'POST /v1/checkout/sessions/{session}/expire',
      'POST /v1/customers',
      'POST /v1/disputes/{dispute}',
      'POST /v1/disputes/{dispute}/close',
      'POST /v1/payment_intents',
      'POST /v1/payment_intents/{intent}/cancel',
      'POST /v1/payment_intents/{intent}/capture',
      'POST /v1/payouts',
      'POST /v1/refunds',
      'POST /v1/setup_intents',
      'POST /v1/transfers',
      'POST /v1/transfers/{id}/reversals',
    ]);
  });

  it('a checkout is opened in each of its ways, and payees are paid from a charge and without one', () => {
    const sent = (path: string) =>
      exchanges.filter((one) => one.method === 'POST' && one.path === path).map(({ params }) => params);
    // Each once: answers were lost, and what they told of was found again.
    const modes = sent('/v1/checkout/sessions').map((params) => params['ui_mode']);
    expect(modes).toEqual(['hosted_page', 'embedded_page', 'elements']);
    const sources = sent('/v1/transfers').map((params) => params['source_transaction'] !== undefined);
    expect(sources).toEqual([true, false]);
  });

  it('every parameter we send is one that Stripe takes there, of its type and among its values', () => {
    expect(exchanges.length).toBeGreaterThanOrEqual(callSites().length);
    expect(unexplained(exchanges.flatMap((exchange) => checkRequest(spec, exchange)))).toEqual([]);
  });

  it('every answer we act on has the fields of Stripe’s document', () => {
    const answered = exchanges.filter(({ status }) => status !== 0);
    const checker = answerChecker(spec);
    expect(unexplained(answered.flatMap((exchange) => checker.answer(exchange)))).toEqual([]);
  });
});
