import { createSweep } from '../../activities/gap-sweep.ts';
import { followAccount } from '../../api/accounts/news.ts';
import { freshOnboardingUrl, onboard } from '../../api/accounts/onboard.ts';
import { invariant } from '../../domain/errors.ts';
import { minor } from '../../domain/money.ts';
import type { Move } from '../../domain/payment/moves.ts';
import { lessonInput } from '../domain/lessons.ts';
import type { Caller } from './performing.ts';
import { asActivity, begin, loseAnswer } from './performing.ts';

const hourMs = 3_600_000;
const usd = { currency: 'usd' } as const;
const first = { n: 1 } as const;

/** Makes every call our API makes about accounts; answers Stripe's id of a payee who can receive money. */
export async function onboardPayees(caller: Caller): Promise<string> {
  const { ports, advance } = caller;
  const payee = { id: 'tut_1', email: 't@example.org', country: 'US', type: 'express' } as const;
  const begun = { ...payee, id: 'tut_2' };
  await onboard(ports, payee);
  await onboard(ports, payee);
  await onboard(ports, { ...payee, id: 'tut_3', onboarded: true });
  await loseAnswer(caller, '/v1/accounts');
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
  await freshOnboardingUrl(ports, again.stripeAccountId);
  return account.stripeAccountId;
}

/** Makes every move of a lesson, each once plainly or with a lost answer that is found again. */
export async function settleLessons(caller: Caller, stripeAccount: string): Promise<void> {
  const book = (id: string) =>
    begin(caller, 'lesson', { ...lessonInput(), id, openedAt: caller.ports.clock.now() });
  const paid = await book('paid');
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

  const refunded = await book('refunded');
  await refunded.does(authorization({ paymentMethod: 'pm_card_visa' }));
  const back = { ...first, paymentIntentId: refunded.stripeId('pi_') };
  await refunded.does({ type: 'capture', ...back, amount: minor(300) });
  await refunded.answerLost('/v1/refunds', { type: 'refund', ...back, amount: minor(100) });
  await refunded.does({ type: 'readPayment', paymentIntentId: back.paymentIntentId });

  const saved = await book('saved');
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

  const unpaid = await book('unpaid');
  await unpaid.does({ type: 'saveCard', ...first, customerId: card.customerId, paymentMethod: null });
  await unpaid.does(authorization({ paymentMethod: null }));
  const declined = await book('declined');
  await declined.does(authorization({ paymentMethod: 'pm_card_chargeDeclined' }));
}

/** Asks for the events of the platform and of every account. */
export async function fetchEvents({ ports }: Caller): Promise<void> {
  const { sweepGaps } = createSweep(ports);
  await asActivity('gap-sweep', 1, sweepGaps);
}

const authorization = (card: { paymentMethod: string | null; customerId?: string }): Move => ({
  type: 'authorize',
  ...first,
  ...usd,
  amount: minor(450),
  customerId: null,
  ...card,
});
