import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { machines } from '../../domain/kinds.ts';
import type { Agreement } from '../../store/agreements.ts';
import { grouped } from './grouped.ts';
import type { WorkflowHistory } from './run.ts';

/** Replays the newest history of a workflow on this code: the first problem in words, or null. */
export type Replay = (workflowId: string) => Promise<string | null>;

/** Stories are workflows named after their kind; schedules run others. */
const storiesOnly = `WorkflowType IN (${Object.keys(machines)
  .map((kind) => `'${kind}'`)
  .join(', ')})`;

/**
 * The workflow of every agreement as Temporal has it. The list may be seconds late, so whatever it shows wrong is
 * asked for by name before it is believed.
 */
export async function readWorkflows(
  temporal: Client,
  agreements: readonly Agreement[],
  replay?: Replay,
): Promise<WorkflowHistory[]> {
  const ours = new Set(agreements.map(({ workflowId }) => workflowId));
  const listed: WorkflowExecutionInfo[] = [];
  for await (const one of temporal.workflow.list({ query: storiesOnly }))
    if (ours.has(one.workflowId)) listed.push(one);
  const runs = grouped(listed, ({ workflowId }) => workflowId);
  const found: WorkflowHistory[] = [];
  for (const { workflowId, open } of agreements) {
    const own = runs.get(workflowId) ?? [];
    const shownOpen = own.filter(isRunning);
    const isDoubtful = shownOpen.length !== (open ? 1 : 0);
    const openRuns = isDoubtful ? await trulyOpen(temporal, workflowId, shownOpen) : shownOpen;
    const [newest] = own.toSorted((a, b) => b.startTime.getTime() - a.startTime.getTime());
    if (newest === undefined && openRuns.length === 0) continue;
    found.push({
      workflowId,
      openRuns: openRuns.length,
      runs: Math.max(own.length, openRuns.length),
      status: (openRuns[0] ?? newest)?.status.name.toLowerCase() ?? 'unknown',
      replay: replay === undefined ? null : { problem: await replay(workflowId) },
    });
  }
  return found;
}

/** A run as far as it matters here. */
type Run = Pick<WorkflowExecutionInfo, 'runId' | 'status'>;

const isRunning = ({ status }: Run): boolean => status.name === 'RUNNING';

/** The runs that are open when asked for one by one, the newest included even where the list does not show it yet. */
async function trulyOpen(temporal: Client, workflowId: string, shownOpen: readonly Run[]): Promise<Run[]> {
  const names = [undefined, ...shownOpen.map(({ runId }) => runId)];
  const open = new Map<string, Run>();
  for (const runId of names) {
    const one = await described(temporal, workflowId, runId);
    if (one !== null && isRunning(one)) open.set(one.runId, one);
  }
  return [...open.values()];
}

async function described(
  temporal: Client,
  workflowId: string,
  runId: string | undefined,
): Promise<Run | null> {
  try {
    return await temporal.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
