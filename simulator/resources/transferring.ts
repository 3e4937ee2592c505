import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { platform } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { noSuch, refused } from '../http/refusal.ts';
import { charge } from '../objects/charge.ts';
import { refund } from '../objects/refund.ts';
import { embeddedReversals, transfer, transferReversal } from '../objects/transfer.ts';

interface Wanted {
  amount: number | undefined;
  currency: string;
  destination: string;
  description: string | null;
  metadata: Stripe.Metadata;
  sourceTransaction: string | undefined;
  transferGroup: string | undefined;
}

const insufficient = (message: string) => refused('balance_insufficient', message);

const assertReady = (world: World, destination: string): void => {
  const account = world.tables.accounts.get(destination);
  if (account === undefined || world.tables.marks.get(`deauthorized:${destination}`) !== undefined)
    throw noSuch('destination', destination, 'destination');
  if (account.capabilities?.transfers !== 'active')
    throw refused(
      undefined,
      'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
    );
};

/** The charge a transfer draws on, and until when its money is pending. */
const sourceOf = (
  world: World,
  wanted: Wanted,
): { charge: Stripe.Charge; availableOn: number } | undefined => {
  if (wanted.sourceTransaction === undefined) return undefined;
  const source = world.tables.charges.get(wanted.sourceTransaction, platform);
  if (source === undefined) throw noSuch('charge', wanted.sourceTransaction, 'source_transaction');
  const movement = world.tables.balanceTransactions.get(idOf(source.balance_transaction) ?? '');
  if (movement === undefined)
    throw refused(
      undefined,
      `The charge ${source.id} has not been captured, so no transfer can draw on it.`,
      { param: 'source_transaction' },
    );
  if (movement.currency !== wanted.currency)
    throw refused(
      undefined,
      `The currency of source_transaction's balance transaction (${movement.currency}) must be the same as the transfer currency (${wanted.currency})`,
      { param: 'currency' },
    );
  return {
    charge: source,
    availableOn: movement.status === 'pending' ? movement.available_on : world.clock.seconds(),
  };
};

const assertWithinSource = (world: World, source: Stripe.Charge, amount: number): void => {
  const drawn = world.tables.transfers
    .where('source_transaction', source.id)
    .reduce((sum, row) => sum + row.amount, 0);
  if (drawn + amount > source.amount_captured)
    throw refused(
      undefined,
      `Transfers using this transaction as a source must not exceed the source amount of ${source.amount_captured}. (There is ${source.amount_captured - drawn} left.)`,
      { param: 'amount' },
    );
};

/** Stripe makes up a group when the charge has none, so that the two can be found together. */
const groupOf = (world: World, wanted: Wanted, source: Stripe.Charge | undefined): string | null => {
  if (wanted.transferGroup !== undefined || source === undefined) return wanted.transferGroup ?? null;
  if (source.transfer_group !== null) return source.transfer_group;
  const group = `group_${idOf(source.payment_intent) ?? source.id}`;
  world.tables.charges.patch(source.id, { transfer_group: group });
  return group;
};

/** Moves money to a connected account: from the available balance, or from a charge that may still be pending. */
export const makeTransfer = (world: World, wanted: Wanted): Stripe.Transfer => {
  assertReady(world, wanted.destination);
  const source = sourceOf(world, wanted);
  const amount = wanted.amount ?? source?.charge.amount_captured ?? 0;
  if (source !== undefined) assertWithinSource(world, source.charge, amount);
  const now = world.clock.seconds();
  const availableOn = source?.availableOn ?? now;
  if (availableOn <= now && world.books.amount(platform, 'available', wanted.currency) < amount)
    throw insufficient(
      'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card. See: https://stripe.com/docs/testing#available-balance',
    );

  const id = world.ids.next('tr');
  const paymentId = world.ids.next('py');
  const { currency, destination } = wanted;
  const leg = { currency, outside: 'transfers', availableOn } as const;
  const out = world.post({
    ...leg,
    owner: platform,
    type: 'transfer',
    amount: -amount,
    source: id,
    description: wanted.description,
  });
  const into = world.post({ ...leg, owner: destination, type: 'payment', amount, source: paymentId });
  const arrived = charge({
    id: paymentId, created: now, amount, currency, status: 'succeeded', captured: true, intent: null, method: null,
    captureBefore: null, balanceTransaction: into.id, failure: null, sourceTransfer: id,
  }); // prettier-ignore
  world.tables.charges.put(arrived, destination);
  const row = transfer({
    id, created: now, amount, currency, destination, destinationPayment: paymentId, balanceTransaction: out.id,
    description: wanted.description, metadata: wanted.metadata, sourceTransaction: source?.charge.id ?? null,
    transferGroup: groupOf(world, wanted, source?.charge),
  }); // prettier-ignore
  world.tables.transfers.put(row, platform);
  world.emit('transfer.created', row);
  return row;
};

