import { activityInfo, heartbeat } from '@temporalio/activity';
import type { JournalMove } from '../domain/payment/intent.ts';
import type { MoveFact } from '../domain/payment/moves.ts';
import { requestIdOf } from './intent-facts.ts';
import { authorize } from './moves/authorize.ts';
import { capture } from './moves/capture.ts';
import { createCustomer } from './moves/create-customer.ts';
import { earnFee } from './moves/earn-fee.ts';
import { stripePayout } from './moves/pay-out.ts';
import { readPayment } from './moves/read-payment.ts';
import { refund } from './moves/refund.ts';
import { release } from './moves/release.ts';
import { factOfSetup, saveCard } from './moves/save-card.ts';
import { transfer } from './moves/transfer.ts';
import type { Verb } from './operation.ts';
import { adopt, answered, perform } from './operation.ts';
import type { Activities, Ports, Task } from './tasks.ts';
import { columnsOf } from './tasks.ts';

/** Heartbeats begin only with a slow call: a quick one costs none, a killed worker is noticed in seconds. */
const heartbeatEveryMs = 3_000;

async function beating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), heartbeatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

const workflowIdOf = (): string => activityInfo().workflowExecution?.workflowId ?? '';

/** The activities of the worker, with the ports of its process. */
export function createActivities(ports: Ports): Activities {
  const journalled =
    <M extends JournalMove>(verb: Verb<M>) =>
    (task: Task<M>): Promise<MoveFact> =>
      beating(() => perform(verb, task, ports));
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

    readPayment: (task) =>
      beating(async () => {
        const workflowId = workflowIdOf();
        const outcome = await answered(() => readPayment(task, workflowId, ports));
        return await adopt(task, workflowId, outcome, ports);
      }),

    readCard: (task) =>
      beating(async () => {
        const setup = await answered(() => stripe.setupIntents.retrieve(task.move.setupIntentId));
        const fact = factOfSetup(setup, clock);
        const outcome = { fact, objects: [], requestId: requestIdOf(setup), effect: false };
        return await adopt(task, workflowIdOf(), outcome, ports);
      }),

    publish: async ({ kind, workflowId, state }) => {
      const at = clock.now();
      await store.project({ workflowId, state, columns: columnsOf(kind, state, at), actor: 'system', at });
    },
  };
}
