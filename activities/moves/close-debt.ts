import type { MoveOf } from '../../domain/payment/moves.ts';
import { closeDebt as close } from '../../store/debts.ts';
import { minor } from '../../domain/money.ts';
import type { Verb } from '../operation.ts';
import { told } from '../outcome.ts';

/**
 * Ends the debt of this agreement, for instance because the bank gave the money back: from the moment of the intent no
 * later transfer gives anything for it, and what they gave already is known.
 */
export const closeDebt: Verb<MoveOf<'closeDebt'>> = {
  reserve: ({ workflowId }) =>
    function* (session) {
      yield* close(session, workflowId);
    },
  find: () => Promise.resolve(null),
  async make({ ports, workflowId }) {
    const recovered = await ports.store.transact((session) => close(session, workflowId));
    return told({ type: 'debtClosed', at: ports.clock.now(), recovered: minor(recovered) });
  },
};
