import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { AgreementState } from '../domain/kinds.ts';
import { kindOf, machines } from '../domain/kinds.ts';
import type { Instant } from '../domain/time.ts';
import type { AgreementSummary } from '../store/agreements.ts';
import { stateQuery } from '../workflows/contract.ts';
import { resumeOptions } from './agreements/resume.ts';
import type { ApiPorts } from './ports.ts';
import { messageWithinMs, reach } from './temporal.ts';
import { signal } from './webhooks/signal.ts';

/** Long enough that a settlement under way is never disturbed, short enough for the safety net's hour (L7). */
const overdueMs = 60_000;
const sweepLimit = 50;

/** A story that was told and cannot act (its worker is away) is not told every minute: each time grows its history. */
const tellAgainMs = 10 * 60_000;

/** What a sweep did. */
export interface Sweep {
  readonly told: number;
  readonly restarted: number;
  readonly corrected: number;
}

/**
 * The safety net (L7): agreements that hold money and should have been settled are told to look again; one whose
 * workflow is gone is started again from its last known state. Moves no money itself.
 */
export async function sweepOverdue(
  ports: ApiPorts,
  { olderThanMs = overdueMs, limit = sweepLimit }: { olderThanMs?: number; limit?: number } = {},
  toldAt: Map<string, Instant> = new Map(),
): Promise<Sweep> {
  const { store, clock } = ports;
  const sweep = { told: 0, restarted: 0, corrected: 0 };
  const now = clock.now();
  for (const [workflowId, at] of toldAt) if (now - at >= tellAgainMs) toldAt.delete(workflowId);
  for (const row of await store.listOverdue({ before: now - olderThanMs, limit })) {
    if (toldAt.has(row.workflowId)) continue;
    toldAt.set(row.workflowId, now);
    const message = { by: 'system', reason: 'overdue' };
    const done = (await signal(ports, row.workflowId, 'sync', message)) ? 'told' : await revive(ports, row);
    sweep[done] += 1;
  }
  return sweep;
}

/**
 * For an open agreement without a running workflow: either it ended and the list did not hear of it, or it is gone
 * and its story is taken up again from its last known state.
 */
export async function revive(
  ports: ApiPorts,
  row: Pick<AgreementSummary, 'workflowId'>,
): Promise<'restarted' | 'corrected'> {
  const { store, clock, log, temporal } = ports;
  const { workflowId } = row;
  const ended = await endedState(ports, workflowId);
  const at = clock.now();
  if (ended !== null) {
    const columns = machineOf(row).columns(ended, at);
    await store.project({ workflowId, state: ended, columns, actor: 'system', at, reason: 'overdue' });
    return 'corrected';
  }
  const known = await store.findAgreement(workflowId);
  if (known === null) return 'corrected';
  const options = { ...resumeOptions(ports, known), workflowIdConflictPolicy: 'FAIL' as const };
  try {
    await reach(temporal, () => temporal.workflow.start(known.kind, options), messageWithinMs);
  } catch (error) {
    // Another process was faster: it runs.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'corrected';
    throw error;
  }
  log.warn({ workflowId }, 'a workflow was gone and is started again');
  const message = 'Its workflow was gone; it was started again from its last known state';
  await store.raiseAlert({ type: 'ORPHAN', subject: workflowId, message, at });
  return 'restarted';
}

const machineOf = ({ workflowId }: { readonly workflowId: string }) =>
  machines[kindOf(workflowId) ?? 'lesson'];

/** The final state of a workflow that ran to its end, or null where it did not or nobody remembers it. */
async function endedState({ temporal }: ApiPorts, workflowId: string): Promise<AgreementState | null> {
  const handle = temporal.workflow.getHandle(workflowId);
  try {
    return await reach(temporal, async () => {
      const { status } = await handle.describe();
      return status.name === 'COMPLETED' ? handle.query<AgreementState>(stateQuery) : null;
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
