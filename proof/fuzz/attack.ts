import { setTimeout as pause } from 'node:timers/promises';
import { wrongWith } from './answers.ts';
import type { Attempt } from './attempt.ts';
import { isHttp } from './attempt.ts';
import type { Target } from './target.ts';
import type { Outcome } from './wire.ts';
import { exchange } from './wire.ts';

/** A connection that was torn off is noticed a moment later on the other side. */
const noticedWithinMs = 60;

/** How many requests the house counts as failures of its own; what nobody was left to be told stands only there. */
async function failuresOf({ apiUrl }: Target): Promise<number> {
  const page = await (await fetch(`${apiUrl}/metrics`)).text();
  return Number(/^holdfast_http_failures_total (\d+)/m.exec(page)?.[1] ?? Number.NaN);
}

/** Sends one request and says what is wrong with what came of it; null where all is as promised. */
export async function attack(
  target: Target,
  attempt: Attempt,
  authorization: string | null,
): Promise<{ readonly outcome: Outcome; readonly wrong: string | null }> {
  const isTorn = !isHttp(attempt);
  const before = isTorn ? await failuresOf(target) : 0;
  const outcome = await exchange(target.apiUrl, attempt, authorization);
  const wrong = await wrongWith(target, attempt, outcome);
  if (!isTorn || wrong !== null) return { outcome, wrong };
  await pause(noticedWithinMs);
  const failures = (await failuresOf(target)) - before;
  return {
    outcome,
    wrong: failures === 0 ? null : 'the sender tore the request off, and it counts as our failure',
  };
}
