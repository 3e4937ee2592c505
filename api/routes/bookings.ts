import { createRoute, z } from '@hono/zod-openapi';
import { bookingPaymentStatuses, bookingStates } from '../../domain/booking/view.ts';
import { bookingFace, shownCheckout } from '../agreements/booking-face.ts';
import { namedProvider, startBooking } from '../agreements/booking-start.ts';
import { found } from '../agreements/face.ts';
import { keptWithin } from '../agreements/kept-answer.ts';
import type { Keeping } from '../http/idempotency.ts';
import { idempotencyKey, once } from '../http/idempotency.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { bookingRequest, username } from '../schemas/booking-request.ts';
import type { BookedNow } from '../schemas/booking.ts';
import { bookedNow, booking } from '../schemas/booking.ts';
import { answers, bearer, bodyOf, idempotencyHeader, problems } from '../schemas/problem.ts';
import { agreementReadRoutes } from './agreement-reads.ts';
import { madeUpId } from './made-up-id.ts';

const start = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/bookings',
  operationId: 'startBooking',
  tags: ['Bookings'],
  summary: 'Book a provider’s time: paid up front, held until the window is over, then transferred',
  request: { headers: idempotencyHeader, ...bodyOf(bookingRequest) },
  responses: {
    201: answers(bookedNow, 'Booked; the checkout is open'),
    200: answers(bookedNow, 'The same start again: the same booking and checkout'),
    202: answers(bookedNow, 'Booked; the checkout takes longer, look again at Location'),
    ...problems,
  },
});

/** The ways into a checkout are kept in the row alone, as names and addresses are. */
function keptBooking(ports: ApiPorts): Keeping<BookedNow> {
  const { forget, recall } = keptWithin(ports, bookingFace, (body: BookedNow) => body.booking);
  return {
    forget: (body) => forget({ ...body, checkout: null }),
    recall: async (kept) => {
      const body = await recall(kept);
      const row = await found(ports, 'booking', body.booking.id);
      return { ...body, checkout: shownCheckout(row, ports.config.publicUrl) };
    },
  };
}

/** Starting and reading bookings. */
export function bookingRoutes(app: ApiApp, ports: ApiPorts): void {
  app.openapi(start, async (c) => {
    const request = c.req.valid('json');
    const key = idempotencyKey(c, false);
    const id = request.id ?? madeUpId('bkg', c.get('caller').subject, key);
    const { status, body } = await once(c, ports, key, request, keptBooking(ports), async () => {
      const { row, created, decided } = await startBooking(ports, request, id);
      const status = decided ? (created ? 201 : 200) : 202;
      const checkout = shownCheckout(row, ports.config.publicUrl);
      return { status, body: { booking: bookingFace.show(row), checkout }, isFinal: decided };
    });
    c.header('Location', `/api/bookings/${body.booking.id}`);
    return c.json(body, status as 200 | 201 | 202);
  });
  agreementReadRoutes(app, ports, {
    face: bookingFace,
    title: 'Booking',
    shown: booking,
    filters: {
      state: z.enum(bookingStates).optional(),
      status: z.enum(bookingPaymentStatuses).optional(),
      provider: username.optional(),
    },
    filterOf: async ({ state, status, provider }) => {
      const known = provider === undefined ? null : await namedProvider(ports, provider);
      return { status: state, paymentState: status, provider: known?.id ?? provider };
    },
  });
}
