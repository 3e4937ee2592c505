import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { invalidParameter, refused } from '../http/refusal.ts';
import { refund } from '../objects/refund.ts';
import { reviewWarnings } from './early-fraud-warnings.ts';
import { daySeconds } from './money.ts';
import { cardBehind } from './saved-cards.ts';

/** The refunds of a charge that took or still take money back, as opposed to released holds and failures. */
const standing = (world: World, charge: string): Stripe.Refund[] =>
  world.tables.refunds
    .where('charge', charge)
    .filter(
      (row) =>
        row.status !== 'failed' &&
        row.status !== 'canceled' &&
        (row.balance_transaction !== null || row.status !== 'succeeded'),
    );

const refundedSoFar = (world: World, charge: string): number =>
  standing(world, charge).reduce((sum, row) => sum + row.amount, 0);

/** When money of a charge becomes available, or now when it already is. */
const fundsOf = (world: World, charge: Stripe.Charge): number => {
  const movement = world.tables.balanceTransactions.get(idOf(charge.balance_transaction) ?? '');
  return movement?.status === 'pending' ? movement.available_on : world.clock.seconds();
};

const covered = (world: World, owner: string, charge: Stripe.Charge, amount: number): boolean => {
  const available = world.books.amount(owner, 'available', charge.currency);
  const pending =
    fundsOf(world, charge) > world.clock.seconds()
      ? world.books.amount(owner, 'pending', charge.currency)
      : 0;
  return available + pending >= amount;
};

const syncCharge = (world: World, id: string): Stripe.Charge => {
  const charge = world.tables.charges.must(id);
  const back = refundedSoFar(world, id);
  return world.tables.charges.patch(id, {
    amount_refunded: charge.amount - charge.amount_captured + back,
    refunded: back > 0 && back === charge.amount_captured,
  });
};

const payBack = (world: World, owner: string, charge: Stripe.Charge, id: string, amount: number): string =>
  world.post({
    owner,
    type: charge.payment_method_details?.type === 'card' ? 'refund' : 'payment_refund',
    amount: -amount,
    currency: charge.currency,
    source: id,
    outside: 'cardholders',
    availableOn: fundsOf(world, charge),
    description: `REFUND FOR CHARGE${charge.description === null ? '' : ` (${charge.description})`}`,
  }).id;

/** A test card's refund takes this long to turn into what its name promises. */
const settlesAfterSeconds = daySeconds;

