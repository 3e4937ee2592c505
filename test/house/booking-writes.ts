import { expect } from 'vitest';
import { iso } from '../../domain/time.ts';
import { accuse, becomes, transfersOf, workflowIdOf } from './booking-money.ts';
import type { Provider, ShownBooking } from './bookings.ts';
import { eventually } from './eventually.ts';
import {
  bookPaid, openCheckout, openProvider, ordered, pay, session, setTerms, showBooking, untilBooking,
} from './bookings.ts'; // prettier-ignore
import type { House } from './house.ts';
import { hourMs, travel } from './lessons.ts';
import type { WriteStory } from './writes.ts';
import { named, untilPerforming } from './writes.ts';

/** A booking on its way to one write; what is not there yet has no name. */
export interface BookingLife {
  readonly id: string;
  readonly provider: Provider;
  readonly sessionId: string;
  readonly paymentIntentId: string;
  readonly transferId: string;
  readonly disputeId: string;
}

const nameless = { sessionId: '', paymentIntentId: '', transferId: '', disputeId: '' };

const lifeOf = (provider: Provider, { id, payment }: ShownBooking): BookingLife => ({
  ...nameless,
  id,
  provider,
  sessionId: payment.sessionId,
  paymentIntentId: payment.paymentIntentId,
  transferId: payment.transferId ?? '',
});

/** Terms of one provider; each is asked for under the provider's own name. */
async function termsFor(house: House, { id }: Provider, terms: Record<string, unknown>): Promise<string> {
  await setTerms(house, id, terms);
  return id;
}

/** Paid the moment it is booked. */
const atOnce = (house: House, provider: Provider): Promise<string> =>
  termsFor(house, provider, { hold: { anchor: 'payment', for: 'PT0S' } });

async function bookTransferred(house: House, provider: Provider, card?: string): Promise<BookingLife> {
  const booked = await bookPaid(house, provider, { policy: await atOnce(house, provider) }, card);
  return lifeOf(provider, await becomes(house, booked, { transferred: 4500 }));
}

/** A booking in an hour that is paid for and that the payer's bank disputes. */
async function bookDisputed(house: House): Promise<BookingLife> {
  const provider = await openProvider(house);
  const booked = await bookPaid(house, provider);
  const { id: disputeId } = await accuse(house, booked);
  const life = { ...lifeOf(provider, booked), disputeId };
  await eventually(
    () => house.request('GET', `/api/disputes/${disputeId}`),
    ({ status, body }) => status === 200 && body['stripeStatus'] !== null,
  );
  return life;
}

/** The tries of one move pass in travelled time. */
const tries = 'PT10M';

const give =
  (name: string, body: Readonly<Record<string, unknown>>) =>
  async (house: House, lives: readonly BookingLife[]): Promise<void> => {
    const order = ({ id }: BookingLife) => ordered(house, id, name, { reason: 'agreed with both', ...body });
    await Promise.all(lives.map(order));
    await travel(house, tries);
  };

const answerBank =
  (word: string) =>
  async (house: House, lives: readonly BookingLife[]): Promise<void> => {
    const asked = lives.map(({ disputeId }) => {
      const call = { body: { reason: 'we looked into it' }, key: crypto.randomUUID() };
      return house.request('POST', `/api/admin/disputes/${disputeId}/${word}`, call);
    });
    for (const answer of await Promise.all(asked))
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await travel(house, tries);
  };

/** Asks for checkouts while Stripe is in trouble: the callers are answered late or 202. */
async function openInTrouble(house: House, lives: readonly BookingLife[]): Promise<void> {
  const asked = lives.map(async ({ id, provider }) => {
    // Long enough that a checkout opened by the hourly look can still be paid.
    const policy = await termsFor(house, provider, { checkoutExpires: 'PT6H' });
    const body = session(house, provider, { id, policy });
    return await house.request('POST', '/api/bookings', { role: 'app', body });
  });
  await untilPerforming(house, lives.map(workflowIdOf));
  await travel(house, tries);
  for (const { status } of await Promise.all(asked)) expect(status).toBeOneOf([201, 202]);
}

const ofBookings = {
  workflowIdOf,
  shown: (house: House, { id }: BookingLife) => showBooking(house, id),
  finish: () => Promise.resolve(),
};

const ofDisputes = {
  workflowIdOf: ({ disputeId }: BookingLife) => `dispute:${disputeId}`,
  shown: async (house: House, { disputeId }: BookingLife) =>
    (await house.request('GET', `/api/disputes/${disputeId}`)).body,
  finish: () => Promise.resolve(),
};

const paidSession = async (house: House, { id }: BookingLife): Promise<void> => {
  await pay(house, await showBooking(house, id));
  await untilBooking(house, id, ({ state }) => state === 'confirmed');
};

const at = (path: string) => ({ path });

