import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { AppError } from '../../domain/errors.ts';
import type { AgreementInput, AgreementState, Kind } from '../../domain/kinds.ts';
import { machines, workflowIdOf } from '../../domain/kinds.ts';
import { intentOf, isJournalled } from '../../domain/payment/intent.ts';
import type { Agreement, NewAgreement } from '../../store/agreements.ts';
import { contentHash } from '../../store/canonical-json.ts';
import type { NewIntent } from '../../store/journal.ts';
import type { WantedSeat } from '../../store/seats.ts';
import { inputHashMemo, taskQueue } from '../../workflows/contract.ts';
import type { Start } from '../../workflows/contract.ts';
import { revive } from '../overdue.ts';
import type { ApiPorts } from '../ports.ts';
import { answerWithinMs, initialAttributes, messageWithinMs, reach } from '../temporal.ts';
import { slotTaken } from './seat.ts';

/** What an agreement is made of: the story's input, its people, and the seat it takes. */
export interface Composed {
  readonly input: AgreementInput;
  readonly contacts: NewAgreement['contacts'];
  readonly seat?: WantedSeat;
}

/** A start as one kind of agreement asks for it. */
export interface Opening {
  readonly kind: Kind;
  readonly id: string;
  /** All that the caller asked for: the same again is the same start. */
  readonly request: { readonly metadata: Readonly<Record<string, string>> };
  /** Made of the request where there is no row yet; throws what is wrong with it. */
  readonly compose: () => Promise<Composed>;
  /** Whether the caller can be told how the payment begins. */
  readonly isDecided: (row: Agreement) => boolean;
}

/** How a start was answered: made now, or there before; and whether the payment is settled one way or another. */
export interface Started {
  readonly row: Agreement;
  readonly created: boolean;
  readonly decided: boolean;
}

/** Often enough that nobody feels it; who has waited longer is looked after less often, so that a crowd costs little. */
const lookAgainMs = (waitedMs: number): number => 25 + waitedMs / 10;

/**
 * Starts an agreement once. The row decides, also long after the workflow closed and Temporal forgot it; one whose
 * workflow was never started (Temporal was away) is started by the next identical request.
 */
export async function startAgreement(ports: ApiPorts, opening: Opening): Promise<Started> {
  const { store } = ports;
  const { kind, id, request } = opening;
  const workflowId = workflowIdOf(kind, id);
  const inputHash = contentHash({ ...request, id });
  const known = await store.findAgreement(workflowId);
  if (known !== null) return again(ports, opening, known, inputHash);
  const { input, contacts, seat } = await opening.compose();
  const { metadata } = request;
  const at = input.openedAt;
  const state = machines[kind].open(input);
  const columns = machines[kind].columns(state, at);
  const agreement = { workflowId, kind, id, inputHash, input, contacts, metadata, state, columns, at };
  const intent = firstIntent(kind, workflowId, state, at);
  const made =
    seat === undefined
      ? await store.createAgreement(agreement, intent)
      : await store.createAgreement(agreement, intent, seat);
  if (made.row === null) throw slotTaken(made.seat, seat?.label ?? null);
  if (!made.created) return again(ports, opening, made.row, inputHash);
  await startWorkflow(ports, kind, made.row);
  return { created: true, ...(await paymentDecided(ports, opening, made.row)) };
}

/** The same start again: the same agreement. Other content under its id is a conflict. */
async function again(ports: ApiPorts, opening: Opening, row: Agreement, inputHash: string): Promise<Started> {
  const { kind } = opening;
  if (row.inputHash !== inputHash) throw new AppError('id_conflict', `Another ${kind} has the id ${row.id}`);
  const isUntouched = row.open && row.rev === 0;
  if (!isUntouched) return { created: false, row, decided: true };
  await startWorkflow(ports, kind, row);
  return { created: false, ...(await paymentDecided(ports, opening, row)) };
}

/** Starts the workflow of a row, or finds that it runs or ran. */
async function startWorkflow(ports: ApiPorts, kind: Kind, row: Agreement): Promise<void> {
  const { temporal, config } = ports;
  const state = row.state as AgreementState;
  const { input } = state;
  const start: Start = { input, clockOffsetMs: config.clockOffsetMs() };
  const columns = machines[kind].columns(state, input.openedAt);
  try {
    await reach(
      temporal,
      () =>
        temporal.workflow.start(kind, {
          workflowId: row.workflowId,
          taskQueue,
          args: [start],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          memo: { [inputHashMemo]: row.inputHash },
          typedSearchAttributes: initialAttributes(kind, columns),
          staticSummary: `${titleOf(kind)} ${row.id}: ${row.amount} ${row.currency}`,
        }),
      messageWithinMs,
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // It ran and is closed: its outcome is in the row, unless somebody ended it before its first move.
    const met = await ports.store.findAgreement(row.workflowId);
    if (met?.open === true && met.rev === 0) await revive(ports, met);
  }
}

const titleOf = (kind: Kind): string => `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;

/** The first money move is known already; its intent is committed with the row, a transaction earlier than otherwise. */
function firstIntent(
  kind: Kind,
  workflowId: string,
  state: AgreementState,
  at: number,
): NewIntent | undefined {
  const step = machines[kind].next(state, at);
  if (step.kind !== 'perform' || !isJournalled(step.effect)) return undefined;
  const intent = intentOf(workflowId, step.effect);
  return { ...intent, workflowId, paramsHash: contentHash(intent.params), at };
}

/** Waits until it is known how the payment begins, but not for ever. */
async function paymentDecided(
  { store }: ApiPorts,
  { isDecided }: Opening,
  first: Agreement,
): Promise<{ row: Agreement; decided: boolean }> {
  const begunAt = Date.now();
  let row = first;
  while (!isDecided(row)) {
    const waitedMs = Date.now() - begunAt;
    if (waitedMs >= answerWithinMs) return { row, decided: false };
    await sleep(Math.min(lookAgainMs(waitedMs), answerWithinMs - waitedMs));
    row = (await store.findAgreement(first.workflowId)) ?? row;
  }
  return { row, decided: true };
}
