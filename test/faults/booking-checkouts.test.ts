import { bookingWrites } from '../house/booking-writes.ts';
import { meetEveryTrouble } from '../house/every-trouble.ts';

// The writes by which a booking's checkout begins and ends.
meetEveryTrouble(bookingWrites.filter(({ move }) => ['openCheckout', 'expireCheckout'].includes(move)));
