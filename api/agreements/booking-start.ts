import { scheduleProblem } from '../../domain/booking/accept.ts';
import { currentRules, slotOf } from '../../domain/booking/booking.ts';
import { AppError } from '../../domain/errors.ts';
import { minor } from '../../domain/money.ts';
import type { Agreement } from '../../store/agreements.ts';
import { policyKey } from '../../store/policies.ts';
import type { Provider } from '../../store/providers.ts';
import { unreadiness } from '../accounts/standing.ts';
import type { ApiPorts } from '../ports.ts';
import type { BookingRequest } from '../schemas/booking-request.ts';
import { bookingStateOf } from './booking-face.ts';
import { chargeProblems } from './charge.ts';
import { startAgreement } from './start.ts';
import type { Composed, Started } from './start.ts';

/** Starts a booking once: its checkout is open when it answers, or the booking is given up or parked. */
export const startBooking = (ports: ApiPorts, request: BookingRequest, id: string): Promise<Started> =>
  startAgreement(ports, {
    kind: 'booking',
    id,
    request,
    compose: () => composed(ports, request, id),
    isDecided,
  });

function isDecided(row: Agreement): boolean {
  const { payment, plan, parked } = bookingStateOf(row);
  return payment.checkout !== null || plan !== null || parked !== null;
}

/** The provider a caller means, by id or by username; an id comes first. */
export const namedProvider = async ({ store }: ApiPorts, name: string): Promise<Provider | null> =>
  (await store.findProvider(name)) ?? (await store.findProviderByUsername(name));

/** Turns a request into what the story is started with; throws `invalid` naming every field that is wrong, or `not_ready`. */
async function composed(ports: ApiPorts, request: BookingRequest, id: string): Promise<Composed> {
  const { store, clock, config } = ports;
  const now = clock.now();
  const { eventTypeId, startTime, attendee, uiMode } = request;
  const provider = await namedProvider(ports, request.provider);
  const eventType = provider?.eventTypes.find((one) => one.id === eventTypeId) ?? null;
  const policy = await store.latestPolicy(policyKey('booking', request.policy));
  const terms = policy?.terms.kind === 'booking' ? policy.terms : null;
  const schedule = scheduleProblem(startTime, now);
  const errors = schedule === null ? [] : [{ pointer: '/startTime', detail: schedule }];
  if (provider === null) errors.push({ pointer: '/provider', detail: 'is not a known provider' });
  else if (eventType === null)
    errors.push({ pointer: '/eventTypeId', detail: 'is not one of the provider’s' });
  if (terms === null) errors.push({ pointer: '/policy', detail: 'is not a known booking policy' });
  const currency = request.currency ?? provider?.currency ?? 'usd';
  const amount = request.amount ?? eventType?.price ?? provider?.defaultPrice ?? 0;
  if (request.amount === undefined && provider !== null && currency !== provider.currency) {
    errors.push({ pointer: '/amount', detail: `is needed: the provider's price is in ${provider.currency}` });
  } else if (request.amount !== undefined || eventType !== null) {
    errors.push(...chargeProblems({ amount, currency }));
  }
  if (errors.length > 0 || provider === null || eventType === null || policy === null || terms === null) {
    throw new AppError('invalid', 'The request is not valid', errors);
  }
  const { username, account } = provider;
  const stripeAccount = await readyAccount(ports, provider);
  const seat = request.seat ?? null;
  return {
    input: {
      rules: currentRules,
      id,
      openedAt: now,
      amount: minor(amount),
      currency,
      startsAt: startTime,
      durationMinutes: request.duration ?? eventType.duration,
      eventTypeId,
      seat,
      provider: { id: provider.id, username, account, stripeAccount },
      uiMode,
      returnUrl: request.returnUrl ?? `${config.publicUrl}/checkout/complete`,
      policy: { id: request.policy, version: policy.version, terms },
    },
    contacts: { attendee },
    seat: { slot: slotOf(provider.id, eventTypeId, startTime), seats: eventType.seats, label: seat },
  };
}

/** What money for a provider is sent to; throws `not_ready` where nothing can be sent there (B2). */
async function readyAccount(ports: ApiPorts, provider: Provider): Promise<string> {
  const account = await ports.store.findAccount(provider.account);
  const stripeAccount = account?.stripeAccountId ?? null;
  const isOpen = account !== null && stripeAccount !== null;
  const problem = isOpen ? await unreadiness(ports, account) : 'its account is not open';
  if (isOpen && problem === null) return stripeAccount;
  throw new AppError('not_ready', `The provider ${provider.id} cannot be booked now: ${problem}`);
}