/** Starts a refund; money leaves the balance at once, or waits until the balance can bear it. */
export const startRefund = (
  world: World,
  owner: string,
  charge: Stripe.Charge,
  wanted: number | undefined,
  reason: Stripe.Refund.Reason | null,
  metadata: Stripe.Metadata,
): Stripe.Refund => {
  const left = charge.amount_captured - refundedSoFar(world, charge.id);
  if (!charge.captured || charge.status !== 'succeeded')
    throw refused(
      'charge_not_refundable',
      `Charge ${charge.id} has not been captured; cancel its payment intent instead.`,
      { charge: charge.id },
    );
  if (world.tables.disputes.where('charge', charge.id).some((row) => !row.is_charge_refundable))
    throw refused('charge_disputed', `Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      charge: charge.id,
    });
  if (left <= 0)
    throw refused('charge_already_refunded', `Charge ${charge.id} has already been refunded.`, {
      charge: charge.id,
    });
  const amount = wanted ?? left;
  if (amount > left)
    throw refused(
      undefined,
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      { param: 'amount', charge: charge.id },
    );

  const behaviour = cardBehind(world, charge.payment_method).refund;
  const affordable = covered(world, owner, charge, amount);
  const id = world.ids.next('re');
  const row = refund({
    id,
    created: world.clock.seconds(),
    charge,
    amount,
    reason,
    metadata,
    status: !affordable || behaviour === 'pending' ? 'pending' : 'succeeded',
    balanceTransaction: affordable ? payBack(world, owner, charge, id, amount) : null,
    ...(affordable
      ? behaviour === 'pending'
        ? { pendingReason: 'processing' as const }
        : {}
      : { pendingReason: 'insufficient_funds' as const }),
  });
  world.tables.refunds.put(row, owner);
  if (affordable && behaviour !== 'ok')
    world.schedule.arm('settle_refund', id, world.clock.now() + settlesAfterSeconds * 1000);
  world.emit('refund.created', row, owner);
  world.emit('charge.refunded', syncCharge(world, charge.id), owner);
  reviewWarnings(world, charge.id);
  return row;
};

/** The refund has reached the customer. */
export const succeedRefund = (world: World, id: string): Stripe.Refund => {
  const before = world.tables.refunds.must(id);
  if (before.status !== 'pending' || before.balance_transaction === null)
    throw refused(undefined, `Refund ${id} is ${before.status ?? 'unknown'} and cannot succeed now.`);
  world.schedule.disarm('settle_refund', id);
  const { pending_reason: _, ...rest } = before;
  const after = world.tables.refunds.put({ ...rest, status: 'succeeded' });
  world.emit('refund.updated', after, world.tables.refunds.ownerOf(id));
  return after;
};

/** The bank sends a refund back: the money returns to the balance and somebody must pay the customer another way. */
export const failRefund = (world: World, id: string, reason = 'lost_or_stolen_card'): Stripe.Refund => {
  const before = world.tables.refunds.must(id);
  if (before.status !== 'pending' && before.status !== 'succeeded')
    throw refused(undefined, `Refund ${id} is ${before.status ?? 'unknown'} and cannot fail now.`);
  if (
    idOf(before.transfer_reversal) !== null ||
    (before.status === 'succeeded' && !before.balance_transaction)
  )
    throw refused(undefined, `Refund ${id} sent nothing to a customer's bank, so no bank can send it back.`);
  const owner = world.tables.refunds.ownerOf(id) ?? '';
  const chargeId = idOf(before.charge) ?? '';
  world.schedule.disarm('settle_refund', id);
  const gone = world.tables.balanceTransactions.get(idOf(before.balance_transaction) ?? '');
  const back =
    gone === undefined
      ? undefined
      : world.post({
          owner,
          type: 'refund_failure',
          amount: before.amount,
          currency: before.currency,
          source: id,
          outside: 'cardholders',
          // What was taken from pending money comes back as pending money.
          availableOn: gone.available_on,
        }).id;
  const { pending_reason: _, ...rest } = before;
  const after = world.tables.refunds.put({
    ...rest,
    status: 'failed',
    failure_reason: reason,
    ...(back === undefined ? {} : { failure_balance_transaction: back }),
  });
  syncCharge(world, chargeId);
  world.emit('refund.updated', after, owner);
  world.emit('refund.failed', after, owner);
  reviewWarnings(world, chargeId);
  return after;
};

/** Calls off a refund that waits for its customer. */
export const cancelRefund = (world: World, id: string): Stripe.Refund => {
  const before = world.tables.refunds.must(id);
  if (before.status !== 'requires_action')
    throw invalidParameter(
      'refund_not_cancelable',
      `Only refunds in requires_action can be canceled; ${id} is ${before.status ?? 'unknown'}.`,
      'id',
    );
  const after = world.tables.refunds.patch(id, { status: 'canceled' });
  const chargeId = idOf(before.charge) ?? '';
  syncCharge(world, chargeId);
  world.emit('refund.updated', after, world.tables.refunds.ownerOf(id));
  reviewWarnings(world, chargeId);
  return after;
};

/** A test card's refund becomes what the card's name promises. */
export const settleRefund = (world: World, id: string): void => {
  const row = world.tables.refunds.get(id);
  if (row === undefined || row.status === 'failed') return;
  const charge = world.tables.charges.must(idOf(row.charge) ?? '');
  if (cardBehind(world, charge.payment_method).refund === 'fails') failRefund(world, id);
  else if (row.status === 'pending') succeedRefund(world, id);
};

/** New available money pays the refunds that waited for it, oldest first. */
export const payWaitingRefunds = (world: World, owner: string): void => {
  for (const row of world.tables.refunds.where('pending_reason', 'insufficient_funds')) {
    if (world.tables.refunds.ownerOf(row.id) !== owner) continue;
    const charge = world.tables.charges.must(idOf(row.charge) ?? '');
    if (!covered(world, owner, charge, row.amount)) continue;
    const { pending_reason: _, ...rest } = row;
    const paid = world.tables.refunds.put({
      ...rest,
      status: 'succeeded',
      balance_transaction: payBack(world, owner, charge, row.id, row.amount),
    });
    world.emit('refund.updated', paid, owner);
  }
};
