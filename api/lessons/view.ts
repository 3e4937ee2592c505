import type { LessonState } from '../../domain/lesson/lesson.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { iso, isoOrNull } from '../../domain/time.ts';
import type { Agreement } from '../../store/agreements.ts';

// api/lessons/: how lessons are started, told things and shown. What a lesson does is decided in domain/lesson.

/** The state a row was projected from; rows of this kind are written by the lesson's machine alone. */
export const stateOf = (row: Agreement): LessonState => row.state as LessonState;

/** A lesson as everyone sees it: the machine's view, and from the row what only the row knows. */
export function shownLesson(row: Agreement) {
  const view = lessonMachine.view(stateOf(row));
  const { student } = row.contacts;
  const { needsAttention, rejected, createdAt, updatedAt, ...rest } = view;
  return {
    ...rest,
    student: { ...rest.student, email: student?.email ?? null, name: student?.name ?? null },
    nextWakeAt: isoOrNull(row.nextWakeAt),
    needsAttention,
    rejected,
    metadata: { ...row.metadata },
    createdAt,
    updatedAt,
  };
}

/** The story of a lesson, line by line. */
export function shownTimeline(row: Agreement) {
  const { story } = stateOf(row);
  return {
    data: story.map((line) => ({
      at: iso(line.at),
      what: line.what,
      actor: line.actor,
      why: line.why,
      stripeIds: [...line.stripeIds],
      amount: line.amount,
      currency: row.currency,
    })),
  };
}
