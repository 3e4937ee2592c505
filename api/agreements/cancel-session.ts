import { slotOf } from '../../domain/booking/booking.ts';
import { AppError } from '../../domain/errors.ts';
import type { Agreement } from '../../store/agreements.ts';
import { asAppError, problemOf } from '../errors.ts';
import type { ApiPorts } from '../ports.ts';
import type { CancelledSeats, SessionCancellation } from '../schemas/booking-request.ts';
import { shownError } from '../shown-error.ts';
import { bookingStateOf } from './booking-face.ts';
import { namedProvider } from './booking-start.ts';
import { order } from './command.ts';

/** Who asks, and how every seat's command is known again when the whole request is repeated. */
interface Asking {
  readonly requestId: string;
  readonly updateIdOf: (workflowId: string) => string;
}

/** Cancels every seat of a session, each on its own: one that refuses says why and stops no other (B17). */
export async function cancelSession(
  ports: ApiPorts,
  request: SessionCancellation,
  asking: Asking,
): Promise<CancelledSeats['data']> {
  const { store } = ports;
  const { eventTypeId, startTime } = request;
  const provider = await namedProvider(ports, request.provider);
  if (provider === null) {
    const errors = [{ pointer: '/provider', detail: 'is not a known provider' }];
    throw new AppError('invalid', 'The request is not valid', errors);
  }
  const seats = await store.listSeats(slotOf(provider.id, eventTypeId, startTime));
  const rows = await Promise.all(seats.map(({ workflowId }) => store.findAgreement(workflowId)));
  // A seat kept for a booking that is only about to move here is no seat of this session yet.
  const sitting = rows.filter((row) => row !== null && bookingStateOf(row).startsAt === startTime);
  return Promise.all(
    sitting.flatMap((row) => (row === null ? [] : [cancelSeat(ports, row, request, asking)])),
  );
}

async function cancelSeat(
  ports: ApiPorts,
  { id, workflowId }: Agreement,
  { by, reason }: SessionCancellation,
  { requestId, updateIdOf }: Asking,
): Promise<CancelledSeats['data'][number]> {
  const body = { by, reason, at: ports.clock.now() };
  const told = { kind: 'booking', id, name: 'cancel', body, actor: by, reason } as const;
  try {
    const { kind } = await order(ports, { ...told, updateId: updateIdOf(workflowId) });
    if (kind === 'accepted') return { booking: id, accepted: true };
    throw new AppError('unavailable', 'No answer yet; send the same request with the same Idempotency-Key again');
  } catch (thrown) {
    const error = asAppError(thrown);
    if (error.code === 'internal') {
      ports.log.error({ error: shownError(thrown), requestId, workflowId }, 'a seat was not cancelled');
    }
    const problem = problemOf(error, `/api/bookings/${id}/cancel`, requestId);
    return { booking: id, accepted: false, problem };
  }
} // prettier-ignore
