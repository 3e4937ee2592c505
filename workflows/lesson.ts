import type { LessonInput, LessonState } from '../domain/lesson/lesson.ts';
import type { Start } from './contract.ts';
import { liveAsWorkflow } from './world.ts';

/**
 * One lesson, from the booking to the tutor's bank: holds the payment, sleeps to the scheduled end and settles it
 * exactly once. The story is domain/lesson, the loop is domain/live, the effects are activities/.
 * Answers the lesson's fate, `completed` or `cancelled`.
 */
export function lesson(start: Start<LessonInput, LessonState>): Promise<string> {
  return liveAsWorkflow('lesson', start);
}
