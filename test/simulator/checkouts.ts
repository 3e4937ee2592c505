// What the tests of Checkout share: something to pay for, and short words for what is done with its session.
import type Stripe from 'stripe';
import { expect } from 'vitest';
import { idIn, openHouse, type House } from './house.ts';
import type { SimulatorOptions } from '../../simulator/simulator.ts';

export type Session = Stripe.Checkout.Session;
export type Params = Stripe.Checkout.SessionCreateParams;

/** Two lessons for 50 dollars in all. */
export const lesson = {
  mode: 'payment',
  success_url: 'https://shop.example/done?session={CHECKOUT_SESSION_ID}',
  cancel_url: 'https://shop.example/back',
  client_reference_id: 'bok_1',
  metadata: { booking: 'bok_1' },
  line_items: [
    {
      price_data: {
        currency: 'usd',
        unit_amount: 2500,
        product_data: { name: 'Lesson', description: '50 minutes' },
      },
      quantity: 2,
    },
  ],
  payment_intent_data: { metadata: { workflow_id: 'booking:bok_1' }, transfer_group: 'booking:bok_1' },
} satisfies Params;

/** A simulator and what a shop, its customer and its bank do there. */
export interface Till {
  house: House;
  open: (more?: Params) => Promise<Session>;
  again: (session: Session) => Promise<Session>;
  /** Uses a control of the session. */
  play: (session: Session, what: string, body?: object) => Promise<Session>;
  intentOf: (session: Session) => Promise<Stripe.PaymentIntent>;
  /** The types of all events, oldest first. */
  story: () => Promise<string[]>;
  /** What cardholders have paid in all, by books that balance. */
  taken: () => Promise<number>;
}

export const openTill = async (options: SimulatorOptions = {}): Promise<Till> => {
  const house = await openHouse(options);
  const { checkout, events, paymentIntents } = house.stripe;
  return {
    house,
    open: (more = {}) => checkout.sessions.create({ ...lesson, ...more }),
    again: (session) => checkout.sessions.retrieve(session.id),
    play: (session, what, body = {}) =>
      house.control<Session>('POST', `/checkout/sessions/${session.id}/${what}`, body),
    intentOf: (session) => paymentIntents.retrieve(idIn(session.payment_intent)),
    story: async () => (await events.list({ limit: 100 })).data.map(({ type }) => type).reverse(),
    taken: async () => {
      const { balanced, outside } = await house.books();
      expect(balanced).toBe(true);
      return 0 - (outside['cardholders']?.['usd'] ?? 0);
    },
  };
};

/** Runs a test at a till of its own, whose events and books are then all about one session. */
export const alone = async (act: (till: Till) => Promise<void>): Promise<void> => {
  const till = await openTill();
  try {
    await act(till);
  } finally {
    await till.house.close();
  }
};
