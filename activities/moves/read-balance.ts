import { minor } from '../../domain/money.ts';
import { sumOf } from '../../domain/payment/books.ts';
import type { MoveOf } from '../../domain/payment/moves.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Outcome } from '../outcome.ts';
import type { Ports, Task } from '../tasks.ts';

/**
 * What can be taken back from the payee's balance, and what later transfers have given of this debt already. While the
 * charge's own funds are pending so is the transfer made of them, and it is taken back from there.
 */
export async function readBalance(
  { move, state }: Task<MoveOf<'readBalance'>>,
  workflowId: string,
  { stripe, store, clock }: Ports,
): Promise<Outcome> {
  const { stripeAccount, currency } = move;
  const balance = await stripe.balance.retrieve({}, { stripeAccount });
  const isPending = (state.payment.availableOn ?? 0) > clock.now();
  const parts = isPending ? [...balance.available, ...balance.pending] : balance.available;
  const available = sumOf(parts.filter((one) => one.currency === currency));
  const recovered = minor(await store.recoveredOf(workflowId));
  return {
    fact: { type: 'balanceRead', at: clock.now(), available: minor(Math.max(0, available)), recovered },
    objects: [],
    requestId: requestIdOf(balance),
    effect: false,
  };
}
