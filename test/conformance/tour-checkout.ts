import type Stripe from 'stripe';
import type { House } from '../simulator/house.ts';
import { day, idIn } from '../simulator/house.ts';

type Session = Stripe.Checkout.Session;

const back = 'https://example.org/back?session={CHECKOUT_SESSION_ID}';

/** One session of 25 dollars, in whatever way it is shown. */
const lesson = {
  mode: 'payment',
  client_reference_id: 'booking:1',
  line_items: [
    {
      price_data: {
        currency: 'usd',
        unit_amount: 2_500,
        product_data: { name: 'Lesson', description: '50 minutes' },
      },
      quantity: 1,
    },
  ],
  metadata: { booking: '1' },
} satisfies Stripe.Checkout.SessionCreateParams;

const hosted = { ...lesson, success_url: back } satisfies Stripe.Checkout.SessionCreateParams;
const embedded = { ...lesson, ui_mode: 'embedded_page', return_url: back } as const;
const elements = { ...lesson, ui_mode: 'elements', return_url: back } as const;

/** Every call about checkouts that succeeds, on sessions of each kind that come to each of their ends. */
export async function sellLessons(house: House): Promise<void> {
  await paidOnStripesPage(house);
  await tried(house);
  await paidByBank(house);
  await leftAlone(house);
}

const play = ({ control }: House, { id }: Session, what: string, body: object = {}): Promise<Session> =>
  control<Session>('POST', `/checkout/sessions/${id}/${what}`, body);

async function paidOnStripesPage(house: House): Promise<void> {
  const { sessions } = house.stripe.checkout;
  const made = await sessions.create({
    ...hosted,
    ui_mode: 'hosted_page',
    cancel_url: 'https://example.org/away',
    customer_email: 's@example.org',
    customer_creation: 'always',
    allowed_payment_method_types: ['card'],
    submit_type: 'book',
    locale: 'en',
    expires_at: Math.floor(house.sim.simulator.now() / 1_000) + 3_600,
    payment_intent_data: {
      capture_method: 'automatic_async',
      description: 'a lesson',
      receipt_email: 's@example.org',
      setup_future_usage: 'off_session',
      statement_descriptor_suffix: 'LESSON',
      transfer_group: 'booking:1',
      metadata: { workflow_id: 'booking:1' },
    },
  });
  const { payment_intent: paid } = await play(house, made, 'complete');
  await sessions.retrieve(made.id, {
    expand: ['payment_intent.latest_charge.balance_transaction', 'customer'],
  });
  await sessions.list({ payment_intent: idIn(paid), limit: 3 });
  await sessions.list({ status: 'complete', created: { gte: 0 }, expand: ['data.payment_intent'] });
  await sessions.list({ customer_details: { email: 's@example.org' } });
}

/** Declined, then asked by the bank, then given up by us. */
async function tried(house: House): Promise<void> {
  const { checkout, customers } = house.stripe;
  const { id: customer } = await customers.create({ email: 'c@example.org' });
  const open = await checkout.sessions.create({
    ...embedded,
    customer,
    redirect_on_completion: 'if_required',
    payment_intent_data: { capture_method: 'manual', statement_descriptor: 'LESSON' },
  });
  await checkout.sessions.create({
    ...lesson,
    ui_mode: 'embedded_page',
    redirect_on_completion: 'never',
    customer_creation: 'if_required',
  });
  await play(house, open, 'fail');
  await play(house, open, 'complete', { paymentMethod: 'pm_card_chargeDeclinedInsufficientFunds' });
  await play(house, open, 'complete', { paymentMethod: 'pm_card_authenticationRequired' });
  await checkout.sessions.retrieve(open.id, { expand: ['payment_intent'] });
  await checkout.sessions.expire(open.id, {}, { idempotencyKey: 'over' });
  await checkout.sessions.retrieve(open.id, { expand: ['payment_intent'] });
  await checkout.sessions.list({ customer, status: 'expired', limit: 1 });
}

/** Complete at once and paid days later, or not at all. */
async function paidByBank(house: House): Promise<void> {
  const { sessions } = house.stripe.checkout;
  for (const end of ['succeed', 'fail']) {
    const made = await sessions.create({
      ...elements,
      allowed_payment_method_types: ['us_bank_account', 'card'],
    });
    const begun = await play(house, made, 'complete', { paymentMethod: 'pm_usBankAccount_processing' });
    await sessions.retrieve(made.id);
    await house.control('POST', `/payment_intents/${idIn(begun.payment_intent)}/${end}`, {});
    await sessions.retrieve(made.id, { expand: ['payment_intent.latest_charge'] });
  }
}

/** Expired by the clock, and paid for all that. */
async function leftAlone(house: House): Promise<void> {
  const { sessions } = house.stripe.checkout;
  const forgotten = await sessions.create(hosted);
  const late = await sessions.create(elements);
  await house.advance(day);
  await play(house, late, 'complete', { late: true });
  await sessions.retrieve(forgotten.id);
  await sessions.retrieve(late.id, { expand: ['payment_intent'] });
}
