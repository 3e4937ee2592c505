import type { Invariant } from '../cases.ts';
import { broken } from '../cases.ts';

/** A story that was begun or resumed this recently may not have its run yet. */
const beginsWithinMs = 60_000;

/** M17: an agreement is lived by one workflow at a time, and every open one is lived. */
export const oneWorkflow: Invariant = ({ run, stories }) => {
  if (run.histories === null) return [];
  const histories = new Map(run.histories.map((one) => [one.workflowId, one]));
  const twice = run.histories
    .filter(({ openRuns }) => openRuns > 1)
    .map(({ workflowId, openRuns }) => broken('M17', workflowId, `${openRuns} runs of it are open at once`));
  const alone = [...stories.values()].filter(({ row, workflowId, isStill }) => {
    // What never began is begun by whoever asked for it, when they ask again.
    const isDue = row.open && row.rev > 0 && (isStill || row.updatedAt + beginsWithinMs < run.now);
    return isDue && (histories.get(workflowId)?.openRuns ?? 0) === 0;
  });
  return [
    ...twice,
    ...alone.map(({ workflowId, row }) => {
      const { status = 'unknown to Temporal' } = histories.get(workflowId) ?? {};
      return broken('M17', workflowId, `it is ${row.status} and open, its workflow is ${status}`);
    }),
  ];
};

/** M18: every history runs on this code as it ran when it was written. */
export const replayable: Invariant = ({ run }) =>
  (run.histories ?? []).flatMap(({ workflowId, replay }) => {
    const problem = replay?.problem ?? null;
    return problem === null ? [] : [broken('M18', workflowId, `its history does not replay: ${problem}`)];
  });
