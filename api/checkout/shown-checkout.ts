import type { BookingState } from '../../domain/booking/booking.ts';
import { isPaid } from '../../domain/booking/booking.ts';
import type { UiMode } from '../../domain/payment/moves.ts';
import { iso } from '../../domain/time.ts';
import { bookingStateOf } from '../agreements/booking-face.ts';
import type { ApiPorts } from '../ports.ts';

/** How the payment of a checkout stands; `cancelled` is a booking that was paid and is none any more. */
export const checkoutStatuses = ['open', 'paid', 'processing', 'failed', 'expired', 'cancelled'] as const;
export type CheckoutStatus = (typeof checkoutStatuses)[number];

/** What whoever has a session's id may know of it. */
export interface ShownCheckout {
  readonly booking: string;
  readonly title: string;
  readonly provider: string;
  readonly amount: number;
  readonly currency: string;
  readonly startsAt: string;
  readonly duration: number;
  readonly attendee: { readonly name: string; readonly email: string; readonly timeZone: string };
  readonly uiMode: UiMode;
  /** Null where nothing can be paid any more, and where the customer pays at Stripe's own address. */
  readonly clientSecret: string | null;
  /** Stripe's own address for a hosted checkout that is open. */
  readonly url: string | null;
  /** Null where this installation was given none: then nobody can pay on our own page. */
  readonly publishableKey: string | null;
  readonly stripeJs: string;
  readonly status: CheckoutStatus;
  readonly returnUrl: string;
  readonly demo: boolean;
}

/** The checkout of a session as its booking last heard of it, or null where the session is none of ours. */
export async function readCheckout(
  { store, config }: ApiPorts,
  session: string,
): Promise<ShownCheckout | null> {
  const owner = await store.ownerOf(session);
  const row = owner === null ? null : await store.findAgreement(owner);
  if (row?.kind !== 'booking') return null;
  const state = bookingStateOf(row);
  const { input, payment } = state;
  const { checkout } = payment;
  if (checkout?.sessionId !== session) return null;
  const provider = await store.findProvider(input.provider.id);
  const { attendee } = row.contacts;
  const status = statusOf(state);
  return {
    booking: input.id,
    title:
      provider?.eventTypes.find(({ id }) => id === input.eventTypeId)?.title ??
      `Session with ${input.provider.username}`,
    provider: input.provider.username,
    amount: input.amount,
    currency: input.currency,
    startsAt: iso(state.startsAt),
    duration: state.durationMinutes,
    attendee: {
      name: attendee?.name ?? '',
      email: attendee?.email ?? '',
      timeZone: attendee?.timeZone ?? 'UTC',
    },
    uiMode: input.uiMode,
    clientSecret: status === 'open' ? checkout.clientSecret : null,
    url: status === 'open' ? checkout.url : null,
    publishableKey: config.publishableKey ?? '',
    stripeJs: config.stripeJs,
    status,
    returnUrl: input.returnUrl,
    demo: config.demo,
  };
}

/** Paid is what the PaymentIntent says, never the session (B3). */
function statusOf(state: BookingState): CheckoutStatus {
  const { payment, plan } = state;
  if (isPaid(state)) return plan?.fate === 'cancelled' ? 'cancelled' : 'paid';
  if (payment.intent?.status === 'processing') return 'processing';
  if (payment.checkout?.status === 'expired') return 'expired';
  return plan !== null || payment.checkout?.status === 'complete' ? 'failed' : 'open';
}
