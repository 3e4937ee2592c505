import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arm, calm, cutOff, passWithoutWorker, tookEffect, troubles } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { hourMs, show, travel } from '../house/lessons.ts';
import type { Life, WriteStory } from '../house/writes.ts';
import { attend, expectOneEffect, isBooking, liveOn, requestsOf, writeStories } from '../house/writes.ts';

// Stripe keeps idempotency keys for a day. Here an answer is lost, Stripe cannot be asked, and then no
// worker is there until the key is gone: the same request once more would be a second effect.

interface Loss {
  readonly story: WriteStory;
  readonly isExecuted: boolean;
}

/** The order in which they come to their writes. */
const order = [
  'payOut',
  'release',
  'refund',
  'authorize',
  'saveCard',
  'createCustomer',
  'capture',
  'transfer',
];
const inOrder = order.map((move) => writeStories.find((story) => story.move === move)!);
/** Every write executed and not heard of; two that were never heard show that the look before the retry finds nothing. */
const neverHeard = new Set(['transfer', 'createCustomer']);
const losses: readonly Loss[] = inOrder.flatMap((story) => [
  { story, isExecuted: true },
  ...(neverHeard.has(story.move) ? [{ story, isExecuted: false }] : []),
]);
const named = losses.map((loss) => ({
  ...loss,
  name: `${loss.story.move}, ${loss.isExecuted ? 'executed and its answer lost' : 'never heard'}`,
}));

/** A payout's time comes days after all others are over, and no card is saved before there is a customer. */
const lonely = ['payOut', 'createCustomer'];
/** Those of one outage. */
const companies = [
  ...lonely.map((move) => named.filter(({ story }) => story.move === move)),
  named.filter(({ story }) => !lonely.includes(story.move)),
];

describe('25 hours between the loss and the next try', () => {
  let house: House;
  const lives = new Map<string, Life>();
  const during = new Map<string, { readonly lesson: ShownLesson; readonly executed: number }>();

  beforeAll(async () => {
    house = await openHouse();
    for (const company of companies) {
      for (const { name, story } of company) {
        const life = await story.before(house);
        await story.ready?.(house, [life]);
        lives.set(name, life);
      }
      const lost = troubles['connection lost after the effect'];
      for (const { name, story } of company.filter(({ isExecuted }) => isExecuted))
        await arm(house, story.target(lives.get(name)!), lost);
      for (const { name, story } of company) await cutOff(house, story.reach(lives.get(name)!));
      for (const { name, story } of company) await story.cause(house, [lives.get(name)!]);
      await travel(house, 'PT10M');
      for (const { name, story } of company) {
        const life = lives.get(name)!;
        const executed = (await requestsOf(house, story, life)).filter(tookEffect).length;
        during.set(name, { lesson: await show(house, life.id), executed });
      }
      await passWithoutWorker(house, house.clock.now() + 25 * hourMs);
      await calm(house);
      await travel(house, 'PT2H');
      for (const { name } of company.filter(({ story }) => isBooking(story))) await attend(house, lives.get(name)!);
    }
    await liveOn(house, lives.get('createCustomer, never heard')!);
  }, 400_000);
  afterAll(async () => {
    await house.close();
  });

  it.each(named)('$name: the operator sees it waiting', ({ name, story, isExecuted }) => {
    const { lesson, executed } = during.get(name)!;
    expect(lesson.needsAttention).toMatchObject({ reason: 'no_clear_answer', retryAt: expect.any(String) });
    // A capture or release is looked for by the payment's own state.
    expect([story.move, 'readPayment']).toContain(lesson.needsAttention?.operation);
    expect(executed, 'requests that were executed').toBe(isExecuted ? 1 : 0);
  });

  it.each(named)('$name: takes effect exactly once', async ({ name, story }) => {
    await expectOneEffect(house, story, lives.get(name)!);
  });

  it('leaves every book true', async () => {
    await checkBooks(house);
  });
}); // prettier-ignore
