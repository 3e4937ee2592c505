import type { AgreementState } from '../../domain/kinds.ts';
import { kindOf } from '../../domain/kinds.ts';
import { order } from '../../api/agreements/command.ts';
import { AppError } from '../../domain/errors.ts';
import { currencyRule } from '../../domain/money.ts';
import { Died } from './mortal.ts';
import type { Deed, LifePlan } from './plan.ts';
import type { World } from './world.ts';

/** Does what somebody does; whatever cannot be done now (no such object, refused) is simply not done. */
export async function act(world: World, life: LifePlan, who: string, deed: Deed): Promise<void> {
  const { trace, server } = world;
  const workflowId = `${life.kind}:${life.id}`;
  const state = server.stories.get(workflowId)?.state ?? null;
  if (deed.kind === 'says') {
    for (let click = 0; click < deed.clicks; click += 1)
      void say(world, workflowId, who, deed.name, deed.body);
    return;
  }
  const outcome = await done(world, life, deed, state);
  if (outcome !== null) trace.tell(workflowId, `${who} ${deed.kind.replaceAll('_', ' ')}: ${outcome}`);
}

/** Orders something as the API does, and again where the API dies of it or nobody answers. */
export async function say(
  world: World,
  workflowId: string,
  who: string,
  name: string,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { post, trace, coverage, store, violate, timetable, trouble } = world;
  const row = await store.findAgreement(workflowId);
  if (row === null) return;
  const kind = kindOf(workflowId) ?? 'lesson';
  const told = { kind, id: row.id, name, body, actor: who, reason: null, updateId: undefined };
  let answer: string;
  try {
    const result = await post.asApi(workflowId, (ports) => order(ports, told));
    answer = result.kind === 'accepted' ? `accepted: ${result.message}` : 'no answer in time';
  } catch (error) {
    if (error instanceof AppError) answer = `${error.code}: ${error.message}`;
    else if (error instanceof Died) answer = 'no answer';
    else if (error instanceof Error && error.name === 'ServiceError') answer = 'no answer';
    else {
      answer = String(error);
      violate('bug', workflowId, `${name} threw ${answer}`);
    }
  }
  const verdict = answer.startsWith('accepted') ? 'accepted' : answer.startsWith('no answer') ? 'no answer' : 'refused';
  coverage.count(`state ${kind}`, row.status, `${name} ${verdict}`);
  trace.tell(workflowId, `${who} orders ${name} ${JSON.stringify(body)}: ${answer}`);
  const isLost = answer.startsWith('no answer') || answer.startsWith('unavailable');
  if (isLost && trouble.share(`${workflowId}/asks again`) < 0.7) {
    timetable.after(5_000, () => void say(world, workflowId, who, name, body));
  }
} // prettier-ignore

/** An amount that is this share of another, in whole steps of the currency. */
const partOf = (amount: number, share: number, currency: string): number => {
  const { step } = currencyRule(currency);
  return Math.max(step, Math.floor((amount * share) / step) * step);
};

type Outside = Exclude<Deed, { kind: 'says' }>;

