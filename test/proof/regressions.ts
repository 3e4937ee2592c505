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
  {
    claim: 'a transfer that Stripe was too busy for is not sent after all was given back in the dashboard',
    plan: {
      seed: '1.13',
      lives: [
        {
          kind: 'booking',
          id: 'b13',
          opensAt: 1796362945292,
          amount: 496800,
          currency: 'isk',
          startsAt: 1796500314044,
          durationMinutes: 60,
          payee: 2,
          terms: {
            kind: 'booking',
            platformFeeBps: 1,
            hold: { anchor: 'session_end', for: 'P10D' },
            checkoutExpires: 'PT2H',
            transferTries: 2,
            moneyTries: 2,
            debtNetting: { capBps: 5000, floor: 1000 },
            debtAlertAfter: 'P30D',
            maxHold: 'P90D',
            cancelTiers: [
              { atLeastBeforeStart: 'PT0S', chargeBps: 5000 },
              { atLeastBeforeStart: 'PT1H', chargeBps: 10000 },
              { atLeastBeforeStart: 'PT24H', chargeBps: 1000 },
            ],
            noShow: { attendee: 'release', provider: 'release', both: 'release' },
            dispute: { escalateAfter: 'P1D', resolveAfter: 'P20D', resolveAs: 'refund' },
            fraudWarning: { action: 'hold', refundUpTo: 0 },
            belowMinimum: 'release',
          },
          acts: [
            { at: 1796364243515, who: 'attendee', deed: { kind: 'pays', paymentMethod: null, late: false } },
            { at: 1797367960228, who: 'dashboard', deed: { kind: 'refunds_by_hand', share: 1 } },
          ],
        },
      ],
      outages: [],
      muted: [
        'overdue/api/death after listOverdue#3',
        'booking:b13/webhook payment_intent.created twice#1',
        'booking:b13/webhook charge.succeeded lost#1',
        'booking:b13/webhook payment_intent.succeeded twice#1',
        'booking:b13/webhook checkout.session.completed lost#1',
        'stripe/webhook balance.available twice#1',
        'stripe/webhook refund.created twice#1',
        'booking:b13/GET /v1/transfers#2',
        'booking:b13/webhook transfer.created twice#1',
        'booking:b13/GET /v1/refunds#2',
        'stripe/webhook charge.refunded twice#1',
        'booking:b13/webhook checkout.session.completed twice#1',
      ],
    },
  },
  {
    claim:
      'money that was adopted by a worker that died is not left open where Stripe says something else afterwards',
    plan: {
      seed: 'kd.2',
      lives: [
        {
          kind: 'booking',
          id: 'b18',
          opensAt: 1796296450493,
          amount: 119530,
          currency: 'kwd',
          startsAt: 1796408269409,
          durationMinutes: 60,
          payee: 2,
          terms: {
            kind: 'booking',
            platformFeeBps: 1,
            hold: { anchor: 'session_end', for: 'P10D' },
            checkoutExpires: 'PT2H',
            transferTries: 3,
            moneyTries: 4,
            debtNetting: { capBps: 333, floor: 1000 },
            debtAlertAfter: 'P30D',
            maxHold: 'P3D',
            cancelTiers: [
              { atLeastBeforeStart: 'PT1H', chargeBps: 9999 },
              { atLeastBeforeStart: 'PT24H', chargeBps: 0 },
            ],
            noShow: { attendee: 'capture', provider: 'capture', both: 'release' },
            dispute: { escalateAfter: 'P14D', resolveAfter: 'P20D', resolveAs: 'release' },
            fraudWarning: { action: 'refund', refundUpTo: 5000 },
            belowMinimum: 'charge_minimum',
          },
          acts: [
            {
              at: 1796298226626,
              who: 'attendee',
              deed: { kind: 'pays', paymentMethod: 'pm_card_createDispute', late: false },
            },
          ],
        },
      ],
      outages: [],
      muted: [
        'booking:b18/webhook charge.succeeded twice#1',
        'booking:b18/webhook payment_intent.succeeded twice#1',
        'booking:b18/webhook checkout.session.completed lost#1',
        'stripe/webhook charge.dispute.created lost#1',
        'gap-sweep/GET /v1/events#4',
        'booking:b18/GET /v1/refunds#1',
        'dispute:du_s896447x0000000000001l/GET /v1/disputes/:id#2',
        'stripe/webhook balance.available twice#1',
        'booking:b18/webhook checkout.session.completed lost#2',
      ],
    },
  },
  {
    claim: 'what a worker that was given up had found and booked is not booked again by the read after it',
    plan: {
      seed: 'in/1.1',
      lives: [
        {
          kind: 'booking',
          id: 'b3',
          opensAt: 1796255772197,
          amount: 12306,
          currency: 'usd',
          startsAt: 1796299564034,
          durationMinutes: 30,
          payee: 2,
          terms: {
            kind: 'booking',
            platformFeeBps: 0,
            hold: { anchor: 'session_end', for: 'P10D' },
            checkoutExpires: 'PT30M',
            transferTries: 2,
            moneyTries: 3,
            debtNetting: { capBps: 10000, floor: 1000 },
            debtAlertAfter: 'P1D',
            maxHold: 'P90D',
            cancelTiers: [
              { atLeastBeforeStart: 'PT0S', chargeBps: 1 },
              { atLeastBeforeStart: 'PT1H', chargeBps: 333 },
              { atLeastBeforeStart: 'PT24H', chargeBps: 1 },
            ],
            noShow: { attendee: 'capture', provider: 'release', both: 'release' },
            dispute: { escalateAfter: 'P14D', resolveAfter: 'P20D', resolveAs: 'release' },
            fraudWarning: { action: 'hold', refundUpTo: 0 },
            belowMinimum: 'release',
          },
          acts: [
            { at: 1796257003698, who: 'attendee', deed: { kind: 'pays', paymentMethod: null, late: false } },
            {
              at: 1796257603264,
              who: 'bank',
              deed: { kind: 'accuses', share: 1, isInquiry: false, withdraws: true, canAnswer: true },
            },
          ],
        },
      ],
      outages: [],
      muted: [
        'booking:b3/Temporal away#1',
        'booking:b3/webhook charge.succeeded twice#1',
        'booking:b3/webhook payment_intent.succeeded twice#1',
        'stripe/webhook charge.dispute.created twice#1',
        'stripe/webhook charge.dispute.funds_withdrawn twice#1',
        'dispute:du_s617818x0000000000001m/GET /v1/disputes/:id#2',
        'dispute:du_s617818x0000000000001m/GET /v1/disputes/:id#3',
        'booking:b3/GET /v1/payment_intents/:id#2',
        'stripe/webhook balance.available lost#1',
      ],
      tries: 1,
    },
  },
];
