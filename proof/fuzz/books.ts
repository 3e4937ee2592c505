import { coherent } from '../coherent/coherent.ts';
import { gather } from '../coherent/gather.ts';
import type { Target } from './target.ts';

/** What of all that is claimed about money does not hold in this house at this moment, one sentence each. */
export async function brokenBooks({ store, stripe, temporal, clock }: Target): Promise<string[]> {
  const now = clock.now();
  const run = await gather({ store, stripe, temporal, now, quiescent: false, clockSkewMs: 60_000, exclusive: true });
  return coherent(run).map(({ invariant, subject, message }) => `${invariant} ${subject}: ${message}`);
} // prettier-ignore
