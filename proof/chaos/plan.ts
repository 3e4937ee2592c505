import { Draw } from '../simulate/chance.ts';
import type { Boundary } from './boundaries.ts';
import { boundaries } from './boundaries.ts';
import type { Kind } from './mortal.ts';

/** When in a round something is done: each stage is said by all its lives, then time moves on. */
export const stages = ['booked', 'under way', 'over', 'paid out', 'decided'] as const;
export type Stage = (typeof stages)[number];

/** What somebody does in a life. */
export type Deed =
  | { readonly kind: 'says'; readonly name: string; readonly body: object }
  | { readonly kind: 'pays'; readonly card: string }
  | { readonly kind: 'accuses'; readonly share: number }
  | { readonly kind: 'answers the bank'; readonly name: 'submit' | 'accept' }
  | { readonly kind: 'rules'; readonly verdict: 'win' | 'lose' };

interface Act {
  readonly stage: Stage;
  readonly deed: Deed;
}

/** One agreement and everything that people do about it, whether it makes sense by then or not. */
export interface Life {
  readonly kind: 'lesson' | 'booking';
  readonly id: string;
  readonly payee: number;
  readonly amount: number;
  /** A lesson in a week keeps the card first and holds the money later. */
  readonly isFar: boolean;
  /** With which card a lesson is booked; null: the payer enters one later, or never. */
  readonly card: string | null;
  readonly acts: readonly Act[];
}

/** What Stripe does with its messages while a stage lasts. */
export type Weather = Readonly<Record<string, boolean | number>>;

/** The next death: of one process at a moment, or of all workers as soon as one is inside an activity. */
export type Death =
  | { readonly kind: 'at random'; readonly victim: Kind; readonly which: number; readonly afterMs: number }
  | { readonly kind: 'inside'; readonly boundary: Boundary; readonly afterMs: number }
  | { readonly kind: 'between inbox and signal'; readonly afterMs: number };

/** Cards whose money is there at once, comes later, or is taken back by the bank. */
const cards = [
  'pm_card_visa',
  'pm_card_bypassPending',
  'pm_card_bypassPending',
  'pm_card_bypassPending',
] as const;
const pageCards = [...cards, 'pm_card_bypassPending', 'pm_card_createDispute'] as const;
const people = ['student', 'tutor', 'admin'] as const;
const sides = ['attendee', 'provider', 'admin'] as const;

/** What an admin may decide about a complaint. */
const verdicts: readonly [object, ...object[]] = [
  { outcome: 'release' },
  { outcome: 'refund' },
  { outcome: 'split', payeeBps: 4_000 },
];

const reason = 'chaos';
const says = (stage: Stage, name: string, body: object): Act => ({
  stage,
  deed: { kind: 'says', name, body: { reason, ...body } },
});
const plainly = (stage: Stage, name: string, body: object): Act => ({ stage, deed: { kind: 'says', name, body } }); // prettier-ignore

/** The lives of one round, fixed by seed and round alone. */
export function livesOf(seed: string, round: number, count: number): Life[] {
  return Array.from({ length: count }, (_, n) => {
    const draw = new Draw(`${seed}/round ${round}/life ${n}`);
    return n % 2 === 0 ? lessonOf(draw, `les_${seed}_${round}_${n}`) : bookingOf(draw, `bkg_${seed}_${round}_${n}`);
  });
} // prettier-ignore

function lessonOf(draw: Draw, id: string): Life {
  const acts: Act[] = [];
  const isFar = draw.happens(0.25);
  const card = draw.happens(0.8) ? draw.oneOf(cards) : null;
  const amount = draw.whole(450, 9_000);
  if (card === null && draw.happens(0.8)) acts.push({ stage: 'booked', deed: { kind: 'pays', card: draw.oneOf(cards) } });
  if (draw.happens(0.2)) acts.push(says('booked', 'cancel', { by: draw.oneOf(people) }));
  if (draw.happens(0.1)) acts.push(says('booked', draw.oneOf(['capture', 'release', 'sync']), {}));
  if (!isFar) {
    for (const party of ['student', 'tutor'] as const) {
      if (draw.happens(0.9)) acts.push(plainly('under way', 'join', { party }));
      if (draw.happens(0.4)) acts.push(plainly('under way', 'call-end', { party }));
      else if (draw.happens(0.5)) acts.push(plainly('over', 'end', { party }));
    }
  }
  if (draw.happens(0.2)) {
    acts.push(says(draw.oneOf(['under way', 'over']), 'dispute', { by: draw.oneOf(['student', 'tutor']) }));
    acts.push(says(draw.oneOf(['paid out', 'decided']), 'resolve', draw.oneOf(verdicts)));
  }
  if (draw.happens(0.3)) acts.push(says(draw.oneOf(['over', 'paid out', 'decided']), 'refund', draw.happens(0.5) ? {} : { amount: draw.whole(1, amount) }));
  return { kind: 'lesson', id, payee: draw.whole(0, 9), amount, isFar, card, acts };
} // prettier-ignore

