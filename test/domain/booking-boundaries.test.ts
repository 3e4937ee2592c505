import { describe, expect, it } from 'vitest';
import { debtOf, payeeHas } from '../../domain/payment/books.ts';
import { iso } from '../../domain/time.ts';
import { PayeeAccount } from './booking-account.ts';
import type { Circumstances, Run, Visit } from './booking-world.ts';
import { assertSettled, liveBooking } from './booking-world.ts';
import type { BookingChoices } from './bookings.ts';
import { bookingInput, endsAt, happens, hears, paidAt, pays, rules, says, windowEnd } from './bookings.ts';
import { ms } from './lessons.ts';

// A booking is lived once undisturbed; then again and again, with a dispute at each of its boundaries: a moment before,
// at and after every request, while it is under way, in every wait, and until 60 days after the last of it.

interface Undisturbed {
  readonly title: string;
  readonly choices?: BookingChoices;
  readonly visits?: readonly Visit[];
  readonly mishaps?: NonNullable<Circumstances['mishaps']>;
}

const lives: readonly Undisturbed[] = [
  { title: 'a booking that is held and paid' },
  { title: 'a provider who is paid at once', choices: { terms: { hold: { anchor: 'payment', for: 'PT0S' } } } },
  { title: 'a transfer whose answer is lost', mishaps: { transfer: ['lost'] } },
  {
    title: 'a part that is given back in the window',
    visits: [says(endsAt + ms('PT1H'), 'refund', { amount: 2000, reason: 'late' })],
  },
  {
    title: 'a refund after the transfer, its answers lost',
    visits: [says(windowEnd + ms('P4D'), 'refund', { reason: 'sorry' })],
    mishaps: { payOut: ['left_to_stripe'], reverse: ['lost'], refund: ['lost'] },
  },
  {
    title: 'a cancellation that costs half',
    visits: [says(endsAt - ms('PT2H'), 'cancel', { by: 'attendee', reason: 'ill' })],
  },
]; // prettier-ignore

const moveMs = 300;

async function lived(life: Undisturbed, more: readonly Visit[] = [], account = new PayeeAccount()): Promise<Run> {
  const visits = [...pays(), ...(life.visits ?? []), ...more];
  const run = await liveBooking(bookingInput(life.choices), { visits, mishaps: life.mishaps ?? {}, moveMs, account });
  assertSettled(run);
  expect(account.debt).toBe(debtOf(run.state.payment.money));
  return run;
} // prettier-ignore

/** Every instant at which something begins, ends or is known, with a moment on both sides, and the middle of every wait. */
function boundariesOf({ stripe, facts, now }: Run): number[] {
  const steps = stripe.requests.flatMap(({ at }) => [at, at + moveMs / 2, at + moveMs]);
  const edges = [...new Set([...steps, ...facts.map(({ at }) => at), now + ms('P60D')])].toSorted((a, b) => a - b);
  const middles = edges.slice(1).map((edge, i) => Math.floor((edge + (edges[i] ?? edge)) / 2));
  const all = new Set([...edges.flatMap((edge) => [edge - 1, edge, edge + 1]), ...middles]);
  return [...all].filter((at) => at > paidAt).toSorted((a, b) => a - b);
} // prettier-ignore

/** Who has what in the end; how it came there is not told. */
const shares = ({ state: { payment: { money } } }: Run) => ({
  payer: money.refunded,
  bank: money.disputed,
  platform: money.feeEarned,
  provider: payeeHas(money),
}); // prettier-ignore

/** A provider has no more of what the bank and the payer left than their nine tenths of it. */
function expectNoMoreThanTheirs({ state: { payment: { money } } }: Run): void {
  const kept = money.captured - money.refunded - money.disputed;
  expect(payeeHas(money)).toBeLessThanOrEqual(Math.ceil(kept * 0.9));
  expect(money.feeEarned).toBeLessThanOrEqual(Math.ceil(kept * 0.1));
} // prettier-ignore

const takesMs = ms('P3D');
const repairMs = ms('PT6H');

interface Contest {
  readonly verdict: 'won' | 'lost' | 'warning_closed';
  readonly share: number;
  /** How late the webhook of it comes; null: none before the bank has decided. */
  readonly newsMs: number | null;
}

/** What a life with the bank's dispute showed on its way. */
interface Seen {
  /** Transfers there were when the bank opened it, and when it decided. */
  readonly sent: number[];
  readonly isCrossed: boolean;
}

