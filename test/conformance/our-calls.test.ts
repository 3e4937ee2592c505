import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiHouse } from '../api/api-house.ts';
import { openApiHouse } from '../api/api-house.ts';
import { answerChecker } from './answers.ts';
import { callSites, noting } from './call-sites.ts';
import type { Exchange } from './exchanges.ts';
import { recordExchanges } from './exchanges.ts';
import { unexplained } from './known-differences.ts';
import { onboardPayees, settleLessons } from './our-calls.ts';
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
    const caller = {
      ports: { ...house.ports, stripe: noting(house.ports.stripe, made) },
      loseAnswer: async (path: string) => {
        // Not a dropped connection: the SDK asks again by itself after one, even when told never to retry.
        const fault = { method: 'POST', path, fault: { kind: 'status_after', status: 500 } };
        const armed = await fetch(`${house.stripe.url}/_sim/faults`, {
          method: 'POST',
          body: JSON.stringify(fault),
        });
        expect(armed.status).toBe(200);
      },
      advance: async (ms: number) => {
        aheadMs += ms;
        await house.stripe.simulator.advance(0);
      },
    };
    await settleLessons(caller, await onboardPayees(caller));
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
      'GET /v1/charges/{charge}',
      'GET /v1/customers',
      'GET /v1/payment_intents',
      'GET /v1/payment_intents/{intent}',
      'GET /v1/payouts',
      'GET /v1/refunds',
      'GET /v1/setup_intents',
      'GET /v1/setup_intents/{intent}',
      'GET /v1/transfers',
      'POST /v1/account_links',
      'POST /v1/accounts',
      'POST /v1/customers',
      'POST /v1/payment_intents',
      'POST /v1/payment_intents/{intent}/cancel',
      'POST /v1/payment_intents/{intent}/capture',
      'POST /v1/payouts',
      'POST /v1/refunds',
      'POST /v1/setup_intents',
      'POST /v1/transfers',
    ]);
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
