import type { LessonInput, LessonState } from './lesson/lesson.ts';
import { lessonMachine } from './lesson/machine.ts';

/** Every kind of agreement and the machine that lives it; a new kind is one more line. */
export const machines = { lesson: lessonMachine } as const;

export type Kind = keyof typeof machines;
export type AgreementInput = LessonInput;
export type AgreementState = LessonState;

/** The workflow id of an agreement: also its transfer_group and the `metadata.workflow_id` of all it makes in Stripe. */
export const workflowIdOf = (kind: Kind, id: string): string => `${kind}:${id}`;

/** The kind named by a workflow id, or null where it is not one of ours. */
export function kindOf(workflowId: string): Kind | null {
  const kind = workflowId.slice(0, workflowId.indexOf(':'));
  return Object.hasOwn(machines, kind) ? (kind as Kind) : null;
}