/** The bank disputes exactly then, and decides three days later. */
async function contested(life: Undisturbed, at: number, { verdict, share, newsMs }: Contest): Promise<[Run, Seen]> {
  const seen = { sent: [] as number[], isCrossed: false };
  const isInquiry = verdict === 'warning_closed';
  const visits: Visit[] = [
    happens(at, 'the bank disputes', (stripe) => {
      seen.sent.push(stripe.transfers.length);
      stripe.openDispute(Math.floor(stripe.kept * share), isInquiry);
      seen.isCrossed = stripe.taken > 0 && stripe.transfers.some(({ amount, reversed }) => amount > reversed);
    }),
    ...(newsMs === null
      ? []
      : [
          hears(at + newsMs, 'charge.dispute.created'),
          { at: at + newsMs + repairMs, what: 'a look at the repair', act: (run: Run) => expectNoMoreThanTheirs(run) },
        ]),
    happens(at + takesMs, 'the transfers are counted', (stripe) => void seen.sent.push(stripe.transfers.length)),
    ...rules(at + takesMs, verdict),
  ];
  return [await lived(life, visits), seen];
} // prettier-ignore

/** Transfers asked for while the bank's dispute was known, other than again for one whose answer was lost before. */
function askedFor({ stripe: { requests } }: Run, from: number, to: number): number {
  const asked = requests.flatMap(({ at, move }) => (move.type === 'transfer' ? [{ at, n: move.n }] : []));
  const before = new Set(asked.filter(({ at }) => at <= from).map(({ n }) => n));
  return asked.filter(({ at, n }) => at > from && at < to && !before.has(n)).length;
}

const verdicts = [
  { verdict: 'lost', share: 1 },
  { verdict: 'lost', share: 0.5 },
  { verdict: 'won', share: 1 },
  { verdict: 'warning_closed', share: 1 },
] as const;
const news = [
  { heard: 'at once', newsMs: 0 },
  { heard: 'a day later', newsMs: ms('P1D') },
  { heard: 'only by looking', newsMs: null },
] as const;

/** When the payment itself is known; a hint that comes before that makes us read the checkout alone. */
const paymentKnown = ({ stripe: { requests } }: Run): number =>
  (requests.find(({ move }) => move.type === 'readCheckout')?.at ?? Infinity) + moveMs;

/** An admin's word, or none, so that the policy decides after 60 days. */
const resolutions = [
  { outcome: 'release' },
  { outcome: 'refund' },
  { outcome: 'split', payeeBps: 4000 },
  null,
] as const;

describe.each(lives)('$title', (life) => {
  it.each(news)('disputed by the bank at any point, heard of $heard: no transfer, or one that is repaired', async ({ newsMs }) => {
    const undisturbed = await lived(life);
    let crossed = 0;
    for (const at of boundariesOf(undisturbed)) {
      for (const { verdict, share } of verdicts) {
        try {
          const [run, { sent, isCrossed }] = await contested(life, at, { verdict, share, newsMs });
          const told = at + (newsMs ?? takesMs);
          expect(sent[1], 'transfers made while the bank disputes').toBe(sent[0]);
          if (told >= paymentKnown(undisturbed)) expect(askedFor(run, told, at + takesMs), 'transfers asked for').toBe(0);
          expectNoMoreThanTheirs(run);
          if (isCrossed) crossed += 1;
          // A refund that was refused meanwhile is another life; else a dispute that is not lost changes nothing.
          const isSame = run.told.every(({ accepted }) => accepted);
          if (isSame && verdict !== 'lost') expect(shares(run)).toEqual(shares(undisturbed));
        } catch (error) {
          throw new Error(`${verdict} ${share} at ${iso(at)}`, { cause: error });
        }
      }
    }
    expect(crossed).toBeGreaterThan(0);
  });

  it('with a complaint at any point: taken or refused, and no transfer before it is resolved', async () => {
    const undisturbed = await lived(life);
    const answers = new Set<boolean>();
    for (const at of boundariesOf(undisturbed)) {
      for (const verdict of resolutions) {
        try {
          const heard = at + takesMs;
          const word = verdict === null ? [] : [says(heard, 'resolve', { ...verdict, reason: 'heard' })];
          const run = await lived(life, [says(at, 'dispute', { by: 'attendee', reason: 'no' }), ...word]);
          const isTaken = run.told.some(({ name, accepted }) => name === 'dispute' && accepted);
          answers.add(isTaken);
          if (isTaken) expect(askedFor(run, at, verdict === null ? at + ms('P60D') : heard)).toBe(0);
          else expect(shares(run)).toEqual(shares(undisturbed));
          const isPending = at > paymentKnown(undisturbed) && at < windowEnd;
          if (life === lives[0]) expect(isTaken).toBe(isPending);
        } catch (error) {
          throw new Error(`${verdict?.outcome ?? 'never resolved'}, said at ${iso(at)}`, { cause: error });
        }
      }
    }
    // Where the provider is paid at once there is no window in which to complain.
    expect(answers.size).toBe(life.choices === undefined ? 2 : 1);
  });
}); // prettier-ignore
