import type { Invariant } from './cases.ts';
import { casesOf } from './cases.ts';
import { oneTruth } from './invariants/agreement.ts';
import { auditComplete } from './invariants/audit.ts';
import { bounds, recovery } from './invariants/bounds.ts';
import { conservation } from './invariants/conservation.ts';
import { crossedDisputeRepaired, knownDisputeBlocks } from './invariants/disputes.ts';
import { cancelledForTheTier, oneCapture, oneFate } from './invariants/fates.ts';
import { oneWorkflow, replayable } from './invariants/histories.ts';
import { eventsOnce } from './invariants/inbox.ts';
import { intentFirst, keyDiscipline } from './invariants/journal.ts';
import { noOrphans } from './invariants/orphans.ts';
import { noSecrets } from './invariants/secrets.ts';
import { noSilentStall } from './invariants/stalls.ts';
import { moneyFirst, oneTransfer } from './invariants/transfers.ts';
import { monotone } from './invariants/transitions.ts';
import type { InvariantId, Run, Violation } from './run.ts';

/** Every invariant that a run can break; M20 is about these themselves: what they find where books are edited (honest.ts). */
export const invariants: Readonly<Record<Exclude<InvariantId, 'M20'>, Invariant>> = {
  M1: oneFate,
  M2: oneCapture,
  M3: conservation,
  M4: bounds,
  M5: oneTransfer,
  M6: moneyFirst,
  M7a: knownDisputeBlocks,
  M7b: crossedDisputeRepaired,
  M8: recovery,
  M9: cancelledForTheTier,
  M10: oneTruth,
  M11: noOrphans,
  M12: auditComplete,
  M13: intentFirst,
  M14: keyDiscipline,
  M15: eventsOnce,
  M16: monotone,
  M17: oneWorkflow,
  M18: replayable,
  M19: noSilentStall,
  M21: noSecrets,
};

/** Everything in a run that cannot be true of money; none means that all sides tell one story. */
export function coherent(run: Run): Violation[] {
  const cases = casesOf(run);
  return Object.values(invariants).flatMap((invariant) => invariant(cases));
}

/** What could not be looked at in this run, and why, in words for a person. */
export function unchecked(run: Run): string[] {
  const { requests, histories, transitions, secrets, stripe, store, whole, quiescent } = run;
  const gaps: (string | false)[] = [
    requests === null && 'M2, M7a: captures and transfers are counted by their objects, since nobody logs the requests',
    requests === null && 'M13, M14: the requests at Stripe are not logged here',
    stripe.balanceTransactions === null && 'M3: the movements of the balance were not read',
    stripe.unreadAccounts.length > 0 && `M10: payouts of ${stripe.unreadAccounts.join(', ')}, which let nobody look`,
    !whole && 'M3: sums over all agreements need all of them',
    !quiescent && 'M1, M2, M4, M8, M9, M10, M12: only of agreements that ended and have been quiet since',
    store.auditBrokenAt === undefined && 'M12: the hash chain of the audit was not followed',
    'M15: that any order of the same events ends the same is shown by playing them, not by one run',
    transitions === null && 'M16: the states on the way are not known',
    histories === null && 'M17: Temporal was not asked',
    histories?.some(({ replay }) => replay !== null) !== true && 'M18: no history was replayed',
    "M18: the previous release's code is not at hand",
    'M20: that what is edited on one side is named is shown by editing copies, not on an instance',
    secrets === null && 'M21: no secrets were planted to be looked for',
  ];
  return gaps.filter((gap) => gap !== false);
} // prettier-ignore
