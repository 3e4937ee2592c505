//   needs_response --submit--> under_review --bank--> won | lost        prevented: nothing to do
//        |  ^   \--accept, or nobody answers--> lost
//        |  |escalate
//   warning_needs_response --submit--> warning_under_review --60 days, or close--> warning_closed
import type { Stripe } from 'stripe';
import { platform, type World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { refused } from '../http/refusal.ts';
import { caseDetails, dispute } from '../objects/dispute.ts';
import { reviewWarnings, warnOfFraud } from './early-fraud-warnings.ts';
import { daySeconds } from './money.ts';
import { payWaitingRefunds } from './refunding.ts';
import { cardBehind } from './saved-cards.ts';

/** Networks give 7 to 21 days to answer; the shortest is the hardest to keep. */
const answerWithin = 7 * daySeconds;

/** An unanswered chargeback is lost a few days after the deadline, when the bank has taken note. */
const lostAfter = 3 * daySeconds;

/** An inquiry that the bank does not take further ends by itself. */
const inquiryLasts = 60 * daySeconds;

/** What a bank says when it questions a charge. */
export interface Accusation {
  charge: Stripe.Charge;
  /** Absent: all that is left of the charge. */
  amount?: number | undefined;
  reason: string;
  status?: 'needs_response' | 'warning_needs_response' | 'prevented' | undefined;
  /** Seconds; 0 or null when the bank takes no answer, absent for the usual time. */
  dueBy?: number | null | undefined;
  /** False: the money is withdrawn later, or when the dispute is lost. */
  withdraw?: boolean | undefined;
}

const isInquiry = ({ status }: Stripe.Dispute): boolean => status.startsWith('warning_');
const awaitsAnswer = ({ status }: Stripe.Dispute): boolean =>
  status === 'needs_response' || status === 'warning_needs_response';
const isOpen = (row: Stripe.Dispute): boolean =>
  awaitsAnswer(row) || row.status === 'under_review' || row.status === 'warning_under_review';

/** Refuses what a dispute's status does not allow. */
const assertAllowed = (allowed: boolean, row: Stripe.Dispute, verb: string): void => {
  if (!allowed) throw refused(undefined, `Dispute ${row.id} is ${row.status} and cannot be ${verb}.`);
};

const tell = (world: World, what: string, row: Stripe.Dispute): Stripe.Dispute => {
  world.emit(`charge.dispute.${what}`, row, world.tables.disputes.ownerOf(row.id));
  return row;
};

/** What neither a refund nor a chargeback has taken out of a charge. */
const leftOf = (world: World, charge: Stripe.Charge): number =>
  world.tables.disputes
    .where('charge', charge.id)
    .filter(({ status }) => status === 'needs_response' || status === 'under_review' || status === 'lost')
    .reduce((left, row) => left - row.amount, charge.amount - charge.amount_refunded);

const post = (
  world: World,
  row: Stripe.Dispute,
  movement: { amount: number; fee?: number; description: string },
): Stripe.Dispute => {
  const line = world.post({
    ...movement,
    owner: world.tables.disputes.ownerOf(row.id) ?? platform,
    type: 'adjustment',
    currency: row.currency,
    source: row.id,
    outside: 'cardholders',
  });
  return world.tables.disputes.patch(row.id, { balance_transactions: [...row.balance_transactions, line] });
};

const takeFunds = (world: World, row: Stripe.Dispute): Stripe.Dispute => {
  const fee = Number(world.tables.marks.get('fee_dispute')?.value ?? 0);
  const description = `Chargeback withdrawal for ${idOf(row.charge) ?? ''}`;
  return tell(world, 'funds_withdrawn', post(world, row, { amount: -row.amount, fee, description }));
};

/** The bank takes the disputed amount, and Stripe its fee, whether or not the balance can bear it. */
export const withdrawFunds = (world: World, id: string): Stripe.Dispute => {
  const row = world.tables.disputes.must(id);
  const still = row.status === 'needs_response' || row.status === 'under_review';
  assertAllowed(still && row.balance_transactions.length === 0, row, 'paid for now');
  return takeFunds(world, row);
};

/** Waits for whatever comes first in the life of a dispute that nobody touches. */
const armNext = (world: World, row: Stripe.Dispute): void => {
  const { due_by: dueBy, past_due: pastDue } = row.evidence_details;
  const deadline = dueBy !== null && dueBy > 0 && awaitsAnswer(row) && !pastDue ? dueBy : Infinity;
  const end = isInquiry(row)
    ? row.created + inquiryLasts
    : pastDue && row.status === 'needs_response'
      ? (dueBy ?? 0) + lostAfter
      : Infinity;
  const at = isOpen(row) ? Math.min(deadline, end) : Infinity;
  if (at === Infinity) world.schedule.disarm('step_dispute', row.id);
  else world.schedule.arm('step_dispute', row.id, at * 1000);
};

/** A bank questions a charge: an inquiry moves nothing, a chargeback takes the money first and asks later. */
export const openDispute = (world: World, accusation: Accusation): Stripe.Dispute => {
  const { charge, reason, status = 'needs_response', withdraw = true } = accusation;
  if (charge.status !== 'succeeded' || !charge.captured || charge.source_transfer !== null)
    throw refused(undefined, `Charge ${charge.id} took no money from a customer, so no bank disputes it.`);
  if (world.tables.disputes.where('charge', charge.id).some(isOpen))
    throw refused(undefined, `Charge ${charge.id} is being disputed already.`);
  const left = leftOf(world, charge);
  const amount = accusation.amount ?? left;
  if (left <= 0) throw refused(undefined, `Nothing is left of charge ${charge.id} to dispute.`);
  if (amount > left) throw refused(undefined, `Only ${left} is left of charge ${charge.id} to dispute.`);

  const created = world.clock.seconds();
  const dueBy = accusation.dueBy === undefined ? created + answerWithin : accusation.dueBy;
  const id = world.ids.next('du');
  const row = world.tables.disputes.put(
    dispute({ id, created, charge, amount, reason, status, dueBy: status === 'prevented' ? null : dueBy }),
    world.tables.charges.ownerOf(charge.id),
  );
  world.tables.charges.patch(charge.id, { disputed: true });
  armNext(world, row);
  tell(world, 'created', row);
  reviewWarnings(world, charge.id);
  return status === 'needs_response' && withdraw ? takeFunds(world, row) : row;
};

/** The bank was not satisfied by an inquiry and charges back what is left; the seller may answer anew. */
export const escalateDispute = (world: World, id: string): Stripe.Dispute => {
  const row = world.tables.disputes.must(id);
  assertAllowed(isInquiry(row) && isOpen(row), row, 'escalated');
  const charge = world.tables.charges.must(idOf(row.charge) ?? '');
  const amount = Math.min(row.amount, leftOf(world, charge));
  if (amount <= 0) throw refused(undefined, `Nothing is left of charge ${charge.id} to charge back.`);
  const after = world.tables.disputes.patch(id, {
    amount,
    status: 'needs_response',
    is_charge_refundable: false,
    payment_method_details: caseDetails(charge, 'chargeback'),
    evidence_details: {
      ...row.evidence_details,
      due_by: world.clock.seconds() + answerWithin,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
  });
  armNext(world, after);
  return takeFunds(world, tell(world, 'updated', after));
};

/** Refuses an answer that the bank would not read: too late, a second one, or one it never asked for. */
export const assertAnswerable = (world: World, row: Stripe.Dispute): void => {
  assertAllowed(awaitsAnswer(row), row, 'answered');
  const { due_by: dueBy } = row.evidence_details;
  if (dueBy === null || dueBy === 0)
    throw refused(undefined, `The bank accepts no response to dispute ${row.id}.`);
  if (dueBy <= world.clock.seconds())
    throw refused(undefined, `The deadline to respond to dispute ${row.id} has passed.`);
};

/** Sends the evidence that was gathered to the bank, which now takes its time. */
export const submitEvidence = (world: World, row: Stripe.Dispute): Stripe.Dispute => {
  const after = world.tables.disputes.patch(row.id, {
    status: isInquiry(row) ? 'warning_under_review' : 'under_review',
    evidence_details: {
      ...row.evidence_details,
      submission_count: row.evidence_details.submission_count + 1,
      submission_method: 'manual',
    },
  });
  armNext(world, after);
  return after;
};

const end = (
  world: World,
  row: Stripe.Dispute,
  status: 'won' | 'lost' | 'warning_closed',
): Stripe.Dispute => {
  const after = world.tables.disputes.patch(row.id, { status });
  armNext(world, after);
  return tell(world, 'closed', after);
};

/** The bank sides with the seller: what was withdrawn comes back, the fee does not. */
export const winDispute = (world: World, id: string): Stripe.Dispute => {
  const row = world.tables.disputes.must(id);
  assertAllowed(isOpen(row) && !isInquiry(row), row, 'won');
  const won = end(world, row, 'won');
  if (won.balance_transactions.length === 0) return won;
  const description = `Chargeback reversal for ${idOf(row.charge) ?? ''}`;
  const after = tell(world, 'funds_reinstated', post(world, won, { amount: row.amount, description }));
  payWaitingRefunds(world, world.tables.disputes.ownerOf(id) ?? platform);
  return after;
};

/** The bank sides with the customer; money that had not been withdrawn is withdrawn now. */
export const loseDispute = (world: World, id: string): Stripe.Dispute => {
  const row = world.tables.disputes.must(id);
  assertAllowed(isOpen(row) && !isInquiry(row), row, 'lost');
  return end(world, row.balance_transactions.length === 0 ? takeFunds(world, row) : row, 'lost');
};

/** Gives up on a chargeback, or puts an inquiry away; neither can be undone. */
export const closeDispute = (world: World, id: string): Stripe.Dispute => {
  const row = world.tables.disputes.must(id);
  assertAllowed(isInquiry(row) ? isOpen(row) : awaitsAnswer(row), row, 'closed');
  return isInquiry(row) ? end(world, row, 'warning_closed') : loseDispute(world, id);
};

/** Time passes over a dispute: the deadline goes by, then an unanswered chargeback is lost and an inquiry ends. */
export const stepDispute = (world: World, id: string): void => {
  const row = world.tables.disputes.get(id);
  if (row === undefined || !isOpen(row)) return;
  if (isInquiry(row) && world.clock.seconds() >= row.created + inquiryLasts) closeDispute(world, id);
  else if (row.evidence_details.past_due) loseDispute(world, id);
  else {
    const late = world.tables.disputes.patch(id, {
      evidence_details: { ...row.evidence_details, past_due: true },
    });
    armNext(world, late);
    tell(world, 'updated', late);
  }
};

/** Does after a charge what its test card's name promises. */
export const followUpCharge = (world: World, chargeId: string): void => {
  const charge = world.tables.charges.must(chargeId);
  switch (cardBehind(world, charge.payment_method).afterwards) {
    case 'dispute':
      openDispute(world, { charge, reason: 'fraudulent' });
      return;
    case 'dispute_not_received':
      openDispute(world, { charge, reason: 'product_not_received' });
      return;
    case 'inquiry':
      openDispute(world, { charge, reason: 'fraudulent', status: 'warning_needs_response' });
      return;
    case 'early_fraud_warning':
      warnOfFraud(world, charge, 'unauthorized_use_of_card');
      return;
    case 'nothing':
  }
};
