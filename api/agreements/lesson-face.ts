import type { LessonState } from '../../domain/lesson/lesson.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { isoOrNull } from '../../domain/time.ts';
import type { Agreement } from '../../store/agreements.ts';
import type { ShownLesson } from '../schemas/lesson.ts';
import type { Face } from './face.ts';

/** The state a row was projected from; rows of this kind are written by the lesson's machine alone. */
export const lessonStateOf = (row: Agreement): LessonState => row.state as LessonState;

/** A lesson as everyone sees it: the machine's view, and from the row what only the row knows. */
function show(row: Agreement): ShownLesson {
  const view = lessonMachine.view(lessonStateOf(row));
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

/** Lessons from outside. */
export const lessonFace: Face<ShownLesson> = {
  kind: 'lesson',
  show,
  forget: (lesson) => ({
    ...lesson,
    student: { ...lesson.student, email: null, name: null },
    payment: { ...lesson.payment, clientSecret: null },
  }),
  recall: (kept, now) => ({
    ...kept,
    student: now.student,
    payment: { ...kept.payment, clientSecret: now.payment.clientSecret },
  }),
};
