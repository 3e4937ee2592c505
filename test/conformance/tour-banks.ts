import type Stripe from 'stripe';
import type { House } from '../simulator/house.ts';
import { day, idIn } from '../simulator/house.ts';

/** How a dispute stood, and in how many lines it had moved money by then. */
export type Standing = `${Stripe.Dispute.Status} ${number}`;

/** Every call about what banks do after a payment; answers how the disputes stood on the way. */
export async function answerBanks(house: House): Promise<ReadonlySet<Standing>> {
  const { stripe, control, advance } = house;
  const met = new Set<Standing>();
  const meet = ({ status, balance_transactions: lines }: Stripe.Dispute): void => {
    met.add(`${status} ${lines.length}`);
  };
  const look = async (id: string): Promise<void> => {
    meet(await stripe.disputes.retrieve(id, { expand: ['charge', 'payment_intent'] }));
  };
  /** A bank questions a new charge. */
  const accuse = async (how: object): Promise<string> => {
    const charge = idIn((await house.fund(3_000)).latest_charge);
    const { id } = await control<Stripe.Dispute>('POST', '/disputes', { charge, ...how });
    await look(id);
    return id;
  };
  const answer = async (id: string): Promise<void> => {
    const evidence = { customer_name: 'S', service_date: '2026-11-21', receipt: 'file_1' };
    meet(await stripe.disputes.update(id, { evidence, metadata: { operation: 'answer' }, submit: true }));
  };
  const ends = async (id: string, how: 'win' | 'lose'): Promise<void> => {
    await control('POST', `/disputes/${id}/${how}`);
    await look(id);
  };

  await control('POST', '/fees', { dispute: 1_500 });
  const won = await accuse({ reason: 'fraudulent' });
  await stripe.disputes.update(won, { evidence: { uncategorized_text: 'She was there.' }, submit: false });
  await stripe.disputes.update(won, { intended_submission_method: 'manual', metadata: { person: '1' } });
  await answer(won);
  await ends(won, 'win');
  const lost = await accuse({ reason: 'product_not_received', amount: 2_000, withdraw: false });
  await answer(lost);
  await ends(lost, 'lose');
  await ends(await accuse({ reason: 'duplicate', withdraw: false, dueBy: null }), 'win');
  meet(await stripe.disputes.close(await accuse({ reason: 'general' }), {}, { idempotencyKey: 'given up' }));

  const asked = { status: 'warning_needs_response', reason: 'unrecognized' };
  const inquiry = await accuse(asked);
  await answer(inquiry);
  meet(await stripe.disputes.close(inquiry));
  const escalated = await accuse(asked);
  await control('POST', `/disputes/${escalated}/escalate`);
  await look(escalated);
  await advance(8 * day);
  await look(escalated);
  await advance(3 * day);
  await look(escalated);
  await accuse({ status: 'prevented', reason: 'fraudulent' });

  const { data } = await stripe.disputes.list({ created: { gte: 0 }, limit: 2, expand: ['data.charge'] });
  const [newest] = data;
  await stripe.disputes.list({ charge: newest?.charge instanceof Object ? newest.charge.id : '' });
  await stripe.disputes.list({ payment_intent: idIn(newest?.payment_intent) });
  await control('POST', '/fees', {});
  await warned(house);
  return met;
}

/** Warned of fraud; giving the money back leaves nothing to act on. */
async function warned({ stripe, control, fund }: House): Promise<void> {
  const paid = await fund(3_000);
  const charge = idIn(paid.latest_charge);
  const { id } = await control<{ id: string }>('POST', '/early_fraud_warnings', { paymentIntent: paid.id });
  const { earlyFraudWarnings } = stripe.radar;
  await earlyFraudWarnings.retrieve(id, { expand: ['charge', 'payment_intent'] });
  await earlyFraudWarnings.list({ charge, limit: 1 });
  await earlyFraudWarnings.list({ payment_intent: paid.id, created: { gte: 0 } });
  await stripe.refunds.create({ charge });
  await earlyFraudWarnings.retrieve(id);
}
