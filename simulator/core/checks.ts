import { platform, type World } from './world.ts';
import { idOf } from './tables.ts';

/** What the books of one account must equal: the sum of its balance transactions, pending and available apart. */
const balanceFaults = (world: World, owners: ReadonlySet<string>): string[] => {
  const sums = new Map<string, number>();
  for (const row of world.tables.balanceTransactions.values()) {
    const owner = world.tables.balanceTransactions.ownerOf(row.id) ?? platform;
    if (!owners.has(owner)) continue;
    const key = `${owner}|${row.status}|${row.currency}`;
    sums.set(key, (sums.get(key) ?? 0) + row.net);
  }
  return world.books
    .all()
    .filter(
      (tally) =>
        tally.bucket !== 'outside' && owners.has(tally.place) && tally.amount !== (sums.get(tally.id) ?? 0),
    )
    .map(
      (tally) =>
        `${tally.id} is ${tally.amount} in the books and ${sums.get(tally.id) ?? 0} in balance transactions`,
    );
};

/** Promises about single objects that hold whatever happened. */
const objectFaults = (world: World): string[] => {
  const faults: string[] = [];
  const { charges, transfers, paymentIntents } = world.tables;
  for (const id of charges.dirtyIds()) {
    const charge = charges.get(id);
    if (charge === undefined) continue;
    if (charge.amount_captured > charge.amount) faults.push(`${id} captured more than it authorized`);
    if (charge.amount_refunded > charge.amount) faults.push(`${id} gave back more than it took`);
  }
  for (const id of transfers.dirtyIds()) {
    const transfer = transfers.get(id);
    if (transfer === undefined) continue;
    if (transfer.amount_reversed > transfer.amount) faults.push(`${id} was reversed beyond its amount`);
    const source = idOf(transfer.source_transaction);
    if (source === null) continue;
    const sum = transfers.where('source_transaction', source).reduce((total, each) => total + each.amount, 0);
    if (sum > (charges.get(source)?.amount ?? 0)) faults.push(`transfers from ${source} exceed it`);
  }
  for (const id of paymentIntents.dirtyIds()) {
    const intent = paymentIntents.get(id);
    if (intent !== undefined && intent.amount_received > intent.amount)
      faults.push(`${id} received more than its amount`);
  }
  return faults;
};

const note = (world: World, faults: readonly string[]): string[] => {
  for (const what of faults)
    world.tables.violations.put({
      id: world.ids.next('viol'),
      at: new Date(world.clock.now()).toISOString(),
      what,
    });
  return [...faults];
};

/** Checks what the current request touched; what fails stays listed. */
export const checkBooks = (world: World): string[] =>
  world.tables.tallies.dirtyIds().size === 0 &&
  world.tables.paymentIntents.dirtyIds().size === 0 &&
  world.tables.transfers.dirtyIds().size === 0
    ? []
    : note(world, [
        ...(world.tables.tallies.dirtyIds().size === 0 ? [] : world.books.faults()),
        ...objectFaults(world),
      ]);

/** Checks everything: also that every balance equals the sum of its balance transactions. */
export const checkEverything = (world: World): string[] => {
  const owners = new Set([platform, ...[...world.tables.accounts.values()].map((account) => account.id)]);
  return note(world, [...world.books.faults(), ...objectFaults(world), ...balanceFaults(world, owners)]);
};