/** Every Stripe write of a booking's life, and of the dispute of its charge. */
export const bookingWrites: readonly WriteStory<BookingLife>[] = [
  {
    ...ofBookings,
    move: 'openCheckout',
    before: async (house) => ({
      ...nameless,
      id: `bkg_${crypto.randomUUID().slice(0, 12)}`,
      provider: await openProvider(house),
    }),
    target: (life) => named('/v1/checkout/sessions', workflowIdOf(life)),
    reach: () => at('/v1/checkout/sessions'),
    cause: openInTrouble,
    async finish(house, lives) {
      for (const life of lives) await paidSession(house, life);
    },
    end: { state: 'confirmed', status: 'SUCCEEDED', payment: { captured: 5000, held: 5000 } },
    objects: async (house, life) =>
      (await house.stripe.checkout.sessions.list({ limit: 100 })).data.filter(
        (one) => one.client_reference_id === workflowIdOf(life),
      ),
  },
  {
    ...ofBookings,
    move: 'expireCheckout',
    before: async (house) => {
      const provider = await openProvider(house);
      return lifeOf(provider, await openCheckout(house, provider));
    },
    target: ({ sessionId }) => at(`/v1/checkout/sessions/${sessionId}/expire`),
    reach: ({ sessionId }) => at(`/v1/checkout/sessions/${sessionId}*`),
    cause: give('cancel', { by: 'attendee' }),
    end: { state: 'cancelled', status: 'FAILED', payment: { captured: 0, checkoutStatus: 'expired' } },
    objects: async (house, { sessionId }) =>
      [await house.stripe.checkout.sessions.retrieve(sessionId)].filter(({ status }) => status === 'expired'),
  },
  {
    ...ofBookings,
    move: 'refund',
    before: async (house) => {
      const provider = await openProvider(house);
      const startTime = iso(Math.ceil(house.clock.now() / hourMs + 12) * hourMs);
      return lifeOf(provider, await bookPaid(house, provider, { startTime }));
    },
    target: (life) => named('/v1/refunds', workflowIdOf(life)),
    reach: () => at('/v1/refunds'),
    cause: give('refund', { amount: 2000 }),
    finish: (house) => travel(house, 'P4D'),
    end: {
      status: 'PARTIALLY_REFUNDED',
      payment: { captured: 5000, refunded: 2000, feeEarned: 300, transferred: 2700, held: 0 },
    },
    objects: async (house, { paymentIntentId }) =>
      (await house.stripe.refunds.list({ payment_intent: paymentIntentId })).data,
  },
  {
    // The provider owes all of an earlier booking that was refunded after they had been paid out.
    ...ofBookings,
    move: 'transfer',
    before: async (house) => {
      const provider = await openProvider(house);
      const earlier = await bookTransferred(house, provider, 'pm_card_bypassPending');
      await becomes(house, earlier, { paidOut: 4500 });
      await ordered(house, earlier.id, 'refund', { reason: 'agreed with both' });
      await becomes(house, earlier, { refunded: 5000, advanced: 4500 });
      return lifeOf(provider, await openCheckout(house, provider, { policy: provider.id }));
    },
    target: (life) => named('/v1/transfers', workflowIdOf(life)),
    reach: () => at('/v1/transfers'),
    async cause(house, lives) {
      await Promise.all(lives.map((life) => paidSession(house, life)));
      await travel(house, tries);
    },
    end: {
      status: 'TRANSFERRED',
      payment: { captured: 5000, transferred: 2250, netted: 2250, feeEarned: 500, held: 0 },
    },
    objects: transfersOf,
  },
  {
    ...ofBookings,
    move: 'reverse',
    before: async (house) => bookTransferred(house, await openProvider(house)),
    target: ({ transferId }) => at(`/v1/transfers/${transferId}/reversals`),
    reach: ({ transferId }) => at(`/v1/transfers/${transferId}*`),
    cause: give('refund', {}),
    end: {
      status: 'REFUNDED',
      payment: { captured: 5000, transferred: 4500, reversed: 4500, refunded: 5000, advanced: 0, held: 0 },
    },
    objects: async (house, { transferId }) => (await house.stripe.transfers.listReversals(transferId)).data,
  },
  {
    ...ofDisputes,
    move: 'submitEvidence',
    before: bookDisputed,
    target: ({ disputeId }) => at(`/v1/disputes/${disputeId}`),
    reach: ({ disputeId }) => at(`/v1/disputes/${disputeId}`),
    cause: answerBank('submit'),
    end: { state: 'under_review', submissions: 1 },
    objects: async (house, { disputeId }) =>
      [await house.stripe.disputes.retrieve(disputeId)].filter(
        (one) => one.evidence_details.submission_count === 1,
      ),
  },
  {
    ...ofDisputes,
    move: 'acceptDispute',
    before: bookDisputed,
    target: ({ disputeId }) => at(`/v1/disputes/${disputeId}/close`),
    reach: ({ disputeId }) => at(`/v1/disputes/${disputeId}*`),
    cause: answerBank('accept'),
    end: { state: 'lost', submissions: 0 },
    objects: async (house, { disputeId }) =>
      [await house.stripe.disputes.retrieve(disputeId)].filter(({ status }) => status === 'lost'),
  },
];
