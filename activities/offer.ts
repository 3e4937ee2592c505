import { AppError, invariant } from '../domain/errors.ts';
import type { BookingState } from '../domain/booking/booking.ts';
import { iso } from '../domain/time.ts';
import type { Contact } from '../store/schema-agreements.ts';
import type { Ports, Story } from './tasks.ts';

/** What a customer is offered, in words; names and addresses come from the store and go nowhere else of ours. */
export interface Offer {
  readonly title: string;
  readonly email: string;
  /** The booking's own data, as Stripe keeps it beside the payment (B1); opaque ids and times only. */
  readonly facts: Readonly<Record<string, string>>;
}

/** The story of a booking; the moves of checkouts and calendars belong to no other kind. */
export function bookingOf({ kind, state }: Story): BookingState {
  invariant(kind === 'booking', `a ${kind} has neither checkout nor calendar`);
  return state as BookingState;
}

/** The one who booked, as the store knows them. */
export async function attendeeOf(
  { store }: Ports,
  workflowId: string,
): Promise<{ name: string; email: string; timeZone: string }> {
  const contacts: Readonly<Record<string, Contact>> | undefined = (await store.findAgreement(workflowId))?.contacts;
  const { name, email, timeZone } = contacts?.['attendee'] ?? {};
  if (!name || !email) throw new AppError('not_found', `${workflowId} has no attendee to write to`);
  return { name, email, timeZone: timeZone ?? 'UTC' };
} // prettier-ignore

/** What this booking offers. */
export async function offerOf({
  ports,
  workflowId,
  task,
}: {
  readonly ports: Ports;
  readonly workflowId: string;
  readonly task: Story;
}): Promise<Offer> {
  const state = bookingOf(task);
  const { provider, eventTypeId, seat } = state.input;
  const row = await ports.store.findProvider(provider.id);
  const title = row?.eventTypes.find(({ id }) => id === eventTypeId)?.title ?? `Session with ${provider.username}`;
  const { email } = await attendeeOf(ports, workflowId);
  return {
    title,
    email,
    facts: {
      booking: state.input.id,
      provider: provider.id,
      event_type_id: String(eventTypeId),
      start_time: iso(state.startsAt),
      duration: String(state.durationMinutes),
      ...(seat === null ? {} : { seat }),
    },
  };
} // prettier-ignore
