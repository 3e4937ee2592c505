import type { BookingPolicy } from '../../domain/policy.ts';
import { durationMs } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';
import type { Draw } from './chance.ts';
import {
  accuse,
  around,
  complaintTerms,
  moneyOf,
  operatorAct,
  resolution,
  someBps,
  tiersOf,
} from './choices.ts';
import type { Act, LifePlan } from './plan.ts';

const fates = ['capture', 'release'] as const;

function termsOf(draw: Draw): BookingPolicy {
  return {
    kind: 'booking',
    platformFeeBps: draw.oneOf(someBps),
    hold: {
      anchor: draw.oneOf(['session_end', 'session_end', 'payment']),
      for: draw.oneOf(['PT72H', 'PT72H', 'PT0S', 'P10D']),
    },
    checkoutExpires: draw.oneOf(['PT30M', 'PT30M', 'PT2H']),
    transferTries: draw.whole(1, 4),
    moneyTries: draw.whole(1, 4),
    debtNetting: { capBps: draw.oneOf(someBps), floor: draw.oneOf([0, 0, 1000]) },
    debtAlertAfter: draw.oneOf(['P1D', 'P30D']),
    maxHold: draw.oneOf(['P90D', 'P3D']),
    cancelTiers: tiersOf(draw),
    noShow: { attendee: draw.oneOf(fates), provider: draw.oneOf(fates), both: draw.oneOf(fates) },
    dispute: complaintTerms(draw),
    fraudWarning: draw.oneOf([
      { action: 'hold', refundUpTo: 0 },
      { action: 'refund', refundUpTo: 5_000 },
    ]),
    belowMinimum: draw.oneOf(['release', 'charge_minimum']),
  };
}

/** The cards of a payment page: what they are charged for may be disputed, warned of or hard to give back. */
const methods = [
  null, null, null, null, null, 'pm_card_bypassPending', 'pm_card_bypassPending', 'pm_card_createDispute', 'pm_card_createDisputeInquiry',
  'pm_card_createIssuerFraudRecord', 'pm_card_pendingRefund', 'pm_card_refundFail', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired',
] as const; // prettier-ignore

/** A booking, and what attendee, provider, admins and banks will do about it. */
export function drawBooking(draw: Draw, id: string, opensAt: Instant, payee: number): LifePlan {
  const { currency, amount } = moneyOf(draw);
  const startsAt = opensAt + (draw.happens(0.2) ? draw.whole(3, 40) * durationMs('P1D') : draw.whole(60_000, durationMs('P3D')));
  const durationMinutes = draw.oneOf([30, 60, draw.whole(1, 1440)]);
  const terms = termsOf(draw);
  const endsAt = startsAt + durationMinutes * 60_000;
  const windowEnd = endsAt + durationMs(terms.hold.for);
  const expiresAt = opensAt + durationMs(terms.checkoutExpires);
  const acts: Act[] = [];
  const instants = [opensAt, expiresAt, startsAt, endsAt, windowEnd] as const;
  const add = (at: Instant, who: string, deed: Act['deed']): void => void acts.push({ at: Math.max(opensAt + 100, Math.round(at)), who, deed });
  const says = (at: Instant, who: string, name: string, body: object, clicks = draw.happens(0.15) ? 2 : 1): void =>
    add(at, who, { kind: 'says', name, body: { ...body }, clicks });

  if (draw.happens(0.12)) add(opensAt + draw.whole(2_000, 600_000), 'attendee', { kind: 'fails_to_pay' });
  if (draw.happens(0.1)) {
    add(opensAt + draw.whole(2_000, 1_700_000), 'attendee', { kind: 'orders_debit' });
    add(opensAt + draw.whole(1, durationMs('P9D')), 'bank', draw.oneOf([{ kind: 'fails_to_pay' }, { kind: 'pays', paymentMethod: null, late: false }]));
  } else if (draw.happens(0.9)) {
    const late = draw.happens(0.05);
    const at = late ? expiresAt + draw.whole(-2_000, 90_000) : opensAt + draw.whole(2_000, 1_900_000);
    add(at, 'attendee', { kind: 'pays', paymentMethod: draw.oneOf(methods), late });
    if (draw.happens(0.15)) add(at + draw.whole(0, 60_000), 'attendee', { kind: 'pays', paymentMethod: null, late: false });
  }
  for (let i = draw.whole(0, 3); i > 0; i -= 1) {
    const at = around(draw, instants, windowEnd + durationMs('P8D'));
    const by = draw.oneOf(['attendee', 'provider', 'admin']);
    const roll = draw.whole(0, 11);
    if (roll <= 2) says(at, by, 'cancel', { by, reason: 'x' });
    else if (roll === 3) says(at, by, 'reschedule', { startTime: new Date(at + draw.whole(1, durationMs('P6D'))).toISOString() });
    else if (roll <= 5) says(draw.happens(0.5) ? startsAt + draw.whole(0, 3_600_000) : at, by, 'noShow', { party: draw.oneOf(['attendee', 'provider']) });
    else if (roll <= 7) {
      says(at, by, 'dispute', { by, reason: 'x' });
      if (draw.happens(0.7)) says(at + draw.whole(1, durationMs('P4D')), 'admin', 'resolve', resolution(draw));
      if (draw.happens(0.3)) says(at + draw.whole(1, 100_000), by, 'evidence', { by, statement: 'y' });
    } else operatorAct(draw, at, currency, amount, add, ['retry', 'skip', 'sync', 'refund', 'refund']);
  }
  if (draw.happens(0.25)) accuse(draw, around(draw, instants, windowEnd + durationMs('P20D')), add);
  if (draw.happens(0.08)) add(around(draw, instants, windowEnd), 'bank', { kind: 'warns' });
  if (draw.happens(0.08)) add(around(draw, instants, windowEnd + durationMs('P5D')), 'dashboard', { kind: 'refunds_by_hand', share: draw.oneOf([1, draw.next()]) });
  if (draw.happens(0.05)) add(windowEnd + draw.whole(0, durationMs('P5D')), 'dashboard', { kind: 'reverses_by_hand', share: draw.oneOf([1, draw.next()]) });
  if (draw.happens(0.05)) add(around(draw, instants, windowEnd + durationMs('P10D')), 'bank', draw.oneOf([{ kind: 'refund_fails' }, { kind: 'payout_fails' }]));
  if (draw.happens(0.05)) {
    const at = around(draw, instants, windowEnd);
    const becomes = draw.oneOf([['inactive', 'active'], ['frozen', 'thawed']] as const);
    add(at, 'Stripe', { kind: 'account', becomes: becomes[0] });
    add(at + draw.whole(60_000, durationMs('P6D')), 'Stripe', { kind: 'account', becomes: becomes[1] });
  }
  return { kind: 'booking', id, opensAt, amount, currency, startsAt, durationMinutes, payee, terms, acts };
} // prettier-ignore
