import type Stripe from 'stripe';
import { iso } from '../../domain/time.ts';
import type { Alert } from '../../store/alerts.ts';
import type { Provider, ShownBooking } from './bookings.ts';
import { openCheckout, openProvider, pay, showBooking, untilBooking } from './bookings.ts';
import { eventually } from './eventually.ts';
import type { House } from './house.ts';
import { hourMs, travel } from './lessons.ts';

type Named = Pick<ShownBooking, 'id'>;

export const workflowIdOf = ({ id }: Named): string => `booking:${id}`;

/** A provider of group sessions, so that bookings at one time share the journey to the end of their window. */
export const openGroupProvider = (house: House): Promise<Provider> =>
  openProvider(house, { eventTypes: [{ id: 1, title: 'Class', duration: 60, seats: 50 }] });

/** A paid booking of a session that begins within two hours: 50.00, of which 45.00 are the provider's. */
export async function bookSoon(
  house: House,
  provider: Provider,
  { paymentMethod, ...changes }: Record<string, unknown> & { readonly paymentMethod?: string } = {},
): Promise<ShownBooking> {
  const startTime = iso(Math.ceil((house.clock.now() + hourMs) / hourMs) * hourMs);
  const opened = await openCheckout(house, provider, { startTime, ...changes });
  await pay(house, opened, paymentMethod);
  return await untilBooking(house, opened.id, ({ calendar }) => calendar.uid !== null);
}

/** To a minute past the end of a booking's window, or as long before it as said. */
export async function travelToWindowEnd(
  house: House,
  { hold }: ShownBooking,
  pastMs = 60_000,
): Promise<void> {
  await travel(house, Date.parse(hold.endsAt ?? '') + pastMs);
}

/** The alerts about one booking, of one type, open or not, newest first. */
export const alertsOf = async (house: House, booking: Named, type: string): Promise<Alert[]> =>
  (await house.store.listAlerts({ subject: workflowIdOf(booking), type, limit: 100 })).rows;

/** The transfers that Stripe has for a booking, newest first. */
export const transfersOf = async (house: House, booking: Named): Promise<Stripe.Transfer[]> =>
  (await house.stripe.transfers.list({ transfer_group: workflowIdOf(booking), limit: 100 })).data;

/** The refunds that Stripe has for a booking, newest first. */
export const refundsOf = async (house: House, { payment }: ShownBooking): Promise<Stripe.Refund[]> =>
  (await house.stripe.refunds.list({ payment_intent: payment.paymentIntentId, limit: 100 })).data;

/** Waits until these figures of a booking's payment are as said. */
export const becomes = (house: House, { id }: Named, figures: object): Promise<ShownBooking> =>
  eventually(
    () => showBooking(house, id),
    ({ payment }) => Object.entries(figures).every(([name, amount]) => payment[name] === amount),
  );

/** What is available in a balance is paid out, as a person does at Stripe's site; the platform's unless another is named. */
export async function emptyBalance(house: House, stripeAccount?: string): Promise<void> {
  const options = stripeAccount === undefined ? {} : { stripeAccount };
  const { available } = await house.stripe.balance.retrieve({}, options);
  const { amount = 0 } = available.find(({ currency }) => currency === 'usd') ?? {};
  if (amount > 0) await house.stripe.payouts.create({ amount, currency: 'usd' }, options);
}

/** The bank questions the charge of a booking. */
export const accuse = (
  house: House,
  { payment }: ShownBooking,
  changes: Record<string, unknown> = {},
): Promise<Stripe.Dispute> =>
  house.sim('POST', '/disputes', { charge: payment.chargeId, reason: 'fraudulent', ...changes });

/** What a provider owes, as the account shows it. */
export async function debtOf(house: House, { account }: Provider): Promise<unknown> {
  return (await house.request('GET', `/api/accounts/${account.id}`)).body['debt'];
}

/** The platform has this much of its own, so that no test depends on what others left. */
export const fund = (house: House, amount: number): Promise<Stripe.PaymentIntent> =>
  house.stripe.paymentIntents.create({
    amount,
    currency: 'usd',
    payment_method: 'pm_card_bypassPending',
    allowed_payment_method_types: ['card'],
    confirm: true,
  });