/** Where a reversal takes its money: from the transfer's own money while that is pending, else from the available balance. */
const bucketFor = (
  world: World,
  row: Stripe.Transfer,
): { availableOn: number; bucket: 'pending' | 'available' } => {
  const arrived = world.tables.charges.must(idOf(row.destination_payment) ?? '');
  const movement = world.tables.balanceTransactions.must(idOf(arrived.balance_transaction) ?? '');
  return movement.status === 'pending'
    ? { availableOn: movement.available_on, bucket: 'pending' }
    : { availableOn: world.clock.seconds(), bucket: 'available' };
};

/** Takes back part or all of a transfer, as far as the connected account's balance covers it. */
export const reverseTransfer = (
  world: World,
  row: Stripe.Transfer,
  wanted: number | undefined,
  metadata: Stripe.Metadata,
): Stripe.TransferReversal => {
  const left = row.amount - row.amount_reversed;
  if (left <= 0) throw refused(undefined, `Transfer ${row.id} is already fully reversed.`, { param: 'id' });
  const amount = wanted ?? left;
  if (amount > left)
    throw refused(
      undefined,
      `Reversal amount (${amount}) is greater than unreversed amount on transfer (${left})`,
      { param: 'amount' },
    );
  const destination = idOf(row.destination) ?? '';
  const { availableOn, bucket } = bucketFor(world, row);
  // An account in the red owes its pending money already.
  const owed = Math.min(0, world.books.amount(destination, 'available', row.currency));
  const there = world.books.amount(destination, bucket, row.currency);
  if ((bucket === 'pending' ? there + owed : there) < amount)
    throw insufficient(
      'The connected account has insufficient available funds in its Stripe balance to cover this reversal.',
    );

  const id = world.ids.next('trr');
  const refundId = world.ids.next('pyr');
  const leg = { currency: row.currency, outside: 'transfers', availableOn } as const;
  const out = world.post({
    ...leg,
    owner: destination,
    type: 'payment_refund',
    amount: -amount,
    source: refundId,
  });
  const into = world.post({ ...leg, owner: platform, type: 'transfer_refund', amount, source: id });
  const arrived = world.tables.charges.must(idOf(row.destination_payment) ?? '');
  const back = arrived.amount_refunded + amount;
  const reduced = world.tables.charges.patch(arrived.id, {
    amount_refunded: back,
    refunded: back === arrived.amount,
  });
  const created = world.clock.seconds();
  const gone = refund({
    id: refundId, created, charge: reduced, amount, reason: null, metadata: {}, status: 'succeeded', balanceTransaction: out.id, transferReversal: id,
  }); // prettier-ignore
  world.tables.refunds.put(gone, destination);
  const reversal = transferReversal({
    id, created, amount, currency: row.currency, transfer: row.id, balanceTransaction: into.id, destinationPaymentRefund: refundId, metadata,
  }); // prettier-ignore
  world.tables.reversals.put(reversal, platform);
  const after = world.tables.transfers.patch(row.id, {
    amount_reversed: row.amount_reversed + amount,
    reversed: amount === left,
    reversals: embeddedReversals(row.id, world.tables.reversals.where('transfer', row.id).reverse()),
  });
  world.emit('transfer.reversed', after);
  world.emit('charge.refunded', reduced, destination);
  return reversal;
};
