import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requests } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { book, command, hourMs, minuteMs, openAccount, show, travel } from '../house/lessons.ts';
import { bothJoin, paidInFull } from '../house/stories.ts';
import { iso } from '../../domain/time.ts';

// A person in Stripe's dashboard touches the hold. Stripe's truth stands; these lessons end, each by its own way.

type News = 'delivered' | 'lost' | 'held back until the lesson is over';
const policies: Record<News, object> = {
  'delivered': {},
  'lost': { lose: 1 },
  'held back until the lesson is over': { hold: true },
}; // prettier-ignore

interface Touch {
  readonly what: string;
  readonly act: string;
  readonly amount?: number;
  /** Ends after ten of 25 minutes under a pro rata policy: 1.80 of 4.50. */
  readonly endsEarly?: true;
  readonly end: object;
  /** Where nobody heard of it before the settlement met it. */
  readonly unheard?: object;
  readonly alert: string | null;
  readonly unheardAlert?: null;
}

const touches: readonly Touch[] = [
  {
    what: 'captured for the price',
    act: 'capture',
    end: { state: 'completed', payment: paidInFull },
    alert: 'PAYMENT_OUT_OF_SYNC',
    // The capture that is met is exactly ours; nothing is out of step.
    unheardAlert: null,
  },
  {
    what: 'captured for less',
    act: 'capture',
    amount: 200,
    end: { state: 'completed', payment: { captured: 200, released: 250, refunded: 0, feeEarned: 40, transferred: 160, paidOut: 160, held: 0 } },
    alert: 'PAYMENT_OUT_OF_SYNC',
  },
  {
    what: 'captured for more than the policy charges',
    act: 'capture',
    amount: 300,
    endsEarly: true,
    end: { state: 'completed', payment: { captured: 300, released: 150, refunded: 120, feeEarned: 36, transferred: 144, held: 0 } },
    unheard: { state: 'completed', payment: { captured: 300, released: 150, refunded: 0, feeEarned: 60, transferred: 240, held: 0 } },
    alert: 'PAYMENT_OUT_OF_SYNC',
  },
  {
    what: 'cancelled',
    act: 'cancel',
    end: { state: 'cancelled', payment: { state: 'released', captured: 0, released: 450, refunded: 0, transferred: 0, held: 0 } },
    alert: 'PAYMENT_CANCELED',
  },
]; // prettier-ignore

const cases = (['long before the end', 'in the last minute'] as const).flatMap((when) =>
  (Object.keys(policies) as News[]).flatMap((news) => touches.map((touch) => ({ ...touch, when, news }))),
);

type Case = (typeof cases)[number];

