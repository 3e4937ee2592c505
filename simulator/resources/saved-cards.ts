import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { idOf } from '../core/tables.ts';
import { noSuch, refused } from '../http/refusal.ts';
import { paymentMethod } from '../objects/payment-method.ts';
import { testCardNamed, type TestCard } from './test-cards.ts';

/** The behaviour behind a payment method; one without facts (a transfer's payment) is a plain card. */
export const cardBehind = (world: World, method: string | null): TestCard => {
  const facts = method === null ? undefined : world.tables.cards.get(method);
  const card = testCardNamed(facts?.testCard ?? 'pm_card_visa');
  if (card === undefined) throw new Error(`${method} stands on no known test card`);
  return card;
};

/** Makes a payment method of its own out of a test card's name, as Stripe does each time such a name is used. */
export const mintMethod = (
  world: World,
  owner: string,
  testCard: string,
  card: TestCard,
  extra: {
    customer?: string;
    metadata?: Stripe.Metadata;
    billing?: Stripe.PaymentMethod.BillingDetails;
  } = {},
): Stripe.PaymentMethod => {
  const id = world.ids.next('pm');
  const { customer = null, metadata = {}, billing } = extra;
  world.tables.cards.put({ id, testCard, setUp: false, spent: false });
  const created = world.clock.seconds();
  return world.tables.paymentMethods.put(
    paymentMethod({ id, created, card, customer, metadata, ...(billing ? { billing } : {}) }),
    owner,
  );
};

/** Finds a payment method by its id or makes one from a test card's name. */
export const methodNamed = (
  world: World,
  owner: string,
  name: string,
  param = 'payment_method',
): Stripe.PaymentMethod => {
  const known = world.tables.paymentMethods.get(name, owner);
  if (known !== undefined) return known;
  const card = testCardNamed(name);
  if (card === undefined) throw noSuch('PaymentMethod', name, param);
  return mintMethod(world, owner, name, card);
};

/** Refuses a method that may not be used again, or that is somebody else's. */
export const assertUsable = (world: World, method: Stripe.PaymentMethod, customer: string | null): void => {
  if (world.tables.cards.get(method.id)?.spent === true)
    throw refused(
      undefined,
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
      { param: 'payment_method' },
    );
  const holder = idOf(method.customer);
  if (holder !== null && holder !== customer)
    throw refused(
      undefined,
      `The provided PaymentMethod belongs to the Customer ${holder}. Please include the Customer in the \`customer\` parameter.`,
      { param: 'payment_method' },
    );
};

/** Gives a method to a customer. */
export const attach = (world: World, owner: string, id: string, customer: string): Stripe.PaymentMethod => {
  const before = world.tables.paymentMethods.must(id);
  if (idOf(before.customer) === customer) return before;
  const attached = world.tables.paymentMethods.patch(id, { customer });
  world.emit('payment_method.attached', attached, owner);
  return attached;
};

/** Saves a method with the customer's consent: attached when there is a customer, and good for payments without them. */
export const remember = (world: World, owner: string, id: string, customer: string | null): void => {
  if (customer === null) return;
  attach(world, owner, id, customer);
  world.tables.cards.patch(id, { setUp: true });
};