function bookingOf(draw: Draw, id: string): Life {
  const acts: Act[] = [];
  if (draw.happens(0.9)) acts.push({ stage: 'booked', deed: { kind: 'pays', card: draw.oneOf(pageCards) } });
  if (draw.happens(0.2)) acts.push(says('booked', 'cancel', { by: draw.oneOf(sides) }));
  if (draw.happens(0.1)) acts.push(plainly('over', 'no-show', { party: draw.oneOf(['attendee', 'provider']) }));
  if (draw.happens(0.2)) {
    acts.push(says(draw.oneOf(['under way', 'over']), 'dispute', { by: draw.oneOf(['attendee', 'provider']) }));
    acts.push(says(draw.oneOf(['over', 'paid out', 'decided']), 'resolve', draw.oneOf(verdicts)));
  }
  if (draw.happens(0.3)) acts.push(says(draw.oneOf(['booked', 'over', 'paid out']), 'refund', draw.happens(0.5) ? {} : { amount: draw.whole(1, 5_000) }));
  if (draw.happens(0.4)) {
    acts.push({ stage: draw.oneOf(['booked', 'over', 'paid out']), deed: { kind: 'accuses', share: draw.oneOf([1, 0.3, 0.7]) } });
    if (draw.happens(0.6)) acts.push({ stage: 'decided', deed: { kind: 'answers the bank', name: draw.oneOf(['submit', 'accept']) } });
    acts.push({ stage: 'decided', deed: { kind: 'rules', verdict: draw.oneOf(['win', 'lose']) } });
  }
  return { kind: 'booking', id, payee: draw.whole(0, 9), amount: 5_000, isFar: false, card: null, acts };
} // prettier-ignore

/** What Stripe's messages meet with in one stage: mostly storms. */
export function weatherOf(seed: string, round: number, stage: Stage): Weather {
  const draw = new Draw(`${seed}/round ${round}/${stage}/weather`);
  return draw.oneOf<Weather>([
    { duplicate: draw.whole(0, 2) },
    { duplicate: draw.whole(5, 19), shuffle: true, seed: draw.whole(1, 999) },
    { duplicate: draw.whole(2, 9), lose: 0.3, seed: draw.whole(1, 999) },
    { delaySeconds: draw.whole(1, 3_600), duplicate: 2, shuffle: true, seed: draw.whole(1, 999) },
    { hold: true, duplicate: draw.whole(2, 9), shuffle: true, seed: draw.whole(1, 999) },
  ]);
}

/** Workers and APIs die most: they are two each, and hold what is under way. */
const victims = [
  'worker',
  'worker',
  'worker',
  'worker',
  'api',
  'api',
  'api',
  'simulator',
  'temporal',
] as const;

/** Even a short campaign kills one of each kind. */
const firstVictims: readonly (Kind | undefined)[] = [
  'temporal',
  undefined,
  'simulator',
  'api',
  undefined,
  'worker',
];

/** The nth death of the campaign, fixed by the seed alone; every third one is at a boundary, each of them in turn. */
export function deathOf(seed: string, n: number, paceMs: number): Death {
  const draw = new Draw(`${seed}/death ${n}`);
  const afterMs = draw.whole(Math.round(paceMs / 3), Math.round((paceMs * 5) / 3));
  if (n % 12 === 7) return { kind: 'between inbox and signal', afterMs };
  const boundary = n % 3 === 1 ? boundaries[Math.floor(n / 3) % boundaries.length] : undefined;
  if (boundary !== undefined) return { kind: 'inside', boundary, afterMs };
  return {
    kind: 'at random',
    victim: firstVictims[n] ?? draw.oneOf(victims),
    which: draw.whole(0, 1),
    afterMs,
  };
}
