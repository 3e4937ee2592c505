import { WorkflowNotFoundError } from '@temporalio/client';
import type { ApiPorts } from '../ports.ts';
import { messageWithinMs, reach } from '../temporal.ts';

/**
 * Sends a signal, durable once this resolves. Answers false where no such workflow runs (any more); throws
 * `unavailable` where Temporal gives no answer.
 */
export async function signal(
  { temporal }: ApiPorts,
  workflowId: string,
  name: string,
  message: unknown,
): Promise<boolean> {
  try {
    await reach(
      temporal,
      () => temporal.workflow.getHandle(workflowId).signal(name, message),
      messageWithinMs,
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
