import type { AlertNote, Fact, StoryLine } from '../machine.ts';
import { lineOf } from '../machine.ts';
import { assertNever } from '../errors.ts';
import { zero } from '../money.ts';
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

/** What an admin decides, before it is known to fit the price. */
export interface Decision {
  readonly outcome: Resolution['outcome'];
  readonly payeeAmount: number | null;
  readonly payeeBps: number | null;
}

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
  switch (fact.type) {
    case 'disputed':
      return lineOf(fact, 'Dispute opened', fact.by, fact.reason);
    case 'evidenceGiven':
      return lineOf(fact, 'Evidence given', fact.statement.by);
    case 'escalated':
      return lineOf(fact, 'Dispute escalated', 'system', 'policy dispute.escalateAfter');
    case 'resolved': {
      const { by, outcome, reason, payeeSide } = fact.resolution;
      return lineOf(fact, `Dispute resolved: ${outcome}`, by, reason, payeeSide);
    }
    default:
      return assertNever(fact);
  }
}