describe('a hold touched in the dashboard', () => {
  let house: House;
  const lessons = new Map<Case, ShownLesson>();

  /** At once for each kind of news: what is left of the last minute passes in real time. */
  const touchAll = async (when: Case['when']): Promise<void> => {
    for (const news of Object.keys(policies) as News[]) {
      await house.sim('POST', '/webhooks', policies[news]);
      const touched = [...lessons].filter(([one]) => one.when === when && one.news === news);
      await Promise.all(
        touched.map(([{ act, amount }, { payment }]) => {
          const body = amount === undefined ? {} : { amount_to_capture: amount };
          return house.sim('POST', `/payment_intents/${payment.paymentIntentId}/${act}`, body);
        }),
      );
    }
    await house.sim('POST', '/webhooks', {});
  };

  beforeAll(async () => {
    house = await openHouse();
    const terms = { kind: 'lesson', earlyEnd: { rule: 'pro_rata', roundUpTo: 'PT1M' } };
    const put = await house.request('PUT', '/api/admin/policies/pro_rata', { body: terms, key: 'pro-rata' });
    expect(put.status, JSON.stringify(put.body)).toBeLessThan(300);
    const account = await openAccount(house);
    const startsAt = Math.ceil((house.clock.now() + hourMs) / 1000) * 1000;
    const times = { startsAt: iso(startsAt), endsAt: iso(startsAt + 25 * minuteMs) };
    for (const one of cases) {
      const policy = one.endsEarly === true ? { policy: 'pro_rata' } : {};
      lessons.set(one, await book(house, account.id, { ...times, ...policy }));
    }
    // Sweeps for lost news come at the end of journeys, a quarter of an hour apart; none may come between a touch and the end.
    await travel(house, startsAt - 4 * minuteMs);
    await travel(house, startsAt);
    for (const lesson of lessons.values()) await bothJoin(house, lesson);
    await travel(house, startsAt + 10 * minuteMs);
    for (const [{ endsEarly }, { id }] of lessons) {
      if (endsEarly === true) await command(house, id, 'call-end', { party: 'tutor', at: iso(startsAt + 10 * minuteMs) });
    }
    await travel(house, startsAt + 12 * minuteMs);
    await touchAll('long before the end');
    await travel(house, startsAt + 24 * minuteMs);
    await touchAll('in the last minute');
    await travel(house, startsAt + 26 * minuteMs);
    await house.sim('POST', '/webhooks/flush', {});
    await travel(house, 'P4D');
  });
  afterAll(async () => {
    await house.close();
  });

  it.each(cases)('$what $when, the news $news: what Stripe has is divided and the lesson ends', async (one) => {
    const { id } = lessons.get(one)!;
    const isHeard = one.news === 'delivered';
    const lesson = await show(house, id);
    expect(lesson).toMatchObject({ needsAttention: null, ...(isHeard ? one.end : (one.unheard ?? one.end)) });
    expect((await house.store.findAgreement(`lesson:${id}`))?.open).toBe(false);
    const { rows } = await house.store.listAlerts({ subject: `lesson:${id}`, limit: 100 });
    const alert = isHeard || one.unheardAlert === undefined ? one.alert : one.unheardAlert;
    const types = rows.map(({ type }) => type);
    if (alert === null) expect(types).not.toContain('PAYMENT_OUT_OF_SYNC');
    else expect(types).toContain(alert);
    expect(types).not.toContain('PARKED');
  });

  it('no lesson asks Stripe about its payment over and over', async () => {
    const all = await requests(house);
    for (const [one, { payment }] of lessons) {
      const about = all.filter(({ path }) => path.includes(payment.paymentIntentId));
      expect(about.length, `${one.what} ${one.when} ${one.news}`).toBeLessThanOrEqual(6);
      expect(about.filter(({ method }) => method === 'POST').length).toBeLessThanOrEqual(1);
    }
  });

  it('leaves every book true', async () => {
    await checkBooks(house);
  });
}); // prettier-ignore

describe('a hold that was to be let go, captured in the dashboard', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(async () => {
    await house.close();
  });

  const reasons = ['nobody came', 'the tutor cancelled'] as const;
  const rows = (Object.keys(policies) as News[]).flatMap((news) => reasons.map((reason) => ({ reason, news })));

  it.each(rows)('$reason, the news $news: all of it is given back', async ({ reason, news }) => {
    const account = await openAccount(house);
    const startsAt = iso(house.clock.now() + hourMs);
    const endsAt = iso(house.clock.now() + hourMs + 25 * minuteMs);
    const lesson = await book(house, account.id, { startsAt, endsAt });
    await house.sim('POST', '/webhooks', policies[news]);
    await house.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/capture`, {});
    await house.sim('POST', '/webhooks', {});
    if (reason !== 'nobody came') await command(house, lesson.id, 'cancel', { by: 'tutor', reason: 'ill' });
    await travel(house, 'PT2H');
    await house.sim('POST', '/webhooks/flush', {});
    await travel(house, 'P3D');
    expect(await show(house, lesson.id)).toMatchObject({
      state: 'cancelled',
      needsAttention: null,
      payment: { state: 'refunded', captured: 450, refunded: 450, released: 0, transferred: 0, feeEarned: 0, held: 0 },
    });
    const { rows: alerts } = await house.store.listAlerts({ subject: `lesson:${lesson.id}`, limit: 100 });
    expect(alerts.map(({ type }) => type)).toContain('PAYMENT_OUT_OF_SYNC');
    await checkBooks(house);
  });
}); // prettier-ignore
