import type { Client } from '@temporalio/client';
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { SearchAttributePair } from '@temporalio/common';
import { AppError } from '../domain/errors.ts';
import type { Columns } from '../domain/machine.ts';
import { attributesOf, searchAttributes } from '../workflows/contract.ts';
import type { SearchAttributeName } from '../workflows/contract.ts';

/** A caller waits no longer than this for a server that may be restarting; then 503 says when to come back. */
export const answerWithinMs = 10_000;

/** Starting and signalling take milliseconds; a server that needs longer is away. */
export const messageWithinMs = 5_000;

/** gRPC codes that blame neither the request nor the workflow: the server is away, overloaded or turning us off. */
const away = new Set([1, 4, 8, 14, 16]);

/** Whether an error means that Temporal gave no answer, so that nothing is known and trying again is right. */
function isTemporalAway(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return false;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  if (isGrpcServiceError(error)) return away.has(error.code);
  if (error instanceof ServiceError) return error.cause === undefined || isTemporalAway(error.cause);
  return (
    error instanceof Error &&
    /Failed to connect before the deadline|Channel has been shut down/.test(error.message)
  );
}

/** Talks to Temporal within the deadline; where it gives no answer throws `unavailable`, its own words stay inside. */
export async function reach<T>(
  client: Client,
  work: () => Promise<T>,
  withinMs: number = answerWithinMs,
): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + withinMs, work);
  } catch (error) {
    if (isTemporalAway(error)) {
      throw Object.assign(new AppError('unavailable', 'The workflow service gives no answer; try again'), {
        cause: error,
      });
    }
    throw error;
  }
}

/** Whether the server itself answers, asked shortly. */
export async function isTemporalThere(client: Client): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + 2_000, () => client.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}

const pairFor = (name: SearchAttributeName, value: string | number): SearchAttributePair => {
  const type = searchAttributes[name];
  if (type === 'Int') return { key: defineSearchAttributeKey(name, 'INT'), value: Number(value) };
  if (type === 'Datetime') return { key: defineSearchAttributeKey(name, 'DATETIME'), value: new Date(value) };
  return { key: defineSearchAttributeKey(name, 'KEYWORD'), value: String(value) };
};

/** What a new workflow is found by from its first moment. */
export const initialAttributes = (kind: string, columns: Columns): SearchAttributePair[] =>
  (Object.entries(attributesOf(kind, columns)) as [SearchAttributeName, string | number | null][]).flatMap(
    ([name, value]) => (value === null ? [] : [pairFor(name, value)]),
  );
