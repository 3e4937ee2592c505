// The workflows a worker registers; nothing else may be exported here.
export { dispute } from './bank-dispute.ts';
export { booking } from './booking.ts';
export { gapSweep } from './gap-sweep.ts';
export { lesson } from './lesson.ts';
