import type { AlertNote, Fact, Refusal, StoryLine } from '../machine.ts';
import { refuse } from '../machine.ts';
import { assertNever } from '../errors.ts';
import { chargeProblem, minor, shareOf, zero } from '../money.ts';
import type { Minor } from '../money.ts';
import { alerted } from '../payment/park.ts';
import type { DisputePolicy } from '../policy.ts';
import { durationMs, iso } from '../time.ts';
import type { Instant } from '../time.ts';

// domain/complaint/: a dispute between payer and payee that the platform decides, the same for every kind of
// agreement. A bank's dispute is another thing: domain/payment follows its money, domain/bank-dispute its deadlines.

export interface Statement {
  readonly at: Instant;
  readonly by: string;
  readonly text: string;
  readonly links: readonly string[];
  readonly files: readonly EvidenceFile[];
}

/** A file is kept by its hash; its bytes stay with the platform that collected it. */
export interface EvidenceFile {
  readonly name: string;
  readonly sha256: string;
  readonly contentType: string;
  readonly size: number;
}

/** A complaint on the platform: while it is open no money moves to the payee. */
export interface Complaint {
  readonly openedAt: Instant;
  readonly by: string;
  readonly reason: string;
  readonly statements: readonly Statement[];
  readonly escalated: boolean;
  readonly outcome: Resolution | null;
}

/** How a complaint ended. `payeeSide` is what the payee keeps before the platform's fee. */
export interface Resolution {
  readonly at: Instant;
  readonly by: string;
  readonly outcome: 'release' | 'refund' | 'split';
  readonly payeeSide: Minor;
  readonly reason: string;
}

interface FactOf<T extends string> extends Fact {
  readonly type: T;
}

export type ComplaintFact =
  | (FactOf<'disputed'> & { readonly by: string; readonly reason: string; readonly statement: string | null })
  | (FactOf<'evidenceGiven'> & { readonly statement: Statement })
  | (FactOf<'escalated'> & {})
  | (FactOf<'resolved'> & { readonly resolution: Resolution });

/** A complaint nobody has resolved yet. */
export const isOpen = (complaint: Complaint | null): boolean =>
  complaint !== null && complaint.outcome === null;

/** The complaint after one more fact about it. */
export function applyComplaint(complaint: Complaint | null, fact: ComplaintFact): Complaint | null {
  switch (fact.type) {
    case 'disputed': {
      const { at, by, reason, statement } = fact;
      const statements = statement === null ? [] : [{ at, by, text: statement, links: [], files: [] }];
      return { openedAt: at, by, reason, statements, escalated: false, outcome: null };
    }
    case 'evidenceGiven':
      return complaint && { ...complaint, statements: [...complaint.statements, fact.statement] };
    case 'escalated':
      return complaint && { ...complaint, escalated: true };
    case 'resolved':
      return complaint && { ...complaint, outcome: fact.resolution };
    default:
      return assertNever(fact);
  }
} // prettier-ignore

/** The state travels in every answer and with every move; Temporal carries 2 MB at once and 50 MB in a history. */
const mostStatements = 10;
const mostEvidenceCharacters = 60_000;

/** Why no more evidence of this side is taken, or null. Counted for each side, so that neither takes the other's room. */
export function evidenceProblem(
  complaint: Complaint | null,
  evidence: { readonly by: string },
): Refusal | null {
  if (!isOpen(complaint)) return refuse('No dispute is open');
  const theirs = (complaint?.statements ?? []).filter(({ by }) => by === evidence.by);
  const isTooMuch =
    theirs.length >= mostStatements || JSON.stringify([theirs, evidence]).length > mostEvidenceCharacters;
  return isTooMuch ? refuse(`There is no room for more evidence by the ${evidence.by}`) : null;
}

/** What an admin decides, before it is known to fit the price. */
export interface Decision {
  readonly outcome: Resolution['outcome'];
  readonly payeeAmount: number | null;
  readonly payeeBps: number | null;
}

/** The payee's side of the price before the fee: an amount, or a share rounded half up (http.md 3); else what is wrong. */
export function payeeSideOf({ outcome, payeeAmount, payeeBps }: Decision, amount: Minor, currency: string): Minor | string {
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

/** The next deadline of a complaint: escalation, then resolution by policy. */
export function complaintDeadline({ openedAt, escalated }: Complaint, policy: DisputePolicy): Instant {
  return openedAt + durationMs(escalated ? policy.resolveAfter : policy.escalateAfter);
}

/** What a deadline of an open complaint has brought about by now, or null. */
export function complaintDue(
  complaint: Complaint,
  policy: DisputePolicy,
  amount: Minor,
  now: Instant,
): ComplaintFact | null {
  const resolveAt = complaint.openedAt + durationMs(policy.resolveAfter);
  if (now >= resolveAt) {
    const outcome = policy.resolveAs;
    const payeeSide = outcome === 'release' ? amount : zero;
    const reason = 'policy dispute.resolveAfter';
    return { type: 'resolved', at: resolveAt, resolution: { at: resolveAt, by: 'system', outcome, payeeSide, reason } };
  }
  const escalateAt = complaint.openedAt + durationMs(policy.escalateAfter);
  return now >= escalateAt && !complaint.escalated ? { type: 'escalated', at: escalateAt } : null;
} // prettier-ignore

/** A complaint past its first deadline is told to people, once. */
export const escalationAlert = (alerts: readonly AlertNote[], at: Instant): readonly AlertNote[] =>
  alerted(alerts, 'DISPUTE_ESCALATED', at, 'A dispute waits for a decision past its deadline');

/** The complaint as everyone sees it (http.md 3). */
export const complaintView = (complaint: Complaint | null, policy: DisputePolicy) =>
  complaint && {
    openedAt: iso(complaint.openedAt),
    by: complaint.by,
    reason: complaint.reason,
    statements: complaint.statements.map((one) => ({ ...one, at: iso(one.at) })),
    deadline: iso(complaintDeadline(complaint, policy)),
    outcome: complaint.outcome && { ...complaint.outcome, at: iso(complaint.outcome.at) },
  };

/** The line a person reads about it. */
export function complaintLine(fact: ComplaintFact): StoryLine {
  const line = (what: string, actor: string, why: string | null = null, amount: number | null = null): StoryLine =>
    ({ at: fact.at, what, actor, why, stripeIds: [], amount }); // prettier-ignore
  switch (fact.type) {
    case 'disputed':
      return line('Dispute opened', fact.by, fact.reason);
    case 'evidenceGiven':
      return line('Evidence given', fact.statement.by);
    case 'escalated':
      return line('Dispute escalated', 'system', 'policy dispute.escalateAfter');
    case 'resolved': {
      const { by, outcome, reason, payeeSide } = fact.resolution;
      return line(`Dispute resolved: ${outcome}`, by, reason, payeeSide);
    }
    default:
      return assertNever(fact);
  }
}
