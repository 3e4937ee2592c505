import { describe, expect, it } from 'vitest';
import { bookedAt, lessonInput } from './lessons.ts';
import type { Circumstances, Run, Visit } from './world.ts';
import { assertSettled, liveLesson, says } from './world.ts';

// Six things race within one lesson. They are lived in all 720 orders, a second apart, in several variants; whatever
// the order, the PaymentIntent is captured xor cancelled, money is transferred at most once and not a cent is lost.

type Racer = 'join' | 'callEnd' | 'end' | 'cancel' | 'dispute' | 'scheduledEnd';
const racers: readonly Racer[] = ['join', 'callEnd', 'end', 'cancel', 'dispute', 'scheduledEnd'];

const ordersOf = <T>(list: readonly T[]): T[][] =>
  list.length < 2
    ? [[...list]]
    : list.flatMap((one, i) => ordersOf(list.filter((_, j) => j !== i)).map((rest) => [one, ...rest]));

interface Variant {
  readonly who: 'student' | 'tutor';
  readonly other: 'student' | 'tutor';
  readonly outcome: 'release' | 'refund' | 'split';
  /** Each message repeated; each heard as often as it is sent. */
  readonly copies: number;
  /** Admins may cancel at any time, so that the cancel is not always refused after the start. */
  readonly cancelBy: 'student' | 'tutor' | 'admin';
}

const first = bookedAt + 60_000;
const secondsOf = (order: Racer[], racer: Racer): number => first + order.indexOf(racer) * 1000;

/** The lesson starts between the first and the last racer, so that both sides of the start are met. */
function inOrder(order: Racer[], { who, other, outcome, copies, cancelBy }: Variant, more: Circumstances): Promise<Run> {
  const endsAt = secondsOf(order, 'scheduledEnd');
  const words: [Racer, string, object][] = [
    ['join', 'join', { party: who }],
    ['join', 'join', { party: other }],
    ['callEnd', 'callEnd', { party: who }],
    ['end', 'end', { party: other }],
    ['cancel', 'cancel', { by: cancelBy, reason: 'no' }],
    ['dispute', 'dispute', { by: who, reason: 'no' }],
  ];
  const visits: Visit[] = words.flatMap(([racer, name, body]) =>
    Array.from({ length: copies }, () => says(secondsOf(order, racer), name, body)),
  );
  const share = outcome === 'split' ? { payeeBps: 4000 } : {};
  visits.push(says(first + 60_000, 'resolve', { outcome, reason: 'heard', ...share }));
  const startsAt = Math.min(first + 2500, endsAt - 500);
  return liveLesson(lessonInput({ startsAt, endsAt, amount: 4999 }), { ...more, visits });
} // prettier-ignore

/** The parts of the price, wherever they went: they sum to it in every order. */
const whereItWent = ({ state }: Run): number => {
  const { released, refunded, feeEarned, transferred } = state.payment.money;
  return released + refunded + feeEarned + transferred;
};

describe.each<Variant & { moveMs: number }>([
  { who: 'student', other: 'tutor', outcome: 'split', copies: 1, cancelBy: 'student', moveMs: 300 },
  { who: 'tutor', other: 'student', outcome: 'release', copies: 1, cancelBy: 'admin', moveMs: 300 },
  { who: 'student', other: 'tutor', outcome: 'refund', copies: 2, cancelBy: 'tutor', moveMs: 0 },
  { who: 'tutor', other: 'student', outcome: 'split', copies: 2, cancelBy: 'admin', moveMs: 2500 },
])('$who first, $outcome, cancel by $cancelBy, each said $copies time(s), moves take $moveMs ms', ({ moveMs, ...variant }) => {
  it('all 720 orders end in one fate with every cent accounted for', async () => {
    const orders = ordersOf(racers);
    expect(orders).toHaveLength(720);
    const ends = new Map<string, number>();
    for (const order of orders) {
      const run = await inOrder(order, variant, { moveMs });
      try {
        assertSettled(run);
        expect(whereItWent(run)).toBe(4999);
      } catch (error) {
        throw new Error(order.join(' > '), { cause: error });
      }
      const end = `${run.stripe.intent.status}, ${run.stripe.transfers.length} transfer(s)`;
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    // Both fates really occur: an order that always cancels would prove nothing about capture.
    expect([...ends.keys()].some((end) => end.startsWith('gone'))).toBe(true);
    expect([...ends.keys()].some((end) => end.startsWith('captured'))).toBe(true);
  });
}); // prettier-ignore

it('any order and any number of call-end and end from both parties ends in one capture of the whole price (L6)', async () => {
  const said: [string, string][] = [
    ['callEnd', 'student'],
    ['callEnd', 'tutor'],
    ['end', 'student'],
    ['end', 'tutor'],
    ['end', 'tutor'],
  ];
  const startsAt = first;
  const endsAt = first + 60_000;
  for (const order of ordersOf(said)) {
    const visits = [
      says(startsAt, 'join', { party: 'student' }),
      says(startsAt, 'join', { party: 'tutor' }),
      ...order.map(([name, party], i) => says(startsAt + (i + 1) * 1000, name, { party })),
      ...order.map(([name, party], i) => says(endsAt + (i + 1) * 1000, name, { party })),
    ];
    const run = await liveLesson(lessonInput({ startsAt, endsAt }), { visits });
    assertSettled(run);
    expect(run.told.every(({ accepted }) => accepted)).toBe(true);
    expect(run.state.payment.money).toMatchObject({ captured: 450, feeEarned: 90, transferred: 360 });
  }
});
