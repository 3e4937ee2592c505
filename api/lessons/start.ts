import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { AppError } from '../../domain/errors.ts';
import { workflowIdOf } from '../../domain/kinds.ts';
import type { LessonState } from '../../domain/lesson/lesson.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { intentOf, isJournalled } from '../../domain/payment/intent.ts';
import type { Agreement } from '../../store/agreements.ts';
import { contentHash } from '../../store/canonical-json.ts';
import type { NewIntent } from '../../store/journal.ts';
import { inputHashMemo, taskQueue } from '../../workflows/contract.ts';
import type { Start } from '../../workflows/contract.ts';
import { revive } from '../overdue.ts';
import type { ApiPorts } from '../ports.ts';
import type { LessonRequest } from '../schemas/lesson-request.ts';
import { answerWithinMs, initialAttributes, messageWithinMs, reach } from '../temporal.ts';
import { lessonInput } from './input.ts';
import { stateOf } from './view.ts';

/** How a start was answered: made now, or there before; and whether the payment is settled one way or another. */
export interface Started {
  readonly row: Agreement;
  readonly created: boolean;
  readonly decided: boolean;
}

/** Often enough that nobody feels it, seldom enough that a hundred callers cost nothing: a row by its key. */
const lookAgainMs = 25;

/**
 * Starts a lesson once. The row decides, also long after the workflow closed and Temporal forgot it; one whose
 * workflow was never started (Temporal was away) is started by the next identical request.
 */
export async function startLesson(ports: ApiPorts, request: LessonRequest, id: string): Promise<Started> {
  const { store } = ports;
  const workflowId = workflowIdOf('lesson', id);
  const inputHash = contentHash({ ...request, id });
  const known = await store.findAgreement(workflowId);
  if (known !== null) return again(ports, known, inputHash);
  const input = await lessonInput(ports, request, id);
  const state = lessonMachine.open(input);
  const columns = lessonMachine.columns(state, input.openedAt);
  const { email, name } = request.student;
  const { created, row } = await store.createAgreement(
    {
      workflowId,
      kind: 'lesson',
      id,
      inputHash,
      input,
      contacts: { student: { email: email ?? null, name: name ?? null } },
      metadata: request.metadata,
      state,
      columns,
      at: input.openedAt,
    },
    firstIntent(workflowId, state, input.openedAt),
  );
  if (!created) return again(ports, row, inputHash);
  await startWorkflow(ports, row);
  return { created, ...(await paymentDecided(ports, row)) };
}

/** The same start again: the same lesson. Other content under its id is a conflict. */
async function again(ports: ApiPorts, row: Agreement, inputHash: string): Promise<Started> {
  if (row.inputHash !== inputHash) {
    throw new AppError('id_conflict', `Another lesson has the id ${row.id}`);
  }
  const isUntouched = row.open && row.rev === 0;
  if (!isUntouched) return { created: false, row, decided: true };
  await startWorkflow(ports, row);
  return { created: false, ...(await paymentDecided(ports, row)) };
}

/** Starts the workflow of a row, or finds that it runs or ran. */
async function startWorkflow(ports: ApiPorts, row: Agreement): Promise<void> {
  const { temporal, config } = ports;
  const state = stateOf(row);
  const { input } = state;
  const start: Start = { input, clockOffsetMs: config.clockOffsetMs() };
  try {
    await reach(
      temporal,
      () =>
        temporal.workflow.start('lesson', {
          workflowId: row.workflowId,
          taskQueue,
          args: [start],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          memo: { [inputHashMemo]: row.inputHash },
          typedSearchAttributes: initialAttributes('lesson', lessonMachine.columns(state, input.openedAt)),
          staticSummary: `Lesson ${row.id}: ${row.amount} ${row.currency}`,
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

/** The first money move is known already; its intent is committed with the row, a transaction earlier than otherwise. */
function firstIntent(workflowId: string, state: LessonState, at: number): NewIntent | undefined {
  const step = lessonMachine.next(state, at);
  if (step.kind !== 'perform' || !isJournalled(step.effect)) return undefined;
  const { key, kind, params } = intentOf(workflowId, step.effect);
  return { key, workflowId, kind, params, paramsHash: contentHash(params), at };
}

/** Waits until the payment is authorized, saved, declined, parked or the customer's turn, but not for ever. */
async function paymentDecided(
  { store }: ApiPorts,
  first: Agreement,
): Promise<{ row: Agreement; decided: boolean }> {
  const deadline = Date.now() + answerWithinMs;
  let row = first;
  while (!isDecided(row)) {
    if (Date.now() >= deadline) return { row, decided: false };
    await sleep(lookAgainMs);
    row = (await store.findAgreement(first.workflowId)) ?? row;
  }
  return { row, decided: true };
}

function isDecided(row: Agreement): boolean {
  const { payment, parked } = stateOf(row);
  if (row.paymentState !== 'pending' || row.status !== 'awaiting_payment' || parked !== null) return true;
  const clientSecret = payment.intent?.clientSecret ?? payment.card?.clientSecret ?? null;
  return clientSecret !== null;
}
