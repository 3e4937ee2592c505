import type Stripe from 'stripe';
import type { Writable } from '../../proof/coherent/honest.ts';
import { idOf } from '../../proof/coherent/ownership.ts';
import type { Loose, Plant } from './untrue.ts';
import {
  askedFor,
  bookingOf,
  chargeOf,
  intentOf,
  lessonOf,
  lineOf,
  payoutOf,
  rowOf,
  the,
  transferOf,
} from './untrue.ts';

/** A refund out of the platform's fee, after the payee was paid and without anything taken back of them. */
function refundFromTheFee(run: Loose, id: string): void {
  const charge = chargeOf(run, id);
  const { money, refundIds } = bookingOf(run, id).payment;
  const created = transferOf(run, id).transfer.created + 60;
  const refund = { object: 'refund', id: 're_fee', amount: 100, currency: 'usd', status: 'succeeded', created };
  const balanceTransaction = { id: 'txn_fee', amount: -100, net: -100, currency: 'usd', source: 're_fee', created };
  const rest = { payment_intent: idOf(charge.payment_intent), charge: charge.id, balance_transaction: 'txn_fee', metadata: {} };
  run.stripe.refunds.push({ ...refund, ...rest } as unknown as Writable<Stripe.Refund>);
  run.stripe.balanceTransactions?.push(balanceTransaction as unknown as Writable<Stripe.BalanceTransaction>);
  if (run.stripe.platformBalance !== null) run.stripe.platformBalance['usd'] = (run.stripe.platformBalance['usd'] ?? 0) - 100;
  Object.assign(money, { refunded: 100, feeEarned: money.feeEarned - 100 });
  refundIds.push('re_fee');
  const fee = lineOf(run, id, 'platform_fees');
  run.store.ledger.push({ ...fee, id: 'led_1', amount: -100 }, { ...fee, id: 'led_2', account: 'refunds', amount: 100 });
} // prettier-ignore

/** The bank questions a charge without taking anything, just before its transfer; its word came, and nobody took it up. */
function inquiryNobodyKnows(run: Loose, id: string): void {
  const { id: charge, payment_intent: intent } = chargeOf(run, id);
  const created = transferOf(run, id).transfer.created - 10;
  const dispute = { object: 'dispute', id: 'dp_1', amount: 5000, currency: 'usd', charge, payment_intent: intent, created };
  run.stripe.disputes.push({ ...dispute, status: 'warning_needs_response', balance_transactions: [], metadata: {} } as never);
  const [event] = run.store.inbox;
  if (event !== undefined) run.store.inbox.push({ ...event, eventId: 'evt_dp_1', objectId: 'dp_1', type: 'charge.dispute.created' });
} // prettier-ignore

