import type { temporal } from '@temporalio/proto';
import { workflowOf } from './history.ts';
import type { House } from './house.ts';

// Messages as a foreign client, the Temporal UI or a slip of the hand may send them: nothing of the SDK checks these.

/** The bytes of one argument and what they claim to be. */
export type RawPayload = temporal.api.common.v1.IPayload;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An argument of this text under this encoding; null for none at all. */
export const rawPayload = (text: string, encoding: string | null = 'json/plain'): RawPayload => ({
  ...(encoding === null ? {} : { metadata: { encoding: bytes(encoding) } }),
  data: bytes(text),
});

const inputOf = (payloads: readonly RawPayload[]) => ({ payloads: [...payloads] });

/** Sends a signal past the SDK's own converter. */
export async function rawSignal(
  house: House,
  lessonId: string,
  signalName: string,
  payloads: readonly RawPayload[],
): Promise<void> {
  await house.temporal.workflowService.signalWorkflowExecution({
    namespace: house.temporal.options.namespace,
    workflowExecution: { workflowId: workflowOf(lessonId) },
    signalName,
    input: inputOf(payloads),
    requestId: crypto.randomUUID(),
  });
}

/** UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED; the enum itself would load the whole of the protocol's code. */
const completed = 3;

/** Sends an Update past the SDK's own converter; answers why it was refused, or null where it was taken. */
export async function rawUpdate(
  house: House,
  lessonId: string,
  name: string,
  payloads: readonly RawPayload[],
): Promise<string | null> {
  const { outcome } = await house.temporal.workflowService.updateWorkflowExecution({
    namespace: house.temporal.options.namespace,
    workflowExecution: { workflowId: workflowOf(lessonId) },
    waitPolicy: { lifecycleStage: completed },
    request: {
      meta: { updateId: crypto.randomUUID(), identity: 'somebody' },
      input: { name, args: inputOf(payloads) },
    },
  });
  return outcome?.failure?.message ?? null;
}
