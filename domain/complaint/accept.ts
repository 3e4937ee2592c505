import type { Accepted, Refusal } from '../machine.ts';
import { refuse } from '../machine.ts';
import type { Minor } from '../money.ts';
import { chargeProblem, minor, shareOf } from '../money.ts';
import type { Instant } from '../time.ts';
import type { GiveEvidence, Resolve } from './commands.ts';
import type { Complaint, ComplaintFact, Decision } from './complaint.ts';
import { isOpen } from './complaint.ts';

/** One side's word about an open complaint is added to it, as long as there is room. */
export function acceptEvidence(complaint: Complaint | null, command: GiveEvidence, now: Instant): Refusal | Accepted<ComplaintFact> {
  const problem = evidenceProblem(complaint, command);
  if (problem !== null) return problem;
  const { by, statement: text, links, files } = command;
  return { facts: [{ type: 'evidenceGiven', at: now, statement: { at: now, by, text, links, files } }], message: 'Evidence added' };
} // prettier-ignore

/** An admin's decision ends an open complaint, where it fits the price. */
export function acceptResolve(
  complaint: Complaint | null,
  command: Resolve,
  { amount, currency }: { readonly amount: Minor; readonly currency: string },
  now: Instant,
): Refusal | Accepted<ComplaintFact> {
  if (!isOpen(complaint)) return refuse('No dispute is open');
  const { outcome, by, reason } = command;
  const payeeSide = payeeSideOf(command, amount, currency);
  if (typeof payeeSide === 'string') return refuse(payeeSide, 'invalid');
  const resolution = { at: now, by, outcome, payeeSide, reason };
  return { facts: [{ type: 'resolved', at: now, resolution }], message: `Resolved: ${outcome}` };
}

/** The state travels in every answer and with every move; Temporal carries 2 MB at once and 50 MB in a history. */
const mostStatements = 10;
const mostEvidenceCharacters = 60_000;

/** Why no more evidence of this side is taken, or null. Counted for each side, so that neither takes the other's room. */
function evidenceProblem(complaint: Complaint | null, evidence: { readonly by: string }): Refusal | null {
  if (!isOpen(complaint)) return refuse('No dispute is open');
  const theirs = (complaint?.statements ?? []).filter(({ by }) => by === evidence.by);
  const isTooMuch =
    theirs.length >= mostStatements || JSON.stringify([theirs, evidence]).length > mostEvidenceCharacters;
  return isTooMuch ? refuse(`There is no room for more evidence by the ${evidence.by}`) : null;
}

/** The payee's side of the price before the fee: an amount, or a share rounded half up (http.md 3); else what is wrong. */
function payeeSideOf({ outcome, payeeAmount, payeeBps }: Decision, amount: Minor, currency: string): Minor | string {
  if (outcome !== 'split') {
    if (payeeAmount !== null || payeeBps !== null) return 'payeeAmount and payeeBps belong to a split';
    return minor(outcome === 'release' ? amount : 0);
  }
  if ((payeeAmount === null) === (payeeBps === null)) return 'a split needs either payeeAmount or payeeBps';
  const side = payeeBps === null ? minor(payeeAmount ?? 0) : shareOf(amount, payeeBps, currency);
  if (side > amount) return 'payeeAmount must be at most the price';
  const problem = side === 0 || side === amount ? null : chargeProblem(side, currency);
  return problem === null ? side : `the payee's side ${problem}`;
} // prettier-ignore