/** The invariants of amounts (M1 to M10), each broken in a way that no other notices. */
export const untrueMoney: readonly Plant[] = [
  {
    breaks: 'M1',
    claim: 'a hold outlived its end',
    names: /is held past its capture_before/,
    plant(run, { waitingLesson }) {
      const { card } = chargeOf(run, waitingLesson).payment_method_details ?? {};
      if (card) card.capture_before = run.now / 1_000 - 3_600;
    },
  },
  {
    breaks: 'M1',
    claim: 'a hold ran out before anybody tried to take it',
    names: /pi_\w+ of 450 usd ran out at .* and nobody had tried to take it or to let it go/,
    plant(run, { waitingLesson }) {
      const charge = chargeOf(run, waitingLesson);
      const { card } = charge.payment_method_details ?? {};
      if (card) card.capture_before = run.now / 1_000 - 3_600;
      const intent = the(run.stripe.paymentIntents, ({ id }) => id === idOf(charge.payment_intent));
      Object.assign(intent, { status: 'canceled', cancellation_reason: 'automatic' });
      const { payment } = lessonOf(run, waitingLesson);
      if (payment.intent !== null) payment.intent.status = 'gone';
      rowOf(run, waitingLesson).status = 'awaiting_payment';
    },
  },
  {
    breaks: 'M2',
    claim: 'a lesson was charged although its tutor never came',
    names: /450 usd is kept .* where the policy says 0: no-show \(tutor\)/,
    plant: (run, { heldLesson }) => {
      lessonOf(run, heldLesson).attendance.tutor.joinedAt = null;
    },
  },
  {
    breaks: 'M2',
    claim: 'one hold was captured twice',
    names: /pi_\w+ was captured 2 times/,
    plant(run) {
      run.requests?.push({ ...askedFor(run, /\/capture$/), id: 'req_again' });
    },
  },
  {
    breaks: 'M3',
    claim: 'a cent moved from the payee to the platform in the ledger alone',
    names: /the ledger has 501 usd in platform_fees, the books 500/,
    plant(run, { soldBooking }) {
      lineOf(run, soldBooking, 'platform_fees').amount += 1;
      lineOf(run, soldBooking, 'payee_balance').amount -= 1;
    },
  },
  {
    breaks: 'M3',
    claim: 'the platform’s balance lost a cent that no object shows',
    names: /Stripe's balance moved by 499 usd, its objects say 500/,
    plant(run, { soldBooking }) {
      const { transfer } = transferOf(run, soldBooking);
      const line = the(run.stripe.balanceTransactions ?? [], (one) => one.source === transfer.id);
      line.amount -= 1;
    },
  },
  {
    breaks: 'M3',
    claim: 'what was netted of a payee was recovered of no debt',
    names: /0 usd is netted, 7 was recovered/,
    plant(run, { soldBooking, heldLesson }) {
      const operationKey = `${soldBooking}:transfer`;
      run.store.recoveries.push({ operationKey, workflowId: heldLesson, amount: 7 });
    },
  },
  {
    breaks: 'M4',
    claim: 'the payee has more than what the fee leaves',
    names: /of 5000 usd kept the payee has 4500 and the platform 500, where 4450 and 550 are due/,
    plant(run, { soldBooking }) {
      bookingOf(run, soldBooking).payment.feeBps = 1_100;
    },
  },
  {
    breaks: 'M4',
    claim: 'the payee was sent the fee too, even though it was taken back afterwards',
    names: /with tr_\w+ of 5000 usd the payee had 5000 of 5000 captured, of which the fee leaves 4500/,
    plant(run, { soldBooking }) {
      const { transfer, reversals } = transferOf(run, soldBooking);
      const created = transfer.created + 60;
      reversals.push({ id: 'trr_1', amount: 500, currency: 'usd', created, metadata: {} } as never);
      Object.assign(transfer, { amount: 5000, amount_reversed: 500 });
      Object.assign(bookingOf(run, soldBooking).payment.money, { transferred: 5000, reversed: 500 });
    },
  },
  {
    breaks: 'M4',
    claim: 'a transfer was reversed more often than it says',
    names: /tr_\w+ of 4500 usd has 0 reversed, in reversals of 100/,
    plant(run, { soldBooking }) {
      const reversal = { id: 'trr_1', amount: 100, currency: 'usd', created: 1, metadata: {} };
      transferOf(run, soldBooking).reversals.push(reversal as never);
    },
  },
  {
    breaks: 'M5',
    claim: 'the transfer went to another account than was agreed',
    names: /tr_\w+ went to acct_other, agreed was acct_/,
    plant(run, { soldBooking }) {
      transferOf(run, soldBooking).transfer.destination = 'acct_other';
    },
  },
  {
    breaks: 'M5',
    claim: 'the transfer stands in the group of another agreement',
    names: /tr_\w+ is of the group booking:other and stamped booking:/,
    plant(run, { soldBooking }) {
      transferOf(run, soldBooking).transfer.transfer_group = 'booking:other';
    },
  },
  {
    breaks: 'M6',
    claim: 'the transfer is bound to no charge, so that nothing of Stripe’s keeps it within one',
    names: /tr_\w+ of 4500 usd draws on no charge, not on ch_\w+ of 5000 usd/,
    plant(run, { soldBooking }) {
      transferOf(run, soldBooking).transfer.source_transaction = null;
    },
  },
  {
    breaks: 'M6',
    claim: 'the payee was paid an hour before the window was over',
    names: /tr_\w+ of 4500 usd was sent at .*, its window ends at /,
    plant(run, { soldBooking }) {
      transferOf(run, soldBooking).transfer.created -= 3_700;
    },
  },
  {
    breaks: 'M7a',
    claim: 'a transfer was begun after the dispute was written down',
    names: /:transfer was begun at .* although it stood disputed since /,
    plant(run, { soldBooking }) {
      const intent = intentOf(run, `${soldBooking}:transfer`);
      const after = { status: 'disputed', paymentState: 'DISPUTED', rev: 1 };
      const row = { ...intent, seq: intent.seq - 0.5, action: 'status_changed', operationKey: null, after };
      run.store.audit.splice(run.store.audit.indexOf(intent), 0, row);
    },
  },
  {
    breaks: 'M7b',
    claim: 'a transfer crossed a dispute that is nobody’s case',
    names: /tr_\w+ of 4500 usd crossed dp_1 over 5000/,
    plant: (run, { soldBooking }) => inquiryNobodyKnows(run, soldBooking),
  },
  {
    breaks: 'M7b',
    claim: 'nobody looked at the charge before its transfer was asked for',
    names: /asked for a transfer at .* without a look at the charge/,
    plant(run, { soldBooking }) {
      const path = `/v1/charges/${chargeOf(run, soldBooking).id}`;
      run.requests = (run.requests ?? []).filter((one) => one.path !== path);
    },
  },
  {
    breaks: 'M8',
    claim: 'a refund after the transfer left the payee all they had',
    names: /the payee has 4500 usd of which 4410 is theirs \(100 refunded/,
    plant: (run, { soldBooking }) => refundFromTheFee(run, soldBooking),
  },
  {
    breaks: 'M9',
    claim: 'a cancellation two days ahead, which is free, was charged',
    names: /225 usd is kept .* where the policy says 0: cancelled by the student for 0 bps/,
    plant(run, { cancelledLesson }) {
      const { story } = lessonOf(run, cancelledLesson);
      the(story, ({ what }) => what === 'Cancelled').at -= 2 * 86_400_000;
    },
  },
  {
    breaks: 'M10',
    claim: 'Stripe paid out a cent less than our books say',
    names: /paidOut: ours 4500 usd, Stripe's 4499/,
    plant(run, { soldBooking }) {
      payoutOf(run, soldBooking).amount -= 1;
    },
  },
];
