import { ApplicationFailure, activityInfo, heartbeat } from '@temporalio/activity';
import type { JournalMove } from '../domain/payment/intent.ts';
import type { Move, MoveFact } from '../domain/payment/moves.ts';
import { moveAttempts } from '../domain/payment/park.ts';
import { adopt } from './adopt.ts';
import { answered } from './failures.ts';
import { requestIdOf } from './intent-facts.ts';
import { acceptDispute } from './moves/accept-dispute.ts';
import { advance } from './moves/advance.ts';
import { authorize } from './moves/authorize.ts';
import { bookCalendar } from './moves/book-calendar.ts';
import { cancelCalendar } from './moves/cancel-calendar.ts';
import { closeDebt } from './moves/close-debt.ts';
import { expireCheckout } from './moves/expire-checkout.ts';
import { moveCalendar } from './moves/move-calendar.ts';
import { openCheckout } from './moves/open-checkout.ts';
import { readBalance } from './moves/read-balance.ts';
import { readCheckout } from './moves/read-checkout.ts';
import { reverse } from './moves/reverse.ts';
import { capture } from './moves/capture.ts';
import { createCustomer } from './moves/create-customer.ts';
import { earnFee } from './moves/earn-fee.ts';
import { stripePayout } from './moves/pay-out.ts';
import { readDispute } from './moves/read-dispute.ts';
import { readPayment } from './moves/read-payment.ts';
import { refund } from './moves/refund.ts';
import { release } from './moves/release.ts';
import { factOfSetup, saveCard } from './moves/save-card.ts';
import { submitEvidence } from './moves/submit-evidence.ts';
import { transfer } from './moves/transfer.ts';
import type { Verb } from './operation.ts';
import { perform } from './operation.ts';
import type { Outcome } from './outcome.ts';
import type { Activities, Ports, Task } from './tasks.ts';
import { columnsOf } from './tasks.ts';

/** Heartbeats begin only with a slow call: a quick one costs none, a killed worker is noticed in seconds. */
const heartbeatEveryMs = 3_000;

/** Runs one try of a move. Of so many that say "come again" the last one says that this was all. */
async function beating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), heartbeatEveryMs);
  try {
    return await work();
  } catch (error) {
    const isLast = activityInfo().attempt >= moveAttempts;
    throw isLast ? ApplicationFailure.fromError(error, { nonRetryable: true }) : error;
  } finally {
    clearInterval(timer);
  }
}

/** The story as it performs this move: a workflow names it once. */
const underWay = <M extends Move>(task: Task<M>): Task<M> => ({
  ...task,
  state: { ...task.state, performing: task.move },
});

const workflowIdOf = (): string => activityInfo().workflowExecution?.workflowId ?? '';

/** The activities of the worker, with the ports of its process. */
export function createActivities(ports: Ports): Activities {
  const journalled =
    <M extends JournalMove>(verb: Verb<M>) =>
    (task: Task<M>): Promise<MoveFact> =>
      beating(() => perform(verb, underWay(task), ports));
  const reading = (task: Task, read: (workflowId: string) => Promise<Outcome>): Promise<MoveFact> =>
    beating(async () => {
      const workflowId = workflowIdOf();
      return await adopt(underWay(task), workflowId, await answered(() => read(workflowId)), ports);
    });
  const { stripe, clock, store } = ports;
  return {
    createCustomer: journalled(createCustomer),
    saveCard: journalled(saveCard),
    authorize: journalled(authorize),
    capture: journalled(capture),
    release: journalled(release),
    refund: journalled(refund),
    transfer: journalled(transfer),
    payOut: journalled(stripePayout),
    earnFee: journalled(earnFee),
    openCheckout: journalled(openCheckout),
    expireCheckout: journalled(expireCheckout),
    bookCalendar: journalled(bookCalendar),
    moveCalendar: journalled(moveCalendar),
    cancelCalendar: journalled(cancelCalendar),
    reverse: journalled(reverse),
    advance: journalled(advance),
    closeDebt: journalled(closeDebt),
    submitEvidence: journalled(submitEvidence),
    acceptDispute: journalled(acceptDispute),

    readCheckout: (task) =>
      reading(task, (workflowId) => readCheckout(task.move.sessionId, workflowId, ports)),
    readDispute: (task) => reading(task, () => readDispute(task.move.disputeId, ports)),
    readBalance: (task) => reading(task, (workflowId) => readBalance(task, workflowId, ports)),
    readPayment: (task) => reading(task, (workflowId) => readPayment(task, workflowId, ports)),
    readCard: (task) =>
      reading(task, async () => {
        const setup = await stripe.setupIntents.retrieve(task.move.setupIntentId);
        return { fact: factOfSetup(setup, clock), objects: [], requestId: requestIdOf(setup), effect: false };
      }),

    publish: async ({ kind, workflowId, state }) => {
      const at = clock.now();
      await store.project({ workflowId, state, columns: columnsOf(kind, state, at), actor: 'system', at });
    },
  };
}
