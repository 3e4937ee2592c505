import type { Context } from '../context.ts';
import { moment, money } from '../output.ts';
import type { BookingView } from '../views.ts';
import { wholeNumber } from '../whole-number.ts';
import type { Kind } from './agreements.ts';
import { adminPathOf, pathOf } from './agreements.ts';

/** Bookings on the command line. */
export const bookingKind: Kind<BookingView> = {
  one: 'booking',
  many: 'bookings',
  payee: ({ provider }) => provider.account,
  more: ({ hold, dispute, bankDisputes, transferAttempts, payment }) => [
    ...(hold.endsAt === null ? [] : [`the money stays with the platform until ${moment(hold.endsAt)}`]),
    ...(transferAttempts === 0 ? [] : [`transfers tried: ${transferAttempts}`]),
    ...(dispute === null ? [] : [`disputed by the ${dispute.by}: ${dispute.reason}; ${endOf(dispute, payment)}`]),
    ...bankDisputes.map(({ id, status }) => `disputed at the bank: ${id}, ${status}`),
  ],
}; // prettier-ignore

const endOf = (
  { outcome, deadline }: NonNullable<BookingView['dispute']>,
  { currency }: BookingView['payment'],
): string =>
  outcome === null
    ? `to be resolved by ${moment(deadline)}`
    : `${outcome.outcome}, ${money(outcome.payeeSide, currency)} for the provider's side`;

/** How to give money back by hand. */
export interface RefundOptions {
  readonly reason: string;
  readonly amount?: string;
}

/** Refunds a booking, in part or whole; what the provider has too much then is taken back or becomes a debt. */
export async function refundBooking(context: Context, id: string, options: RefundOptions): Promise<void> {
  const asked = options.amount === undefined ? {} : { amount: wholeNumber('--amount', options.amount) };
  const { payment } = await context.client().get<BookingView>(pathOf(bookingKind, id));
  const left = payment.captured - payment.refunded - payment.disputed;
  const given = money(asked.amount ?? left, payment.currency);
  await order(context, id, {
    name: 'refund',
    question: `This will refund ${given} of the ${money(left, payment.currency)} left of ${id} to the attendee. Go on?`,
    body: { reason: options.reason, ...asked },
  });
}

/** How to end a complaint. */
export interface ResolveOptions {
  readonly outcome: string;
  readonly payeeAmount?: string;
  readonly payeeBps?: string;
  readonly reason: string;
}

/** Decides the complaint about a booking: everything to one side, or a split of which the provider's side is given. */
export async function resolveBooking(context: Context, id: string, options: ResolveOptions): Promise<void> {
  const { outcome, payeeAmount, payeeBps, reason } = options;
  const side = {
    ...(payeeAmount === undefined ? {} : { payeeAmount: wholeNumber('--payee-amount', payeeAmount) }),
    ...(payeeBps === undefined ? {} : { payeeBps: wholeNumber('--payee-bps', payeeBps) }),
  };
  const { payment } = await context.client().get<BookingView>(pathOf(bookingKind, id));
  const price = money(payment.amount, payment.currency);
  const share = Object.entries(side).map(([name, count]) => `${name} ${count}`);
  await order(context, id, {
    name: 'resolve',
    question: `This will end the dispute about ${id} (${price}): ${[outcome, ...share].join(', ')}. Go on?`,
    body: { outcome, ...side, reason },
  });
}

/** Asks, gives an operator's order and shows what was answered. */
async function order(
  { out, client, confirm }: Context,
  id: string,
  { name, question, body }: { name: string; question: string; body: Readonly<Record<string, unknown>> },
): Promise<void> {
  await confirm(question);
  const answer = await client().post<{ message: string; booking: BookingView }>(
    `${adminPathOf(bookingKind, id)}/${name}`,
    body,
  );
  out.answer(answer, () => [answer.message], [answer.message]);
}
