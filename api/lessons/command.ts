import { createHash } from 'node:crypto';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { AppError, errorCodes } from '../../domain/errors.ts';
import { workflowIdOf } from '../../domain/kinds.ts';
import type { LessonCommand } from '../../domain/lesson/lesson.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import type { Agreement } from '../../store/agreements.ts';
import { refusalType } from '../../workflows/contract.ts';
import type { CommandAnswer } from '../../workflows/contract.ts';
import { RefusedCommand } from '../errors.ts';
import type { ApiPorts } from '../ports.ts';
import { isTemporalThere, reach } from '../temporal.ts';

/** A command on its way to a lesson. */
export interface Order {
  readonly id: string;
  readonly name: LessonCommand['name'];
  readonly body: Readonly<Record<string, unknown>>;
  /** Who is named in the audit. */
  readonly actor: string;
  readonly reason: string | null;
  /** The same for every repetition of the same request; absent where the caller gave no key. */
  readonly updateId: string | undefined;
}

/** Accepted, or not answered in time: no worker is there, and the same key picks the answer up. */
export type OrderResult =
  | { readonly kind: 'accepted'; readonly message: string; readonly row: Agreement }
  | { readonly kind: 'pending'; readonly row: Agreement };

/** Update ids are scoped to caller and address, so that two callers' equal keys never meet. */
export const updateIdOf = (caller: string, path: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([caller, path, key]))
    .digest('hex');

/** Tells a lesson something and answers what came of it; a refusal is thrown with the state it met. */
export async function order(ports: ApiPorts, given: Order): Promise<OrderResult> {
  const { store, temporal, clock } = ports;
  const workflowId = workflowIdOf('lesson', given.id);
  const row = await store.findAgreement(workflowId);
  if (row === null) throw new AppError('not_found', `There is no lesson ${given.id}`);
  try {
    const { message, state } = await reach(temporal, () => execute(ports, workflowId, given));
    const columns = lessonMachine.columns(state, clock.now());
    const { actor, reason } = given;
    await store.project({ workflowId, state, columns, actor, reason, at: clock.now() });
    return { kind: 'accepted', message, row: (await store.findAgreement(workflowId)) ?? row };
  } catch (error) {
    const met = (await store.findAgreement(workflowId)) ?? row;
    if (isUnanswered(error) && (await isTemporalThere(temporal))) return { kind: 'pending', row: met };
    if (isClosed(error)) return closed(given, met);
    throw refusalFrom(error, met) ?? error;
  }
}

async function execute({ temporal }: ApiPorts, workflowId: string, given: Order): Promise<CommandAnswer> {
  const handle = temporal.workflow.getHandle(workflowId);
  const { updateId } = given;
  try {
    return await handle.executeUpdate<CommandAnswer, [unknown]>(given.name, {
      args: [given.body],
      ...(updateId === undefined ? {} : { updateId }),
    });
  } catch (error) {
    // The command may be what closed the workflow, and this a repetition whose first answer was lost.
    if (updateId === undefined || !isClosed(error)) throw error;
    return handle.getUpdateHandle<CommandAnswer>(updateId).result();
  }
}

/** The server answered, the workflow did not: its worker is away. */
const isUnanswered = (error: unknown): boolean =>
  error instanceof AppError && error.cause instanceof WorkflowUpdateRPCTimeoutOrCancelledError;

const isClosed = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError ||
  (error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'AcceptedUpdateCompletedWorkflow');

/** Both ends of a closed lesson change nothing and are no error (L6); everything else comes too late. */
function closed({ name }: Order, row: Agreement): OrderResult {
  if (row.open && row.rev === 0) {
    throw new RefusedCommand('not_ready', 'The lesson is not started yet; send its start again', row.status);
  }
  if (name === 'callEnd' || name === 'end') {
    return { kind: 'accepted', message: 'The lesson is already closed, nothing changes', row };
  }
  throw new RefusedCommand('command_refused', 'The lesson is closed', row.status);
}

function refusalFrom(error: unknown, row: Agreement): AppError | null {
  if (!(error instanceof WorkflowUpdateFailedError)) return null;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== refusalType) return null;
  const given = errorCodes.find((code) => code === cause.details?.[0]) ?? 'command_refused';
  // The body was readable, so what the machine cannot take is a wrong value and no malformed request.
  const code = given === 'malformed' ? 'invalid' : given;
  return new RefusedCommand(code, cause.message, row.status);
}
