import type { BatchPlan } from '../../proof/simulate/plan.ts';

/** A story that broke a claim once, shrunk to what it needs. */
interface Regression {
  /** What went wrong in it. */
  readonly claim: string;
  readonly plan: BatchPlan;
}

/** Every one is lived again by the test, and must end with nothing broken. */
export const regressions: readonly Regression[] = [
  {
    claim: 'a checkout that was tried and then expired is gone at both sides',
    plan: {
      seed: 'q1',
      lives: [
        {
          kind: 'booking',
          id: 'b4',
          opensAt: 1796530513926,
          amount: 50,
          currency: 'usd',
          startsAt: 1799381713926,
          durationMinutes: 297,
          payee: 1,
          terms: {
            kind: 'booking',
            platformFeeBps: 333,
            hold: { anchor: 'session_end', for: 'PT0S' },
            checkoutExpires: 'PT30M',
            transferTries: 2,
            moneyTries: 1,
            debtNetting: { capBps: 333, floor: 0 },
            debtAlertAfter: 'P1D',
            maxHold: 'P3D',
            cancelTiers: [
              { atLeastBeforeStart: 'PT1H', chargeBps: 2000 },
              { atLeastBeforeStart: 'PT24H', chargeBps: 333 },
            ],
            noShow: { attendee: 'capture', provider: 'release', both: 'capture' },
            dispute: { escalateAfter: 'P14D', resolveAfter: 'PT0S', resolveAs: 'refund' },
            fraudWarning: { action: 'hold', refundUpTo: 0 },
            belowMinimum: 'charge_minimum',
          },
          acts: [
            {
              at: 1796531269090,
              who: 'attendee',
              deed: { kind: 'pays', paymentMethod: 'pm_card_authenticationRequired', late: false },
            },
          ],
        },
      ],
      outages: [],
      muted: [
        'booking:b4/webhook payment_intent.created lost#1',
        'booking:b4/webhook payment_intent.requires_action twice#1',
        'booking:b4/webhook payment_intent.canceled lost#1',
        'booking:b4/webhook checkout.session.expired lost#1',
        'gap-sweep/GET /v1/events#1',
        'overdue/api/death before listAgedDebts#19',
        'booking:b4/webhook payment_intent.canceled twice#1',
        'booking:b4/webhook checkout.session.expired unanswered#1',
      ],
    },
  },
];
