import type { Machine } from '../machine.ts';
import type { Move } from '../payment/moves.ts';
import { accept } from './accept.ts';
import { apply, openLesson } from './apply.ts';
import { lessonCommands, parseLessonCommand } from './commands.ts';
import type { LessonCommand, LessonFact, LessonInput, LessonState } from './lesson.ts';
import { next } from './next.ts';
import type { LessonView } from './view.ts';
import { columns, view } from './view.ts';

/** The lesson as a machine: hold now, settle at the scheduled end, exactly one fate. */
export const lessonMachine: Machine<LessonInput, LessonState, LessonCommand, LessonFact, Move, LessonView> = {
  kind: 'lesson',
  commands: lessonCommands,
  open: openLesson,
  parse: parseLessonCommand,
  accept,
  apply,
  next,
  view,
  columns,
};
