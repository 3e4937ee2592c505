import type { AgreementState } from '../../domain/kinds.ts';
import { kindOf, machines } from '../../domain/kinds.ts';
import type { Agreement } from '../../store/agreements.ts';
import { inputHashMemo, taskQueue } from '../../workflows/contract.ts';
import type { Start } from '../../workflows/contract.ts';
import type { ApiPorts } from '../ports.ts';
import { initialAttributes } from '../temporal.ts';

/** How the story of a row whose workflow is gone or ended is taken up again, from the last state anybody knows. */
export function resumeOptions({ clock, config }: ApiPorts, row: Agreement) {
  const { workflowId, kind, id, inputHash } = row;
  const state = row.state as AgreementState;
  const start: Start = {
    input: row.input as Start['input'],
    clockOffsetMs: config.clockOffsetMs(),
    resume: state,
  };
  const columns = machines[kindOf(workflowId) ?? 'lesson'].columns(state, clock.now());
  return {
    workflowId,
    taskQueue,
    args: [start],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    memo: { [inputHashMemo]: inputHash },
    typedSearchAttributes: initialAttributes(kind, columns),
    staticSummary: `${kind} ${id}, taken up again`,
  };
}
