import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iso } from '../domain/time.ts';
import type { House } from './house/house.ts';
import { openHouse } from './house/house.ts';
import type { ShownLesson } from './house/lessons.ts';
import { checkBooks } from './house/books.ts';
import { book, command, minuteMs, openAccount, show, travel } from './house/lessons.ts';

// Six things race within one lesson, here on the real server: every 24th of the 720 orders, each a lesson of its own.
// The scheduled end is no message: what stands after it in an order is said when the lesson is over.

type Racer = 'join' | 'callEnd' | 'end' | 'cancel' | 'dispute' | 'scheduledEnd';
const racers: readonly Racer[] = ['join', 'callEnd', 'end', 'cancel', 'dispute', 'scheduledEnd'];

const ordersOf = <T>(list: readonly T[]): T[][] =>
  list.length < 2
    ? [[...list]]
    : list.flatMap((one, i) => ordersOf(list.filter((_, j) => j !== i)).map((rest) => [one, ...rest]));

/** Every 24th shares its first two places with no other, so each pair of beginnings is met once. */
const sample = ordersOf(racers).filter((_, index) => index % 24 === 0);

const words: Readonly<Record<Exclude<Racer, 'scheduledEnd'>, readonly [string, object][]>> = {
  join: [
    ['join', { party: 'student' }],
    ['join', { party: 'tutor' }],
  ],
  callEnd: [
    ['call-end', { party: 'student' }],
    ['call-end', { party: 'tutor' }],
  ],
  end: [
    ['end', { party: 'tutor' }],
    ['end', { party: 'student' }],
  ],
  cancel: [
    ['cancel', { by: 'student', reason: 'no' }],
    ['cancel', { by: 'tutor', reason: 'no' }],
  ],
  dispute: [
    ['dispute', { by: 'tutor', reason: 'no' }],
    ['dispute', { by: 'student', reason: 'no' }],
  ],
};

const outcomes = [{ outcome: 'release' }, { outcome: 'refund' }, { outcome: 'split', payeeBps: 4000 }];

interface Race {
  readonly lesson: ShownLesson;
  readonly order: readonly Racer[];
  readonly answers: number[];
}

/** Says everything between two racers, both parties at once; refusals are answers too, anything else is a failure. */
async function say(house: House, { lesson, answers }: Race, said: readonly Racer[]): Promise<void> {
  for (const racer of said) {
    if (racer === 'scheduledEnd') continue;
    const all = words[racer].map(([name, body]) => command(house, lesson.id, name, body));
    for (const { status, body } of await Promise.all(all)) {
      expect([200, 409], `${lesson.id} ${racer}: ${JSON.stringify(body)}`).toContain(status);
      answers.push(status);
    }
  }
}

describe('join, call-end, end, cancel, dispute and the scheduled end, in 30 of their orders', () => {
  let house: House;
  const races: Race[] = [];
  const resolutions: number[] = [];

  beforeAll(async () => {
    house = await openHouse();
    const account = await openAccount(house);
    const startsAt = Math.ceil((house.clock.now() + 60 * minuteMs) / 1000) * 1000;
    const times = { startsAt: iso(startsAt), endsAt: iso(startsAt + 25 * minuteMs) };
    const entered = sample.map(async (order, index): Promise<Race> => {
      const lesson = await book(house, account.id, { id: `les_order_${index}_${crypto.randomUUID().slice(0, 8)}`, amount: 4999, ...times });
      return { lesson, order, answers: [] };
    });
    races.push(...(await Promise.all(entered)));
    const together = (work: (race: Race) => Promise<void>): Promise<unknown> => Promise.all(races.map(work));
    const endOf = ({ order }: Race): number => order.indexOf('scheduledEnd');
    // Every other lesson hears its first word before the start, where a cancellation is still taken.
    const early = races.filter((_, index) => index % 2 === 0);
    await Promise.all(early.map((race) => say(house, race, race.order.slice(0, Math.min(1, endOf(race))))));
    await travel(house, startsAt + minuteMs);
    await together((race) => say(house, race, race.order.slice(early.includes(race) ? 1 : 0, endOf(race))));
    await travel(house, startsAt + 26 * minuteMs);
    await together((race) => say(house, race, race.order.slice(endOf(race))));
    for (const { lesson } of races) {
      if ((await show(house, lesson.id)).state !== 'disputed') continue;
      const verdict = outcomes[resolutions.length % outcomes.length];
      const answer = await command(house, lesson.id, 'resolve', { ...verdict, reason: 'Heard both' });
      resolutions.push(answer.status);
    }
    await travel(house, 'P3D');
  }, 300_000);
  afterAll(async () => {
    await house.close();
  });

  it('every payment is captured or released, never both and never neither', async () => {
    expect(races).toHaveLength(30);
    const fates = new Set<string>();
    for (const { lesson, order } of races) {
      const name = order.join(' > ');
      const { state, payment } = await show(house, lesson.id);
      const intent = await house.stripe.paymentIntents.retrieve(payment.paymentIntentId);
      expect(['succeeded', 'canceled'], name).toContain(intent.status);
      const isCaptured = intent.status === 'succeeded';
      expect([payment['captured'] !== 0, payment['released'] === payment['authorized']], name).toEqual([isCaptured, !isCaptured]);
      expect(['completed', 'cancelled'], name).toContain(state);
      fates.add(intent.status);
    }
    // Both fates really occur: thirty cancellations would prove nothing about capture.
    expect(fates.size).toBe(2);
  });

  it('every cent of every price went somewhere, by at most one transfer', async () => {
    for (const { lesson, order } of races) {
      const name = order.join(' > ');
      const { payment } = await show(house, lesson.id);
      const { released = 0, refunded = 0, feeEarned = 0, transferred = 0, held } = payment;
      expect(released + refunded + feeEarned + transferred, name).toBe(4999);
      expect(held, name).toBe(0);
      const transfers = await house.stripe.transfers.list({ transfer_group: `lesson:${lesson.id}`, limit: 100 });
      expect(transfers.data, name).toHaveLength(transferred === 0 ? 0 : 1);
    }
    await checkBooks(house);
  });

  it('no party waits for an answer: everything said was taken or refused', () => {
    for (const { order, answers } of races) {
      expect(answers, order.join(' > ')).toHaveLength(10);
    }
    // Enough complaints were open for each way to resolve one.
    expect(resolutions.length).toBeGreaterThanOrEqual(outcomes.length);
    expect(new Set(resolutions)).toEqual(new Set([200]));
    expect(new Set(races.flatMap(({ answers }) => answers))).toEqual(new Set([200, 409]));
  });
}); // prettier-ignore
