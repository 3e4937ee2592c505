// The workflows a worker registers; nothing else may be exported here.
export { lesson } from './lesson.ts';
