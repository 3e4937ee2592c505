import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verdicts } from '../bench/bars.ts';
import type { LessonCost } from '../bench/happy-lesson.ts';
import { countHappyLesson } from '../bench/happy-lesson.ts';
import { demoTokens } from '../worker/tokens.ts';
import type { House } from './house/house.ts';
import { openHouse } from './house/house.ts';
import { checkBooks } from './house/books.ts';

// What one happy lesson costs, lived in real time. The figures are exact: whoever changes one says why in the same commit.
describe('a happy lesson', () => {
  let house: House;
  let cost: LessonCost;
  let echoed: LessonCost;
  beforeAll(async () => {
    house = await openHouse();
    const { store, temporal, apiUrl, stripeUrl, config } = house;
    const measured = { store, temporal, apiUrl, stripeUrl, token: (await demoTokens(config))?.admin ?? '' };
    cost = await countHappyLesson(measured);
    echoed = await countHappyLesson(measured, true);
  });
  afterAll(async () => {
    await house.close();
  });

  it('charges, pays and pays out by four writes to Stripe, and looks once before it pays', () => {
    const pathsOf = (requests: LessonCost['stripeWrites']): string[] =>
      requests.map(({ path }) => path.replace(/(pi|ch|acct)_\w+/, '$1'));
    expect(pathsOf(cost.stripeWrites)).toEqual([
      '/v1/payment_intents',
      '/v1/payment_intents/pi/capture',
      '/v1/transfers',
      '/v1/payouts',
    ]);
    expect(pathsOf(cost.stripeReads)).toEqual(['/v1/charges/ch']);
  });
  it('writes down before and after each of the four that it moves money, and never more', () => {
    expect(cost.auditRows).toEqual({ authorize: 2, capture: 2, transfer: 2, payOut: 2 });
  });
  it('takes 46 events, 10 billed actions and 10 commits', () => {
    const { events, actions, transactions } = cost;
    expect({ events, actions, transactions }).toEqual({ events: 46, actions: 10, transactions: 10 });
  });
  it('is not told what it did itself: webhooks about our own moves cost no signal and no event', () => {
    expect(cost.inboxEvents).toBeGreaterThan(4);
    expect(echoed).toMatchObject({ signals: 0, events: cost.events, actions: cost.actions });
  });
  it('keeps every bar that bench:counters holds it to', async () => {
    expect(verdicts(cost, echoed).filter(({ holds }) => !holds)).toEqual([]);
    await checkBooks(house);
  });
  it('would not pass if it cost more', () => {
    const dear = { ...cost, events: 51, actions: 14, transactions: 11, auditRows: { authorize: 1 }, historyBytes: 1e6 };
    const doubled = { ...dear, stripeWrites: [...cost.stripeWrites, ...cost.stripeWrites], stripeReads: [...cost.stripeReads, ...cost.stripeReads] };
    expect(verdicts(doubled, { ...echoed, signals: 1 }).map(({ holds }) => holds)).not.toContain(true);
  });
}); // prettier-ignore
