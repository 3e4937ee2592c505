import { attentionView, rejectedView } from '../payment/shown.ts';
import { iso, isoOrNull } from '../time.ts';
import type { Answer, BankDisputeState } from './bank-dispute.ts';
import { canRespond } from './bank-dispute.ts';

export const bankDisputeStates = [
  'needs_response', 'under_review', 'won', 'lost', 'closed', 'parked',
] as const; // prettier-ignore
export type BankDisputeStatus = (typeof bankDisputeStates)[number];

/** Where a bank's dispute stands. */
export function statusOf(state: BankDisputeState): BankDisputeStatus {
  if (state.parked !== null) return 'parked';
  switch (state.standing?.status) {
    case 'won':
      return 'won';
    case 'lost':
      return 'lost';
    case 'warning_closed':
    case 'prevented':
      return 'closed';
    default:
      return state.standing === null || canRespond(state) ? 'needs_response' : 'under_review';
  }
}

const answerView = (answer: Answer | null) => answer && { ...answer, at: iso(answer.at) };

/** The dispute as everyone sees it; JSON-true. */
export function view(state: BankDisputeState) {
  const { input, standing } = state;
  return {
    id: input.id,
    kind: 'dispute' as const,
    workflowId: `dispute:${input.id}`,
    agreement: input.agreement,
    state: statusOf(state),
    stripeStatus: standing?.status ?? null,
    amount: standing?.amount ?? input.amount,
    currency: input.currency,
    reason: input.reason,
    dueBy: isoOrNull(standing?.dueBy ?? null),
    submissions: standing?.submissions ?? 0,
    submitted: answerView(state.submit),
    accepted: answerView(state.accepted),
    needsAttention: attentionView(state.parked),
    rejected: rejectedView(state.rejected),
    createdAt: iso(input.openedAt),
    updatedAt: iso(state.updatedAt),
  };
}

export type BankDisputeView = ReturnType<typeof view>;
