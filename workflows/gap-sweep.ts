import { proxyActivities } from '@temporalio/workflow';
import type { SweepActivities } from '../activities/gap-sweep.ts';
import { sweepOptions } from './options.ts';

const { sweepGaps } = proxyActivities<SweepActivities>(sweepOptions);

/** One gap sweep; answers how many events Stripe had that we had not. It moves no money and decides nothing. */
export function gapSweep(): Promise<number> {
  return sweepGaps();
}
