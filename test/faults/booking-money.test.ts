import { bookingWrites } from '../house/booking-writes.ts';
import { meetEveryTrouble } from '../house/every-trouble.ts';

// The writes that move a booking's money: to the payer, to a provider in debt, and back from the provider.
meetEveryTrouble(bookingWrites.filter(({ move }) => ['refund', 'transfer', 'reverse'].includes(move)));
