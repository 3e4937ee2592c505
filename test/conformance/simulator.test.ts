import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiRoutes, createRoutes } from '../../simulator/resources/routes.ts';
import type { House } from '../simulator/house.ts';
import { day, openHouse, secret } from '../simulator/house.ts';
import { answerChecker } from './answers.ts';
import { checkEvent } from './events.ts';
import type { Exchange } from './exchanges.ts';
import { recordExchanges } from './exchanges.ts';
import { stale, unexplained } from './known-differences.ts';
import { checkRequest, namesTaken } from './requests.ts';
import type { Problem, Spec } from './spec.ts';
import { operationOf, readSpec } from './spec.ts';
import { payPayees } from './tour-accounts.ts';
import type { Standing } from './tour-banks.ts';
import { answerBanks } from './tour-banks.ts';
import { sellLessons } from './tour-checkout.ts';
import { payAndSave } from './tour-payments.ts';
import { meetRefusals } from './tour-refusals.ts';

// One tour through everything the simulator can do, recorded, then held against Stripe's own document.
describe('the simulator speaks as Stripe does', () => {
  let house: House;
  let spec: Spec;
  let problems: Record<'answers' | 'events' | 'requests', Problem[]>;
  let exchanges: Exchange[];
  let refusals: ReadonlySet<string>;
  let standings: ReadonlySet<Standing>;
  const events: { readonly type: string }[] = [];
  beforeAll(async () => {
    spec = await readSpec();
    const checker = answerChecker(spec);
    house = await openHouse({
      endpoints: [true, false].map((connect) => ({ url: 'http://listener', secret, connect })),
      send: async (_url, _headers, body) => {
        events.push(JSON.parse(body) as { type: string });
        return 200;
      },
    });
    exchanges = recordExchanges(house.sim.simulator);
    await payAndSave(house);
    await sellLessons(house);
    await payPayees(house);
    standings = await answerBanks(house);
    refusals = await meetRefusals(house);
    await house.advance(7 * day);
    problems = {
      answers: exchanges.flatMap((exchange) => checker.answer(exchange)),
      events: events.flatMap((event) => checkEvent(spec, checker, event)),
      requests: exchanges
        .filter(({ status }) => status === 200)
        .flatMap((exchange) => checkRequest(spec, exchange)),
    };
  });
  afterAll(() => house.close());

  it('the tour called every endpoint the simulator serves, and each answered', () => {
    const routes = createRoutes();
    const answered = exchanges
      .map(({ status, method, path }) => ({
        status,
        call: `${method} ${routes.find(method, path)?.route.path ?? path}`,
      }))
      .filter(({ status, call }) => status === (neverGranted.has(call) ? 400 : 200))
      .map(({ call }) => call);
    const served = apiRoutes.map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(answered)].sort()).toEqual([...served].sort());
  });

  it('the tour met every kind of refusal', () => {
    const statuses = [...refusals].map((met) => Number.parseInt(met, 10));
    expect([...new Set(statuses)].toSorted((a, b) => a - b)).toEqual([
      400, 401, 402, 403, 404, 409, 429, 500, 503,
    ]);
  });

  it('the tour met every way a dispute can stand, with each number of movements of money', () => {
    expect([...standings].sort()).toEqual([
      'lost 1',
      'needs_response 0',
      'needs_response 1',
      'prevented 0',
      'under_review 0',
      'under_review 1',
      'warning_closed 0',
      'warning_needs_response 0',
      'warning_under_review 0',
      'won 0',
      'won 2',
    ]);
    const met = new Set([...standings].map((standing) => standing.replace(/ \d$/, '')));
    expect([...met].sort()).toEqual(spec.components.schemas['dispute']?.properties?.['status']?.enum);
  });

  it('every answer and every error has the fields of Stripe’s document', () => {
    expect(exchanges.length).toBeGreaterThan(100);
    expect(unexplained(problems.answers)).toEqual([]);
  });

  it('every event it sends is one that exists, with an object as it is and as it was', () => {
    expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThan(30);
    expect(unexplained(problems.events)).toEqual([]);
  });

  it('everything that checkouts, banks and reversals bring about is told', () => {
    const told = events.map(({ type }) => type).filter((type) => newsworthy.test(type));
    expect([...new Set(told)].sort()).toEqual([
      'charge.dispute.closed',
      'charge.dispute.created',
      'charge.dispute.funds_reinstated',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.updated',
      'checkout.session.async_payment_failed',
      'checkout.session.async_payment_succeeded',
      'checkout.session.completed',
      'checkout.session.expired',
      'radar.early_fraud_warning.created',
      'radar.early_fraud_warning.updated',
      'transfer.created',
      'transfer.reversed',
      'transfer.updated',
    ]);
  });

  it('no parameter that Stripe would refuse is taken by it', () => {
    expect(unexplained(problems.requests)).toEqual([]);
  });

  it('no parameter is known to it that Stripe does not know', () => {
    const unknown = apiRoutes.flatMap(({ method, path, parameters }) => {
      const call = path.replace(/:[a-z]+/g, '0');
      const name = operationOf(spec, method, call)?.name ?? path;
      const known = namesTaken(spec, method, call);
      return parameters
        .filter((parameter) => !known.has(parameter))
        .map((parameter): Problem => ({
          kind: 'unknown parameter',
          at: `${name} ${parameter}`,
          detail: 'the simulator takes it',
        }));
    });
    expect(unexplained(unknown)).toEqual([]);
  });

  it('no known difference is listed that is not there', () => {
    expect(stale(Object.values(problems).flat())).toEqual([]);
  });
});

/** The events of the objects that are followed from their first to their last. */
const newsworthy = /^(charge\.dispute|checkout|radar|transfer)\./;

/** Calling off a refund needs one that waits for its receiver's bank details, and a card's refund never does. */
const neverGranted: ReadonlySet<string> = new Set(['POST /v1/refunds/:id/cancel']);
