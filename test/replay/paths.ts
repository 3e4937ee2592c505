import type { Kind } from '../../domain/kinds.ts';
import { bookingPaths } from './booking-paths.ts';
import { disputePaths } from './dispute-paths.ts';
import { lessonPaths } from './lesson-paths.ts';
import type { Path } from './path.ts';

/** Every recorded way of every kind of story. */
export const paths: Readonly<Record<Kind, Readonly<Record<string, Path>>>> = {
  lesson: lessonPaths,
  booking: bookingPaths,
  dispute: disputePaths,
};
