import fc from 'fast-check';
import type Stripe from 'stripe';
import { fragment, strangeHeaderValue } from './corpus.ts';
import { distorted, distortion } from './distort.ts';

/** Stands in a body where the id of its event comes; each delivery gets one that was never seen before. */
export const eventIdHere = 'evt_fuzzed_id_comes_here';

/** What is done to the bytes between the signature and the door. */
export type Damage =
  | { readonly kind: 'none' }
  | { readonly kind: 'flip' | 'insert' | 'remove'; readonly at: number; readonly byte: number }
  | { readonly kind: 'cut'; readonly at: number };

/** What is done to the header that carries the signature. */
export const headerTricks = [
  'none', 'missing', 'other secret', 'old', 'future', 'v0', 'upper case', 'half', 'two times', 'no time', 'time as text',
  'one more v1 before', 'spaces', 'doubled header', 'strange',
] as const; // prettier-ignore

export type HeaderTrick = (typeof headerTricks)[number];

/** One event on its way to a door. */
export interface Delivery {
  readonly isConnect: boolean;
  readonly text: string;
  /** Only what the event is about was tampered with: the event itself is as Stripe writes events. */
  readonly isInside: boolean;
  readonly damage: Damage;
  readonly trick: HeaderTrick;
  readonly strange: string;
  readonly framing: 'length' | 'chunked' | 'slow' | 'short' | 'aborted' | 'both';
  readonly contentType: string | null;
  readonly isZipped: boolean;
}

const at = fc.nat({ max: 5_000 });
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('flip', 'insert', 'remove'),
    at,
    byte: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at }),
);
const whole = fc.constant<Damage>({ kind: 'none' });
const untouched = fc.constant<HeaderTrick>('none');
const json = fc.constant<string | null>('application/json');

/** Wrong now and then only, so that it is alone in most of what it spoils. */
const seldom = <T>(wrong: fc.Arbitrary<T>, right: fc.Arbitrary<T>, among: number): fc.Arbitrary<T> =>
  fc.oneof({ weight: among - 1, arbitrary: right }, { weight: 1, arbitrary: wrong });

const way = {
  strange: strangeHeaderValue,
  framing: seldom(
    fc.constantFrom<Delivery['framing']>('slow', 'short', 'aborted', 'both'),
    fc.constantFrom<Delivery['framing']>('length', 'chunked'),
    10,
  ),
  contentType: seldom(
    fc.constantFrom(null, 'text/plain', 'application/json; charset=utf-8', '*/*'),
    json,
    15,
  ),
  isZipped: seldom(fc.constant(true), fc.constant(false), 20),
};

/** Types that the house acts on, and any other. */
const typeFor = (events: readonly Stripe.Event[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...new Set(events.map(({ type }) => String(type)))) },
    { weight: 2, arbitrary: fc.constantFrom('charge.dispute.funds_withdrawn', 'refund.failed', 'payout.failed', 'transfer.reversed', 'account.updated', 'setup_intent.succeeded') },
    { weight: 1, arbitrary: fc.stringMatching(/^[a-z0-9_.]{1,100}$/) },
  ); // prettier-ignore

/** Events that really happened, signed or not, whole or not, and tampered with before or after they were signed. */
export function deliveriesLike(events: readonly Stripe.Event[]): fc.Arbitrary<Delivery> {
  const real = fc.constantFrom(...events);
  const wrong = fc.array(distortion, { minLength: 1, maxLength: 4 });
  const eventAround = (event: Stripe.Event, type: string): Record<string, unknown> => {
    const { data: _data, ...rest } = event;
    return { ...rest, id: eventIdHere, type };
  };
  const inside = fc
    .tuple(real, typeFor(events), fc.oneof(wrong, wrong, fc.constant([])), seldom(fragment, fc.constant(''), 8))
    .map(([event, type, wrongs, instead]) => {
      const { data: { object } } = event; // prettier-ignore
      const about = instead === '' ? distorted(object, wrongs) : `{"id":${instead},"metadata":${instead}}`;
      const around = JSON.stringify({ ...eventAround(event, type), request: null, data: { object: 0 } });
      return { isConnect: 'account' in event, text: around.replace('"object":0', () => `"object":${about}`), isInside: true };
    });
  const outside = fc.tuple(real, typeFor(events), wrong).map(([event, type, wrongs]) => ({
    isConnect: 'account' in event,
    text: distorted({ ...eventAround(event, type), data: event.data }, wrongs),
    isInside: false,
  }));
  const forgery = fc.oneof(
    fc.record({ damage, trick: untouched }),
    fc.record({ damage: whole, trick: fc.constantFrom(...headerTricks) }),
  );
  const signed = fc.record({ damage: whole, trick: untouched });
  return fc
    .tuple(
      fc.oneof({ weight: 3, arbitrary: inside }, { weight: 1, arbitrary: outside }),
      fc.oneof(forgery, signed),
      fc.record(way),
    )
    .map(([event, sign, rest]) => ({ ...event, ...sign, ...rest }));
} // prettier-ignore

/** The bytes as they arrive. */
export function damaged(bytes: Uint8Array, harm: Damage): Uint8Array {
  if (harm.kind === 'none') return bytes;
  const place = harm.at % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (harm.kind === 'cut') return before;
  if (harm.kind === 'insert') return Buffer.concat([before, Uint8Array.of(harm.byte), after]);
  if (harm.kind === 'remove') return Buffer.concat([before, after.subarray(1)]);
  const flipped = after.length === 0 ? [] : [(after[0] ?? 0) ^ harm.byte];
  return Buffer.concat([before, Uint8Array.from(flipped), after.subarray(1)]);
}
