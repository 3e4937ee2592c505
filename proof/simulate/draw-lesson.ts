import type { EarlyEnd, LessonPolicy } from '../../domain/policy.ts';
import { durationMs } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';
import type { Draw } from './chance.ts';
import { around, complaintTerms, moneyOf, operatorAct, resolution, someBps, tiersOf } from './choices.ts';
import type { Act, LifePlan } from './plan.ts';

const fates = ['capture', 'release'] as const;

function termsOf(draw: Draw): LessonPolicy {
  return {
    kind: 'lesson',
    platformFeeBps: draw.oneOf(someBps),
    earlyEnd: draw.oneOf<EarlyEnd>([
      { rule: 'full' },
      { rule: 'pro_rata', roundUpTo: draw.oneOf(['PT0S', 'PT15M']) },
      { rule: 'minimum', minimumBps: draw.oneOf(someBps), roundUpTo: 'PT1M' },
    ]),
    noShow: { student: draw.oneOf(fates), tutor: draw.oneOf(fates), both: draw.oneOf(fates) },
    cancelTiers: tiersOf(draw),
    payDeadline: draw.oneOf(['PT30M', 'PT30M', 'P1D']),
    holdLead: 'PT36H',
    holdLife: 'P4DT18H',
    holdMargin: 'PT6H',
    graceAfterEnd: draw.oneOf(['PT0S', 'PT0S', 'PT15M', 'P1D']),
    dispute: complaintTerms(draw),
    moneyTries: draw.whole(1, 4),
    belowMinimum: draw.oneOf(['release', 'charge_minimum']),
  };
}

/** How the payer pays: mostly a card that works, else one that is declined, asks, or is entered later. */
const methods = [
  'pm_card_visa', 'pm_card_visa', 'pm_card_visa', 'pm_card_visa', 'pm_card_mastercard', 'pm_card_bypassPending',
  'pm_card_chargeDeclined', 'pm_card_authenticationRequired', 'pm_card_authenticationRequiredOnSetup', 'pm_card_pendingRefund',
  'pm_card_chargeCustomerFail', null,
] as const; // prettier-ignore

/** A lesson, and what student, tutor, admins and banks will do about it: often what they should, never for sure. */
export function drawLesson(draw: Draw, id: string, opensAt: Instant, payee: number): LifePlan {
  const { currency, amount } = moneyOf(draw);
  const isFar = draw.happens(0.25);
  const startsAt = opensAt + (isFar ? draw.whole(5, 20) * durationMs('P1D') : draw.whole(1, durationMs('P3D')));
  const lengthMs = draw.oneOf([1_500_000, 3_000_000, 3_600_000, draw.whole(1, durationMs('PT5H'))]);
  const endsAt = startsAt + lengthMs;
  const terms = termsOf(draw);
  const paymentMethod = draw.oneOf(methods);
  const acts: Act[] = [];
  const instants = [opensAt, startsAt, endsAt, endsAt + durationMs(terms.graceAfterEnd)] as const;
  const add = (at: Instant, who: string, deed: Act['deed']): void => void acts.push({ at: Math.max(opensAt + 100, Math.round(at)), who, deed });
  const says = (at: Instant, who: string, name: string, body: object, clicks = draw.happens(0.15) ? 2 : 1): void =>
    add(at, who, { kind: 'says', name, body: { ...body }, clicks });

  if (paymentMethod !== 'pm_card_visa' && draw.happens(0.7)) {
    add(opensAt + draw.whole(1_000, durationMs('PT50M')), 'student', { kind: 'pays', paymentMethod: draw.oneOf(['pm_card_visa', 'pm_card_visa', null]), late: false });
  }
  for (const party of ['student', 'tutor'] as const) {
    if (draw.happens(0.15)) continue;
    const joinsAt = startsAt + (draw.happens(0.3) ? draw.whole(0, lengthMs) : draw.whole(-300_000, 60_000));
    const isLying = draw.happens(0.1);
    says(joinsAt, party, 'join', isLying ? { party, at: new Date(joinsAt - draw.whole(0, 600_000)).toISOString() } : { party });
    if (draw.happens(0.5)) says(startsAt + draw.whole(0, lengthMs), party, draw.oneOf(['callEnd', 'end']), { party });
    if (draw.happens(0.3)) says(endsAt + draw.whole(-2_000, 2_000), party, draw.oneOf(['callEnd', 'end']), { party });
  }
  for (let i = draw.whole(0, 3); i > 0; i -= 1) {
    const at = around(draw, instants, endsAt + durationMs('P8D'));
    const by = draw.oneOf(['student', 'tutor', 'admin']);
    const roll = draw.whole(0, 9);
    if (roll <= 1) says(at, by, 'cancel', { by, reason: 'x' });
    else if (roll === 2) says(at, by, 'reschedule', { startsAt: new Date(at + draw.whole(1, durationMs('P6D'))).toISOString(), endsAt: new Date(at + durationMs('P6DT1H')).toISOString() });
    else if (roll <= 4) {
      says(at, by, 'dispute', { by, reason: 'x' });
      if (draw.happens(0.7)) says(at + draw.whole(1, durationMs('P4D')), 'admin', 'resolve', resolution(draw));
      if (draw.happens(0.3)) says(at + draw.whole(1, 100_000), by, 'evidence', { by, statement: 'y' });
    } else operatorAct(draw, at, currency, amount, add, ['retry', 'skip', 'sync', 'refund', 'capture', 'release']);
  }
  if (draw.happens(0.08)) add(around(draw, instants, endsAt), 'dashboard', draw.oneOf([{ kind: 'captures_by_hand', share: draw.oneOf([1, draw.next()]) }, { kind: 'cancels_by_hand' }]));
  if (draw.happens(0.06)) add(endsAt + draw.whole(0, durationMs('P2D')), 'dashboard', { kind: 'refunds_by_hand', share: draw.oneOf([1, draw.next()]) });
  if (draw.happens(0.04)) add(around(draw, instants, endsAt + durationMs('P10D')), 'bank', { kind: 'payout_fails' });
  return { kind: 'lesson', id, opensAt, amount, currency, startsAt, endsAt, payee, paymentMethod, terms, acts };
} // prettier-ignore
