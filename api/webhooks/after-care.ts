import type { BankDisputeInput } from '../../domain/bank-dispute/bank-dispute.ts';
import { currentRules } from '../../domain/bank-dispute/bank-dispute.ts';
import { bankDisputeMachine } from '../../domain/bank-dispute/machine.ts';
import type { AgreementState } from '../../domain/kinds.ts';
import { workflowIdOf } from '../../domain/kinds.ts';
import type { StripeEventHint } from '../../domain/live.ts';
import { minor } from '../../domain/money.ts';
import { submitEvidenceBefore } from '../../domain/policy.ts';
import { contentHash } from '../../store/canonical-json.ts';
import type { Agreement } from '../../store/agreements.ts';
import type { InboxEvent } from '../../store/inbox.ts';
import { stripeEventSignal } from '../../workflows/contract.ts';
import { resumeOptions } from '../agreements/resume.ts';
import type { ApiPorts } from '../ports.ts';
import { messageWithinMs, reach } from '../temporal.ts';
import { idIn, objectOf } from './event.ts';

// Stripe's news do not end with an agreement: refunds fail weeks later, payments land late, banks dispute for months.

/**
 * Takes the story of an ended agreement up again with this piece of news; answers false for a kind whose story cannot
 * act on it. A story that runs is only told.
 */
export async function wake(ports: ApiPorts, workflowId: string, hint: StripeEventHint): Promise<boolean> {
  const row = await ports.store.findAgreement(workflowId);
  if (row === null || !(row.state as AgreementState).payment.recovers) return false;
  await tell(ports, row, hint);
  return true;
}

/** Tells the story of this dispute, and begins it where there is none yet: one for each dispute of Stripe's (B16). */
export async function followDispute(
  ports: ApiPorts,
  event: InboxEvent,
  agreement: string,
  hint: StripeEventHint,
): Promise<void> {
  const { store, clock } = ports;
  const object = objectOf(event);
  const id = idIn(object, 'id');
  const disputed = await store.findAgreement(agreement);
  if (id === null || disputed === null) return;
  const { amount, currency, reason } = object;
  const at = clock.now();
  const input: BankDisputeInput = {
    rules: currentRules,
    id,
    openedAt: at,
    amount: minor(typeof amount === 'number' ? amount : disputed.amount),
    currency: typeof currency === 'string' ? currency : disputed.currency,
    reason: typeof reason === 'string' ? reason : 'general',
    agreement,
    payeeAccount: disputed.payeeAccount,
    submitBefore: submitEvidenceBefore,
  };
  const workflowId = workflowIdOf('dispute', id);
  const state = bankDisputeMachine.open(input);
  const { row } = await store.createAgreement({
    workflowId,
    kind: 'dispute',
    id,
    inputHash: contentHash({ id, agreement }),
    input,
    contacts: disputed.contacts,
    metadata: {},
    state,
    columns: bankDisputeMachine.columns(state, at),
    at,
  });
  const isOver = row.open === false;
  // What the bank says after its last word changes nothing for the deadlines; the agreement hears it.
  if (!isOver) await tell(ports, row, hint);
}

/** Signal with start, from the last state anybody knows. */
const tell = async (ports: ApiPorts, row: Agreement, hint: StripeEventHint): Promise<void> => {
  const { temporal } = ports;
  const options = resumeOptions(ports, row);
  const signalled = { ...options, signal: stripeEventSignal, signalArgs: [hint] };
  await reach(temporal, () => temporal.workflow.signalWithStart(row.kind, signalled), messageWithinMs);
};
