import { AppError } from '../../domain/errors.ts';
import { parseInstant } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';

/** What the simulated Stripe's clock shows and when it does something by itself next. */
export interface StripeTime {
  readonly now: Instant;
  readonly nextEventAt: Instant | null;
}

/** The clock of the simulated Stripe. */
export interface StripeClock {
  read(): Promise<StripeTime>;
  /** Executes everything due on the way in order; answers when the webhooks that came due were attempted. */
  advance(byMs: number): Promise<StripeTime>;
}

/** A leap over weeks attempts every webhook on the way; a listener that hangs costs each its own time-out. */
const answerWithinMs = 120_000;

/** The clock behind the simulator's own controls; real Stripe has none, so this exists in demo mode only. */
export function stripeClock(simulatorUrl: string): StripeClock {
  const ask = async (path: string, body?: unknown): Promise<StripeTime> => {
    const response = await fetch(new URL(`/_sim/clock${path}`, simulatorUrl), {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithinMs),
    }).catch((error: unknown) => {
      throw new AppError(
        'unavailable',
        `The simulated Stripe does not answer at ${simulatorUrl}: ${String(error)}`,
      );
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`The simulated Stripe refused its clock: ${JSON.stringify(answer)}`);
    const { now, nextEventAt } = answer as Record<string, unknown>;
    const at = parseInstant(now);
    if (at === null) throw new Error(`Not a clock: ${JSON.stringify(answer)}`);
    return { now: at, nextEventAt: parseInstant(nextEventAt) };
  };
  return {
    read: () => ask(''),
    advance: (byMs) => ask('/advance', { seconds: byMs / 1000 }),
  };
}
