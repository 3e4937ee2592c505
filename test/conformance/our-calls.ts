import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../activities/activities.ts';
import type { Activities, Ports } from '../../activities/tasks.ts';
import { after } from '../../activities/tasks.ts';
import { followAccount } from '../../api/accounts/news.ts';
import { onboard } from '../../api/accounts/onboard.ts';
import { diagnose } from '../../api/lessons/diagnostic.ts';
import type { ApiPorts } from '../../api/ports.ts';
import type { LessonState } from '../../domain/lesson/lesson.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { minor } from '../../domain/money.ts';
import type { Move, MoveFact } from '../../domain/payment/moves.ts';
import { invariant } from '../../domain/errors.ts';
import { lessonInput } from '../domain/lessons.ts';

/** What our calls need of the house they are made in. */
export interface Caller {
  readonly ports: ApiPorts & Ports;
  /** The answer to the next POST to this path is a server error, although Stripe executed it. */
  readonly loseAnswer: (path: string) => Promise<void>;
  readonly advance: (ms: number) => Promise<void>;
}

/** Failures that are asked for are not worth a warning each. */
const silent = new DefaultLogger('ERROR');

const hourMs = 3_600_000;
const usd = { currency: 'usd' } as const;
const first = { n: 1 } as const;

/** Makes every call our API makes about accounts; answers Stripe's id of a payee who can receive money. */
export async function onboardPayees({ ports, loseAnswer, advance }: Caller): Promise<string> {
  const payee = { id: 'tut_1', email: 't@example.org', country: 'US', type: 'express' } as const;
  const begun = { ...payee, id: 'tut_2' };
  await onboard(ports, payee);
  await onboard(ports, payee);
  await onboard(ports, { ...payee, id: 'tut_3', onboarded: true });
  await loseAnswer('/v1/accounts');
  await onboard(ports, begun).catch(() => null);
  // A day later the key has lost its power, and the account is found by what is written on it.
  await advance(25 * hourMs);
  const { account: again } = await onboard(ports, begun);
  const { account } = await onboard(ports, { ...payee, id: 'tut_4', onboarded: true });
  await followAccount(ports, {
    eventId: 'evt_1',
    endpoint: 'connect',
    type: 'account.updated',
    account: account.stripeAccountId,
    objectId: account.stripeAccountId,
  } as never);
  invariant(
    again.stripeAccountId !== null && account.stripeAccountId !== null,
    'both accounts are at Stripe',
  );
  return account.stripeAccountId;
}

