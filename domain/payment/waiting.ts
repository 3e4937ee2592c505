import type { BaseState, Perform, Step, Wait } from '../machine.ts';
import type { Instant } from '../time.ts';
import type { Move } from './moves.ts';
import type { Payment } from './payment.ts';

type AnyStep<F> = Step<F, Move>;

/** A move that is not to be made again yet is waited for; every other step stands. */
export function unlessPaused<F>(step: AnyStep<F>, { pause }: Payment, now: Instant): AnyStep<F> {
  if (step.kind !== 'perform' || pause?.move !== step.effect.type || now >= pause.until) return step;
  const reason = pause.account ? 'the account cannot receive money yet' : 'trying again later';
  return { kind: 'wait', until: pause.until, reason };
}

/** The hourly look of a story that Stripe did not answer. */
interface Unparked {
  readonly type: 'unparked';
  readonly at: Instant;
  readonly by: string;
  readonly reason: string;
  readonly account: null;
  readonly stripeAccount: null;
}

interface Held extends BaseState<Move> {
  readonly payment: Payment;
}

/** What comes before every other wish: a parked step waits for help, and a move of unknown outcome is made again as it was. */
export function firstOfAll(
  { parked, payment }: Held,
  now: Instant,
): Wait | Perform<Move> | { readonly kind: 'learn'; readonly fact: Unparked } | null {
  if (parked !== null) {
    if (parked.retryAt === null || now < parked.retryAt)
      return { kind: 'wait', until: parked.retryAt, reason: 'parked' };
    const fact = { type: 'unparked', at: now, by: 'system', reason: 'hourly look at Stripe', account: null, stripeAccount: null } as const;
    return { kind: 'learn', fact };
  }
  return payment.unresolved === null ? null : { kind: 'perform', effect: payment.unresolved };
} // prettier-ignore
