import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Call, Doors } from '../../test/house/callers.ts';

/** How long a client asks again: several restarts of everything in a row. */
const givesUpAfterMs = 120_000;

/** A client does not hammer what has just died. */
const askAgainMs = 150;

/** Nothing was decided: nobody answered, a process could not reach another one, or the story has not answered yet. */
const isOpen = (status: number): boolean => status === 202 || status >= 500;

/**
 * The doors as a careful client uses them: each request goes to another API than the one before, and one that got no
 * answer is sent again, the same in every byte and under the same Idempotency-Key, until something is decided.
 */
export function patient(doors: readonly Doors[]): Doors {
  let turn = 0;
  const next = (): Doors => {
    turn += 1;
    const door = doors[turn % doors.length];
    if (door === undefined) throw new Error('There is no door');
    return door;
  };
  return {
    async request(method: string, path: string, call: Call = {}): Promise<Answer> {
      let last: Answer | null = null;
      for (const deadline = Date.now() + givesUpAfterMs; Date.now() < deadline; await pause(askAgainMs)) {
        const answer: Answer | null = await next().request(method, path, call).catch(() => null);
        if (answer !== null && !isOpen(answer.status)) return answer;
        last = answer ?? last;
      }
      // Whoever was asked and could not say is heard out in the end: the story goes on without this client.
      if (last === null) throw new Error(`${method} ${path} was never answered`);
      return last;
    },
    async sim(method, path, body) {
      for (const deadline = Date.now() + givesUpAfterMs; ; await pause(askAgainMs)) {
        try {
          return await next().sim(method, path, body);
        } catch (error) {
          // A control that was refused says so in words of its own; everything else is a connection that broke.
          if (String(error).includes(' answered ') || Date.now() > deadline) throw error;
        }
      }
    },
  };
} // prettier-ignore

/** Asks Stripe itself until it is there to answer; what it refuses is an answer. */
export async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + givesUpAfterMs; ; await pause(askAgainMs)) {
    try {
      return await ask();
    } catch (error) {
      const { type } = error as { readonly type?: string };
      if (type !== 'StripeConnectionError' || Date.now() > deadline) throw error;
    }
  }
}
