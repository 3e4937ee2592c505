import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Workflow } from '@temporalio/common';
import { AppError, errorCodes } from '../../domain/errors.ts';
import type { AgreementState, Kind } from '../../domain/kinds.ts';
import { machines } from '../../domain/kinds.ts';
import type { Agreement } from '../../store/agreements.ts';
import { refusalType, stateQuery } from '../../workflows/contract.ts';
import type { CommandAnswer } from '../../workflows/contract.ts';
import { RefusedCommand } from '../errors.ts';
import { revive } from '../overdue.ts';
import type { ApiPorts } from '../ports.ts';
import { isTemporalThere, reach } from '../temporal.ts';
import { found } from './face.ts';
import { resumeOptions } from './resume.ts';

/** A command on its way to an agreement. */
export interface Order {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
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

/**
 * Tells an agreement something and answers what came of it; a refusal is thrown with the state it met. One whose
 * workflow somebody ended by hand is taken up again first.
 */
export async function order(ports: ApiPorts, given: Order): Promise<OrderResult> {
  const { kind, id } = given;
  const row = await found(ports, kind, id);
  const tell = (): Promise<CommandAnswer> => execute(ports, row.workflowId, given);
  const result = await attempt(ports, given, row, tell);
  if (result !== null) return result;
  const met = await reread(ports, row);
  if (!met.open && reopens(given)) {
    const told = await attempt(ports, given, met, () => executeAnew(ports, met, given));
    return told ?? closed(given, await reread(ports, met));
  }
  if (!met.open) return closed(given, met);
  if (met.rev === 0) {
    throw new RefusedCommand('not_ready', `The ${kind} is not started yet; send its start again`, met.status);
  }
  await revive(ports, met);
  return (await attempt(ports, given, met, tell)) ?? closed(given, await reread(ports, met));
}

/** A booking's money can be asked for long after its story ended: it is taken up again to hear of that. */
const reopens = ({ kind, name }: Order): boolean =>
  kind === 'booking' && (name === 'refund' || name === 'sync' || name === 'retry');

const reread = async ({ store }: ApiPorts, row: Agreement): Promise<Agreement> =>
  (await store.findAgreement(row.workflowId)) ?? row;

/**
 * The row shows an outcome an instant before the workflow learns it: within this time a refusal by a story that knows
 * fewer than the caller could see is asked for again, and an acceptance by one is waited for in the lists. Messages
 * that came meanwhile may have raised its revision.
 */
const catchesUpWithinMs = 2_000;
const lookAgainMs = 25;

/** Tells a workflow; null where none runs. */
async function attempt(
  ports: ApiPorts,
  given: Order,
  row: Agreement,
  tell: () => Promise<CommandAnswer>,
  giveUpAtMs = Date.now() + catchesUpWithinMs,
): Promise<OrderResult | null> {
  const { temporal } = ports;
  try {
    const { message, state } = await reach(temporal, tell);
    const shown = await showIn(ports, given, row, state);
    return shown === null
      ? { kind: 'pending', row: await reread(ports, row) }
      : { kind: 'accepted', message, row: shown };
  } catch (error) {
    if (isClosed(error)) return null;
    if (outcomesKnown(error) < (row.state as AgreementState).outcomes && Date.now() < giveUpAtMs) {
      await sleep(lookAgainMs);
      return await attempt(ports, given, row, tell, giveUpAtMs);
    }
    const met = await reread(ports, row);
    if (isUnanswered(error) && (await isTemporalThere(temporal))) return { kind: 'pending', row: met };
    throw refusalFrom(error, met) ?? error;
  }
}

/**
 * Shows what was told in the lists and answers the row that shows it, or null where it cannot be shown in time: lists
 * that know an outcome the story has still to hear of take only what it says after that.
 */
async function showIn(
  ports: ApiPorts,
  { kind, actor, reason }: Order,
  row: Agreement,
  told: AgreementState,
): Promise<Agreement | null> {
  const { store, temporal, clock } = ports;
  const { workflowId } = row;
  const giveUpAtMs = Date.now() + catchesUpWithinMs;
  let state = told;
  for (;;) {
    const at = clock.now();
    await store.project({ workflowId, state, columns: machines[kind].columns(state, at), actor, reason, at });
    const shown = await reread(ports, row);
    const { outcomes } = shown.state as AgreementState;
    if (shown.rev > told.rev || (shown.rev === told.rev && outcomes === told.outcomes)) return shown;
    if (Date.now() >= giveUpAtMs) return null;
    await sleep(lookAgainMs);
    const ask = () => temporal.workflow.getHandle(workflowId).query<AgreementState>(stateQuery);
    state = await reach(temporal, ask, catchesUpWithinMs).catch(() => state);
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

/** Takes an ended story up again and tells it in the same step; where another was faster the running one is told. */
function executeAnew(
  ports: ApiPorts,
  row: Agreement,
  { name, body, updateId }: Order,
): Promise<CommandAnswer> {
  const startWorkflowOperation = new WithStartWorkflowOperation(row.kind, {
    ...resumeOptions(ports, row),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  return ports.temporal.workflow.executeUpdateWithStart<Workflow, CommandAnswer, [unknown]>(name, {
    args: [body],
    startWorkflowOperation,
    ...(updateId === undefined ? {} : { updateId }),
  });
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
function closed({ kind, name }: Order, row: Agreement): OrderResult {
  if (name === 'callEnd' || name === 'end') {
    return { kind: 'accepted', message: 'The lesson is already closed, nothing changes', row };
  }
  throw new RefusedCommand('command_refused', `The ${kind} is closed`, row.status);
}

/** What a workflow said no with, or null where it did not say no. */
function refusalIn(error: unknown): ApplicationFailure | null {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : null;
  return cause instanceof ApplicationFailure && cause.type === refusalType ? cause : null;
}

const outcomesKnown = (error: unknown): number => Number(refusalIn(error)?.details?.[1] ?? Infinity);

function refusalFrom(error: unknown, row: Agreement): AppError | null {
  const cause = refusalIn(error);
  if (cause === null) return null;
  const given = errorCodes.find((code) => code === cause.details?.[0]) ?? 'command_refused';
  // The body was readable, so what the machine cannot take is a wrong value and no malformed request.
  const code = given === 'malformed' ? 'invalid' : given;
  return new RefusedCommand(code, cause.message, row.status);
}