/** Makes every move of every agreement, each once plainly or with a lost answer that is found again. */
export async function settleLessons(caller: Caller, stripeAccount: string): Promise<void> {
  const paid = await begin(caller, 'paid');
  await paid.answerLost('/v1/payment_intents', authorization({ paymentMethod: 'pm_card_visa' }));
  const intent = { paymentIntentId: paid.stripeId('pi_') };
  await paid.does({ type: 'readPayment', ...intent });
  await paid.answerLost(`/v1/payment_intents/${intent.paymentIntentId}/capture`, {
    type: 'capture',
    ...first,
    ...intent,
    amount: minor(450),
  });
  const share = { ...first, ...usd, amount: minor(360), stripeAccount };
  // An account whose row is in doubt is asked about itself before it is paid.
  const payee = await caller.ports.store.findAccountByStripeId(stripeAccount);
  await caller.ports.store.updateAccount(payee?.id ?? '', { transfersEnabled: false }, Date.now());
  await paid.answerLost('/v1/transfers', {
    type: 'transfer',
    ...share,
    fee: minor(90),
    chargeId: paid.stripeId('ch_'),
  });
  await caller.advance(3 * 24 * hourMs);
  await paid.answerLost('/v1/payouts', { type: 'payOut', ...share });
  await paid.shown();

  const refunded = await begin(caller, 'refunded');
  await refunded.does(authorization({ paymentMethod: 'pm_card_visa' }));
  const back = { ...first, paymentIntentId: refunded.stripeId('pi_') };
  await refunded.does({ type: 'capture', ...back, amount: minor(300) });
  await refunded.answerLost('/v1/refunds', { type: 'refund', ...back, amount: minor(100) });
  await refunded.does({ type: 'readPayment', paymentIntentId: back.paymentIntentId });

  const saved = await begin(caller, 'saved');
  await saved.answerLost('/v1/customers', { type: 'createCustomer', ...first, personId: 'stu_1' });
  const card = { customerId: saved.stripeId('cus_'), paymentMethod: 'pm_card_visa' };
  await saved.answerLost('/v1/setup_intents', { type: 'saveCard', ...first, ...card });
  await saved.does({ type: 'readCard', setupIntentId: saved.stripeId('seti_') });
  await saved.does(authorization({ ...card, paymentMethod: saved.stripeId('pm_') }));
  const held = saved.stripeId('pi_');
  await saved.answerLost(`/v1/payment_intents/${held}/cancel`, {
    type: 'release',
    ...first,
    paymentIntentId: held,
    reason: 'cancelled',
  });

  const unpaid = await begin(caller, 'unpaid');
  await unpaid.does({ type: 'saveCard', ...first, customerId: card.customerId, paymentMethod: null });
  await unpaid.does(authorization({ paymentMethod: null }));
  const declined = await begin(caller, 'declined');
  await declined.does(authorization({ paymentMethod: 'pm_card_chargeDeclined' }));
}

const authorization = (card: { paymentMethod: string | null; customerId?: string }): Move => ({
  type: 'authorize',
  ...first,
  ...usd,
  amount: minor(450),
  customerId: null,
  ...card,
});

/** A lesson whose moves are made one by one through the worker's activities. */
async function begin({ ports, loseAnswer }: Caller, id: string) {
  const workflowId = `lesson:${id}`;
  const at = ports.clock.now();
  const input = { ...lessonInput(), id, openedAt: at };
  let state: LessonState = lessonMachine.open(input);
  const columns = lessonMachine.columns(state, at);
  const agreement = {
    workflowId,
    kind: 'lesson',
    id,
    inputHash: id,
    input,
    contacts: {},
    metadata: {},
  } as const;
  await ports.store.createAgreement({ ...agreement, state, columns, at });
  const activities = createActivities(ports);
  const learned: string[] = [];

  const perform = async (move: Move, attempt: number): Promise<void> => {
    const workflowExecution = { workflowId, runId: 'run' };
    const environment = new MockActivityEnvironment({ workflowExecution, attempt }, { logger: silent });
    const activity = activities[move.type] as (task: object) => ReturnType<Activities['authorize']>;
    const fact: MoveFact = await environment.run(activity, { kind: 'lesson', state, move });
    if (fact.type === 'refused') throw new Error(`${move.type} was refused: ${fact.code} ${fact.detail}`);
    learned.unshift(...Object.values(fact).filter((value): value is string => typeof value === 'string'));
    state = after('lesson', state, fact);
  };
  return {
    does: (move: Move) => perform(move, 1),
    /** Makes the move, never hears of it, and finds it at Stripe on the next attempt. */
    answerLost: async (path: string, move: Move) => {
      await loseAnswer(path);
      const lost = await perform(move, 1).then(
        () => false,
        () => true,
      );
      invariant(lost, `the answer to ${move.type} was lost`);
      await perform(move, 2);
    },
    /** The newest id of this kind that a move told of. */
    stripeId: (prefix: string): string => {
      const found = learned.find((value) => value.startsWith(prefix));
      invariant(found !== undefined, `${id} learned an id that starts with ${prefix}`);
      return found;
    },
    shown: async () => {
      const row = await ports.store.findAgreement(workflowId);
      invariant(row !== null, `${workflowId} is there`);
      await diagnose(ports, row);
    },
  };
}
