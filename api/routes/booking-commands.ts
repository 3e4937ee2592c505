import { bookingFace } from '../agreements/booking-face.ts';
import { rescheduleBooking } from '../agreements/reschedule.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { bookingCommands, bookingOrders } from '../schemas/booking-request.ts';
import { bookingAccepted, bookingPending } from '../schemas/booking.ts';
import { agreementCommandRoutes } from './agreement-commands.ts';
import type { Command } from './agreement-commands.ts';
import { sharedOperators, sharedParties } from './shared-commands.ts';

const shared = sharedParties(bookingCommands);

const parties: Readonly<Record<keyof typeof bookingCommands, Command>> = {
  ...shared,
  reschedule: { ...shared.reschedule, tell: rescheduleBooking },
  'no-show': {
    name: 'noShow',
    summary: 'Say that a party did not come',
    needsKey: true,
    body: bookingCommands['no-show'],
  },
};

/** Telling bookings something. */
export function bookingCommandRoutes(app: ApiApp, ports: ApiPorts): void {
  agreementCommandRoutes(app, ports, {
    face: bookingFace,
    title: 'Booking',
    accepted: bookingAccepted,
    pending: bookingPending,
    parties,
    operators: sharedOperators(bookingOrders),
  });
}
