import type { BankDisputeFact, BankDisputeInput, BankDisputeState } from './bank-dispute/bank-dispute.ts';
import { bankDisputeMachine } from './bank-dispute/machine.ts';
import type { BankDisputeView } from './bank-dispute/view.ts';
import type { BookingFact, BookingInput, BookingState } from './booking/booking.ts';
import { bookingMachine } from './booking/machine.ts';
import type { BookingView } from './booking/view.ts';
import type { LessonFact, LessonInput, LessonState } from './lesson/lesson.ts';
import { lessonMachine } from './lesson/machine.ts';
import type { LessonView } from './lesson/view.ts';
import type { Machine } from './machine.ts';
import type { Move } from './payment/moves.ts';

export type AgreementInput = LessonInput | BookingInput | BankDisputeInput;
export type AgreementState = LessonState | BookingState | BankDisputeState;
export type AgreementFact = LessonFact | BookingFact | BankDisputeFact;
export type AgreementView = LessonView | BookingView | BankDisputeView;

/** A machine of any kind: whoever holds one hands it only what it made itself. */
type AnyMachine = Machine<
  AgreementInput,
  AgreementState,
  { readonly name: string },
  AgreementFact,
  Move,
  AgreementView
>;

export type Kind = 'lesson' | 'booking' | 'dispute';

/** Every kind of agreement and the machine that lives it; a new kind is one more line. */
export const machines: Readonly<Record<Kind, AnyMachine>> = {
  lesson: lessonMachine,
  booking: bookingMachine,
  dispute: bankDisputeMachine,
};

/** The workflow id of an agreement: also its transfer_group and the `metadata.workflow_id` of all it makes in Stripe. */
export const workflowIdOf = (kind: Kind, id: string): string => `${kind}:${id}`;

/** The kind named by a workflow id, or null where it is not one of ours. */
export function kindOf(workflowId: string): Kind | null {
  const kind = workflowId.slice(0, workflowId.indexOf(':'));
  return Object.hasOwn(machines, kind) ? (kind as Kind) : null;
}