/** Answers what came of it, or null where there is nothing it could be done to. */
async function done(world: World, life: LifePlan, deed: Outside, state: AgreementState | null): Promise<string | null> {
  const { play, store, timetable, payees } = world;
  const { payment } = state ?? {};
  const { intent = null, card = null, checkout = null, transfers = [], refundIds = [], payoutId = null } = payment ?? {};
  const paid = intent?.status === 'captured' ? (payment?.money.captured ?? 0) : 0;
  const { currency } = life;
  switch (deed.kind) {
    case 'pays': {
      const method = deed.paymentMethod === null ? {} : { paymentMethod: deed.paymentMethod };
      if (checkout !== null) return await tried(play(`/checkout/sessions/${checkout.sessionId}/complete`, { ...method, ...(deed.late ? { late: true } : {}) }));
      if (intent !== null) return await tried(play(`/payment_intents/${intent.id}/succeed`, method));
      return card === null ? null : await tried(play(`/setup_intents/${card.setupIntentId}/succeed`, method));
    }
    case 'orders_debit':
      return checkout === null ? null : await tried(play(`/checkout/sessions/${checkout.sessionId}/complete`, { paymentMethod: 'pm_usBankAccount_processing' }));
    case 'fails_to_pay':
      if (checkout !== null && intent === null) return await tried(play(`/checkout/sessions/${checkout.sessionId}/fail`));
      return intent === null ? null : await tried(play(`/payment_intents/${intent.id}/fail`));
    case 'captures_by_hand': {
      const amount = partOf(payment?.money.authorized ?? 0, deed.share, currency);
      return intent?.status === 'authorized' ? await tried(play(`/payment_intents/${intent.id}/capture`, { amount })) : null;
    }
    case 'cancels_by_hand':
      return intent === null || life.kind === 'booking' ? null : await tried(play(`/payment_intents/${intent.id}/cancel`));
    case 'refunds_by_hand':
      return paid === 0 ? null : await byHand(world, '/v1/refunds', `payment_intent=${intent?.id}&amount=${partOf(paid, deed.share, currency)}`);
    case 'reverses_by_hand': {
      const sent = transfers.findLast(({ amount, reversed }) => amount > reversed);
      if (sent === undefined) return null;
      return await byHand(world, `/v1/transfers/${sent.id}/reversals`, `amount=${partOf(sent.amount - sent.reversed, deed.share, currency)}`);
    }
    case 'accuses': {
      if (paid === 0) return null;
      const { share, isInquiry, withdraws, canAnswer } = deed;
      return await tried(play('/disputes', {
        paymentIntent: intent?.id,
        reason: 'fraudulent',
        ...(share >= 1 ? {} : { amount: partOf(paid, share, currency) }),
        ...(isInquiry ? { status: 'warning_needs_response' } : { withdraw: withdraws }),
        ...(canAnswer ? {} : { dueBy: null }),
      }));
    }
    case 'rules': {
      const dispute = openDisputeOf(world, `${life.kind}:${life.id}`);
      return dispute === null ? null : await tried(play(`/disputes/${dispute}/${deed.verdict}`));
    }
    case 'warns':
      return paid === 0 ? null : await tried(play('/early_fraud_warnings', { paymentIntent: intent?.id }));
    case 'refund_fails':
      return refundIds[0] === undefined ? null : await tried(play(`/refunds/${refundIds[0]}/fail`, {}));
    case 'payout_fails':
      return payoutId === null ? null : await tried(play(`/payouts/${payoutId}/fail`, {}));
    case 'account': {
      const payee = payees[life.payee];
      if (payee === undefined) return null;
      const { becomes } = deed;
      if (becomes === 'frozen' || becomes === 'thawed') {
        const order = { id: payee.account, frozen: becomes === 'frozen', by: 'admin', reason: 'x', at: timetable.now() };
        return (await store.setFrozen(order)) === null ? null : becomes;
      }
      return await tried(play(`/accounts/${payee.stripeAccount}`, { capabilities: { transfers: becomes } }));
    }
  }
} // prettier-ignore

const tried = async (answer: Promise<{ status: number; body: Record<string, unknown> }>): Promise<string> => {
  const { status, body } = await answer;
  if (status === 200) return 'done';
  const { message } = (body['error'] ?? {}) as { message?: string };
  return `not possible: ${message}`;
};

/** What a person does in Stripe's dashboard: a request that is none of ours. */
async function byHand({ stranger }: World, path: string, body: string): Promise<string> {
  const { status, body: answer } = await stranger(path, body);
  return status === 200 ? 'done' : `not possible: ${answer.slice(0, 120)}`;
}

/** Stripe's id of a dispute whose story is not over, or null. */
function openDisputeOf({ server }: World, agreement: string): string | null {
  for (const { kind, isOpen, state } of server.stories.values()) {
    if (kind !== 'dispute' || !isOpen || state === null) continue;
    const { input } = state;
    if ('agreement' in input && input.agreement === agreement) return input.id;
  }
  return null;
}
