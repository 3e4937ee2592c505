import { workflowIdOf } from '../../domain/kinds.ts';
import type { Keeping } from '../http/idempotency.ts';
import type { ApiPorts } from '../ports.ts';
import type { ShownLesson } from '../schemas/lesson.ts';
import { shownLesson } from './view.ts';

/** A lesson as it may be kept outside its row: nobody's name or address, no secret of a payment. */
const forgetPeople = (lesson: ShownLesson): ShownLesson => ({
  ...lesson,
  student: { ...lesson.student, email: null, name: null },
  payment: { ...lesson.payment, clientSecret: null },
});

/** Puts back from the row what was not kept; a row whose people were forgotten shows none. */
async function recallPeople({ store }: ApiPorts, kept: ShownLesson): Promise<ShownLesson> {
  const row = await store.findAgreement(workflowIdOf('lesson', kept.id));
  if (row === null) return kept;
  const now = shownLesson(row);
  return {
    ...kept,
    student: now.student,
    payment: { ...kept.payment, clientSecret: now.payment.clientSecret },
  };
}

/** How the answer of a start is kept for its repetitions. */
export const keptLesson = (ports: ApiPorts): Keeping<ShownLesson> => ({
  forget: forgetPeople,
  recall: (kept) => recallPeople(ports, kept as ShownLesson),
});

/** How the answer of a command is kept for its repetitions. */
export const keptAnswer = <Body extends { readonly lesson: ShownLesson }>(
  ports: ApiPorts,
): Keeping<Body> => ({
  forget: (body) => ({ ...body, lesson: forgetPeople(body.lesson) }),
  recall: async (kept) => {
    const body = kept as Body;
    return { ...body, lesson: await recallPeople(ports, body.lesson) };
  },
});
